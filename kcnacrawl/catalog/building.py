"""Making a catalog from the WARC files alone, beside the old one until it is whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from kcnacrawl.catalog.catalog import Catalog
from kcnacrawl.catalog.catching_up import catch_up
from kcnacrawl.catalog.damage import SIDE_FILES, begun_name, remove_begun
from kcnacrawl.catalog.database import FLEETING, connect, migrate, sentences
from kcnacrawl.catalog.indexing import Progress

PATIENCE = 600.0
"""Seconds to wait for another process that reads the archive."""


def build(path: Path, warc_folder: Path, notify: Callable[[str], None], progress: Progress) -> None:
    """Make a catalog and put it in its place, where nobody may have another one open.

    :raises CatalogError: when that is not possible; what was there is then as it was
    """
    begun = begun_name(path)
    remove_begun(path)
    try:
        with sentences(begun):
            migrate(connect(begun, pragmas=FLEETING), begun)
        catalog = Catalog(begun, notify=notify, pragmas=FLEETING)
        try:
            catalog.drop_indexes()
            catch_up(catalog, warc_folder, patience=PATIENCE, progress=progress)
            catalog.make_indexes()
        finally:
            catalog.close()
        _publish(begun, path)
    except BaseException:
        remove_begun(path)
        raise


def _publish(begun: Path, path: Path) -> None:
    _sync(begun)
    for ending in SIDE_FILES:
        # What an old catalog left must not be taken for the new one's.
        path.with_name(path.name + ending).unlink(missing_ok=True)
    begun.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
