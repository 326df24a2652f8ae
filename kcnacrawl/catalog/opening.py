"""Opening a catalog: whole, of today's version, and in agreement with the WARC files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.catalog.building import build
from kcnacrawl.catalog.catalog import Catalog
from kcnacrawl.catalog.catching_up import catch_up
from kcnacrawl.catalog.damage import prepare
from kcnacrawl.catalog.database import BUSY
from kcnacrawl.catalog.errors import CatalogError
from kcnacrawl.catalog.indexing import Progress
from kcnacrawl.catalog.locks import SHORT, Lock

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
            if lock.exclusive():
                if not prepare(path, notify, busy):
                    build(path, warc_folder, notify, progress)
            elif not lock.shared(SHORT):
                notify(f"{path} is in the hands of process {lock.holder()}; waiting for it.")
            # From here on others may open it as well; the lock changes hands for a moment.
            if not lock.shared(patience):
                raise CatalogError(f"{path} is in the hands of process {lock.holder()}; wait for it or stop it.")
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
        raise CatalogError(f"{error.filename or path} cannot be used: {error.strerror}.") from error
    return catalog
