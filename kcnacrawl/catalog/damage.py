"""Finding damage in a stored catalog, and moving it aside."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from kcnacrawl.catalog.database import check_version, connect, is_damage, migrate, reading, reason, sentences
from kcnacrawl.catalog.errors import CatalogError, DamageError
from kcnacrawl.catalog.proving import prove_rows, prove_tables
from kcnacrawl.catalog.schema import HEAD
from kcnacrawl.catalog.store import suspicion

SIDE_FILES = ("-wal", "-shm")

SMALL = 1 << 25
"""Bytes of a catalog whose rows are looked at one by one at every start: a second at most."""

LARGE = 1 << 29
"""Bytes of a catalog whose indexes are compared with its tables only when the last end was none: that takes 10 s."""


def prepare(path: Path, notify: Callable[[str], None], busy: float) -> bool:
    """Bring a stored catalog to the newest version, or move it aside when it is damaged; whether there is one then.

    Nobody else may have it open.

    :raises CatalogError: when it can be neither used nor moved
    """
    try:
        why = find_flaw(path, busy)
        if why is not None:
            aside = move_aside(path)
            notify(f"{path} was damaged: {why}. It is made anew from the WARC files; the damaged one is {aside}.")
        suspicion(path).unlink(missing_ok=True)
        remove_begun(path)
    except OSError as error:
        raise CatalogError(f"{path} cannot be used: {error.strerror}.") from error
    if not path.exists():
        return False
    with sentences(path):
        migrate(connect(path, busy=busy), path)
    return True


def begun_name(path: Path) -> Path:
    """Where a catalog is while it is made anew."""
    return _beside(path, ".new")


def remove_begun(path: Path) -> None:
    """Remove what is left of a catalog that was not finished."""
    for ending in ("", "-journal", *SIDE_FILES):
        _beside(begun_name(path), ending).unlink(missing_ok=True)


def is_current(path: Path, busy: float) -> bool:
    """Whether there is a catalog of the newest version, as far as a look at its tables tells.

    :raises CatalogError: when it was made by a newer version of this program; when it cannot be read
    """
    if not path.is_file() or path.stat().st_size == 0:
        return False
    with sentences(path), reading(connect(path, busy=busy, pragmas=())) as connection:
        return check_version(connection, path) == HEAD


def move_aside(path: Path) -> Path:
    """Give a damaged catalog another name, and what belongs to it; the new name."""
    number = 1
    while any(os.path.lexists(_beside(path, f".damaged-{number}{ending}")) for ending in ("", *SIDE_FILES)):
        number += 1
    for ending in (*SIDE_FILES, ""):
        if os.path.lexists(old := _beside(path, ending)):
            old.rename(_beside(path, f".damaged-{number}{ending}"))
    return _beside(path, f".damaged-{number}")


def find_flaw(path: Path, busy: float) -> str | None:
    """Why a stored file is no whole catalog, without full stop; null when it is one, or there is none.

    :raises CatalogError: when that cannot be told, because the file is locked or the disk fails
    """
    left = [ending for ending in SIDE_FILES if os.path.lexists(_beside(path, ending))]
    if not os.path.lexists(path):
        return "only its journal was there" if left else None
    if not path.is_file() or not all(_beside(path, ending).is_file() for ending in left):
        return "it is not a file"
    if path.stat().st_size == 0:
        return "it was empty"
    unclean = bool(left) or suspicion(path).exists()
    try:
        with reading(connect(path, busy=busy, pragmas=())) as connection:
            size = path.stat().st_size
            prove_tables(connection, quickly=size > LARGE and not unclean)
            if unclean or size <= SMALL:
                prove_rows(connection)
    except DamageError as error:
        return str(error)
    except UnicodeDecodeError:
        return "its text is none"
    except DBAPIError as error:
        if is_damage(error) or _is_forbidden(path):
            return reason(error)
        with sentences(path):
            raise
    return None


def _is_forbidden(path: Path) -> bool:
    """Whether it is the permissions of the file itself that forbid to use it."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CLOEXEC))
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
