"""Opening a catalog: whole, of today's version, and in agreement with the WARC files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.catalog.building import build
from kcnacrawl.catalog.catalog import Catalog
from kcnacrawl.catalog.catching_up import catch_up
from kcnacrawl.catalog.damage import is_current, prepare
from kcnacrawl.catalog.database import BUSY
from kcnacrawl.catalog.errors import CatalogError, unusable
from kcnacrawl.catalog.indexing import Progress
from kcnacrawl.catalog.locks import PAUSE, SHORT, Lock

PATIENCE = 600.0
"""Seconds to wait for another process that makes the catalog anew."""


def open_catalog(
    path: Path,
    warc_folder: Path,
    *,
    notify: Callable[[str], None],
    busy: float = BUSY,
    patience: float = PATIENCE,
    progress: Progress = lambda read, total: None,
) -> Catalog:
    """See ``kcnacrawl.catalog.open_catalog``.

    :param busy: seconds to wait for another program that is writing
    :param patience: seconds to wait for another process that makes the catalog anew
    """
    try:
        lock = Lock(path.with_name(path.name + ".lock"))
        try:
            _take(lock, path, notify, busy, patience, lambda: build(path, warc_folder, notify, progress))
            catalog = Catalog(path, notify=notify, busy=busy)
        except BaseException:
            lock.close()
            raise
        catalog.keep(lock)
        try:
            catch_up(catalog, warc_folder, patience=patience, progress=progress)
        except BaseException:
            catalog.close()
            raise
    except ArchiveError as error:
        raise CatalogError(str(error)) from error
    except OSError as error:
        raise unusable(path, error) from error
    return catalog


def _take(
    lock: Lock, path: Path, notify: Callable[[str], None], busy: float, patience: float, make: Callable[[], None]
) -> None:
    """Share the lock with all who have the catalog open, after seeing to it that there is a whole one."""
    end = monotonic() + patience
    while not lock.exclusive():
        if not lock.shared(SHORT):
            notify(f"{path} is in the hands of process {lock.holder()}; waiting for it.")
            if not lock.shared(patience):
                raise CatalogError(f"{path} is in the hands of process {lock.holder()}; wait for it or stop it.")
        if is_current(path, busy):
            return
        # The process that was about to make it has died.
        lock.release()
        if monotonic() > end:
            raise CatalogError(f"{path} is not whole, and another process keeps it open; stop that one.")
        sleep(PAUSE)
    if not prepare(path, notify, busy):
        make()
    if not lock.shared(patience):
        raise CatalogError(f"{path} is in the hands of process {lock.holder()}; wait for it or stop it.")
