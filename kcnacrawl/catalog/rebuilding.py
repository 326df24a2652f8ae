"""Making a catalog anew on demand, while nobody uses the old one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.catalog.building import build
from kcnacrawl.catalog.database import check_version, connect
from kcnacrawl.catalog.errors import CatalogError, DamageError, unusable
from kcnacrawl.catalog.indexing import Progress
from kcnacrawl.catalog.locks import SHORT, Lock


def rebuild_catalog(path: Path, warc_folder: Path, *, notify: Callable[[str], None], progress: Progress) -> None:
    """Make a catalog from the WARC files alone; the old one is replaced when the new one is whole.

    :param notify: is told what was found and mended, a sentence at a time
    :raises CatalogError: when a crawl is running, or it is not possible; the old catalog is then as it was
    """
    try:
        lock = Lock(path.with_name(path.name + ".lock"))
        try:
            # The processes of a rebuild that was killed hold the lock for a moment.
            if not lock.exclusive(SHORT):
                raise CatalogError(_in_use(path))
            if path.is_dir():
                raise CatalogError(f"{path} is a folder; move it away.")
            if path.exists():
                _check_not_newer(path)
            build(path, warc_folder, notify, progress)
        finally:
            lock.close()
    except ArchiveError as error:
        raise CatalogError(str(error)) from error
    except OSError as error:
        raise unusable(path, error) from error


def _in_use(path: Path) -> str:
    for lock_path in sorted((path.parent / "locks").glob("*.lock")):
        lock = Lock(lock_path)
        try:
            if not lock.shared():
                return f"A crawl is running (process {lock.holder()}); wait for it or stop it."
        finally:
            lock.close()
    return f"{path} is in use by another process; wait for it or stop it."


def _check_not_newer(path: Path) -> None:
    """A damaged catalog is no newer one."""
    try:
        with connect(path, pragmas=()).connect() as connection:
            check_version(connection, path)
    except (DBAPIError, DamageError, UnicodeDecodeError):
        return
