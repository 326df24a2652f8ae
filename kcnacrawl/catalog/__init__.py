"""What the archive holds and what was asked for: an index over the WARC files that can be made again from them.

Importing this package is cheap; the database library is imported when a catalog is opened.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kcnacrawl.catalog.crawl import Crawl
from kcnacrawl.catalog.errors import CatalogError

if TYPE_CHECKING:
    from kcnacrawl.catalog.catalog import Catalog

__all__ = ["CatalogError", "Crawl", "open_catalog"]


def open_catalog(path: Path, warc_folder: Path, *, notify: Callable[[str], None] = lambda sentence: None) -> Catalog:
    """Open a catalog, make it when it is missing, and bring it into agreement with the WARC files.

    A damaged one is moved aside and made again. Files that dead runs left ``.open`` are mended.

    :param notify: is told what was found and done, a sentence at a time
    :raises CatalogError: when that is not possible
    """
    from kcnacrawl.catalog.opening import open_catalog

    return open_catalog(path, warc_folder, notify=notify)
