"""Looking into a catalog without changing anything: not its file, not what lies beside it, no WARC file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from kcnacrawl.catalog.database import BUSY, check_version, connect, is_damage, reading, reason, sentences
from kcnacrawl.catalog.errors import CatalogError, DamageError
from kcnacrawl.catalog.lookups import Lookups
from kcnacrawl.catalog.proving import prove_tables
from kcnacrawl.catalog.schema import HEAD

UPDATE = "the next crawl brings it up to date, and so does `scrapy catalog update`"
ANEW = "the next crawl makes it anew from the WARC files, and so does `scrapy catalog rebuild`"


@contextmanager
def look_into(path: Path) -> Iterator[Lookups]:
    """A catalog to ask, as it is stored.

    :raises CatalogError: when there is none, or it is damaged or of an older version; it is left as it is. At the end,
        when it was changed meanwhile: what was read may then be wrong
    """
    if not path.exists():
        raise CatalogError(f"There is no catalog {path}; {ANEW.replace(' anew', '')}.")
    if not os.access(path, os.R_OK):
        raise CatalogError(f"{path} cannot be read: Permission denied.")
    if (flaw := _flaw(path)) is not None:
        raise CatalogError(f"{path} is damaged: {flaw}; {ANEW}.")
    before = path.stat()
    lookups = Lookups(path, looks_only=True)
    try:
        yield lookups
    except CatalogError:
        _check_unchanged(lookups, before)
        raise
    else:
        _check_unchanged(lookups, before)
    finally:
        lookups.close()


def _check_unchanged(lookups: Lookups, before: os.stat_result) -> None:
    """SQLite was told that nobody will write to the file, if nobody did when it was opened: a crawl may have begun."""
    after = lookups.path.stat()
    if lookups.is_frozen and (after.st_mtime_ns, after.st_size) != (before.st_mtime_ns, before.st_size):
        raise CatalogError(f"{lookups.path} was changed by a crawl while it was looked at; look again.")


def _flaw(path: Path) -> str | None:
    """Why it is no whole catalog, without full stop; null when it is one.

    :raises CatalogError: when it is of another version, or that cannot be told
    """
    if not path.is_file():
        return "it is not a file"
    if path.stat().st_size == 0:
        return "it is empty"
    try:
        with reading(connect(path, busy=BUSY, looks_only=True)) as connection:
            prove_tables(connection, quickly=True)
            if check_version(connection, path) != HEAD:
                raise CatalogError(f"{path} was made by an older kcnacrawl; {UPDATE}.")
    except DamageError as error:
        return str(error)
    except UnicodeDecodeError:
        return "its text is none"
    except DBAPIError as error:
        if is_damage(error):
            return reason(error)
        with sentences(path):
            raise
    return None
