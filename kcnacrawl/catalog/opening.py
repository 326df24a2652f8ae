"""Opening a catalog: whole, of today's version, and in agreement with the WARC files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kcnacrawl.catalog.catalog import Catalog
from kcnacrawl.catalog.catching_up import catch_up
from kcnacrawl.catalog.damage import prepare
from kcnacrawl.catalog.database import BUSY
from kcnacrawl.catalog.errors import CatalogError
from kcnacrawl.catalog.locks import Lock

PATIENCE = 600.0
"""Seconds to wait for another process that makes the catalog anew."""


def open_catalog(
    path: Path, warc_folder: Path, *, notify: Callable[[str], None], busy: float = BUSY, patience: float = PATIENCE
) -> Catalog:
    """See ``kcnacrawl.catalog.open_catalog``."""
    try:
        lock = Lock(path.with_name(path.name + ".lock"))
    except OSError as error:
        raise CatalogError(f"{path} cannot be used: {error.strerror}.") from error
    if lock.exclusive():
        prepare(path, notify, busy)
    elif not lock.shared(patience):
        raise CatalogError(f"{path} is being made anew by process {lock.holder()}; wait for it or stop it.")
    lock.shared()
    catalog = Catalog(path, notify=notify, busy=busy)
    catalog.keep(lock)
    catch_up(catalog, warc_folder, patience)
    return catalog
