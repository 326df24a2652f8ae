"""Where exchanges go: the one place that knows which extension takes them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.items import Receipt

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

Sink = Callable[[Exchange], Receipt | None]
"""Takes an exchange for good and says where it is; an exception means that it could not be kept."""

Durable = Callable[[], Awaitable[None]]
"""Returns when every exchange taken so far would survive a power cut; an exception means that it would not."""


def find_sink(crawler: Crawler) -> tuple[Sink, Durable]:
    """Return the archive's intake and its word; raise RuntimeError when the archive is not switched on."""
    from kcnacrawl.extensions.archive import ArchiveExtension  # it imports this part, so not at import time

    archive = crawler.get_extension(ArchiveExtension)
    if archive is None:
        raise RuntimeError(
            "The capturing download handler is set but kcnacrawl.extensions.archive.ArchiveExtension is not enabled; "
            "enable it, or set DOWNLOAD_HANDLERS to kcnacrawl.capture.paced.PacedDownloadHandler."
        )
    return archive.record, archive.durable
