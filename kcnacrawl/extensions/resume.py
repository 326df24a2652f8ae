"""What a crawl that is taken up again has already put out."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.extensions.feedexport import FeedExporter, FeedSlot, FileFeedStorage, ItemFilter

from kcnacrawl.counted import counted
from kcnacrawl.extensions.archive import FAILURES, ArchiveExtension
from kcnacrawl.extensions.evidence import Evidence
from kcnacrawl.extensions.feeds import LineSafeFileStorage, fail_output
from kcnacrawl.extensions.lines import Stock
from kcnacrawl.extensions.notice import notify
from kcnacrawl.seen import SeenIds
from kcnacrawl.spiders.base import SourceSpider


class ResumeExtension:
    """Before the first request: mend the files of articles, and tell spider and feeds what is in them.

    Articles that are in all files are not read again. A file that cannot tell what it holds gets all of them anew, read
    from the archive.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler)
        crawler.signals.connect(extension.open, signals.spider_opened)
        return extension

    def open(self, spider: SourceSpider) -> None:
        archive = self.crawler.get_extension(ArchiveExtension)
        if archive is None or not archive.crawl.resumed:
            return
        try:
            crawl, catalog = archive.crawl, archive.catalog
            pages = sum(file.captures or 0 for file in catalog.files() if file.crawl == crawl.id)
            waiting = catalog.waiting(crawl.id)
            stored = f"{counted(pages, 'page')} {'is' if pages == 1 else 'are'} in the archive"
            waits = f"{waiting:,} {'waits' if waiting == 1 else 'wait'}"
            notify(f"Resuming the crawl begun {crawl.began}: {stored}, {waits}.")
            self.take_stock(spider, archive)
        except FAILURES as error:
            archive.fail(error)

    def take_stock(self, spider: SourceSpider, archive: ArchiveExtension) -> None:
        feeds = self.crawler.get_extension(FeedExporter)
        held = [self.stock(slot, archive) for slot in feeds.slots] if feeds is not None else []
        known = [stock.ids for stock in held if stock is not None]
        if known and len(known) == len(held):
            spider.before = SeenIds.common(known)
        assert self.crawler.stats is not None
        self.crawler.stats.set_value("resume/articles", len(spider.before))

    def stock(self, slot: FeedSlot, archive: ArchiveExtension) -> Stock | None:
        """What a feed holds of this crawl; null when it cannot tell."""
        storage = slot.storage
        if not isinstance(storage, LineSafeFileStorage) or not storage.tells:
            self.warn(slot)
            return None
        evidence = Evidence(archive.catalog, archive.crawl.id, named=archive.crawl.id in Path(storage.path).name)
        try:
            stock = storage.take_stock(evidence.judge)
        except OSError as error:
            fail_output(self.crawler, f"The articles file {storage.path} cannot be mended: {error.strerror}.")
            return None
        slot.filter = NotHeld(slot.filter, stock.ids)
        return stock

    def warn(self, slot: FeedSlot) -> None:
        """An output that is appended to and cannot tell what it holds has articles twice: that is no whole success."""
        storage = slot.storage
        if not isinstance(storage, FileFeedStorage) or storage.write_mode == "wb":
            return
        path = Path(storage.path)
        if path.is_file() and path.stat().st_size:
            assert self.crawler.stats is not None
            sentence = (
                f"{path} does not tell which articles it holds, so those from before the break may be in it twice."
            )
            self.crawler.stats.set_value("output/twice", sentence)


class NotHeld(ItemFilter):
    """Keeps from a feed the articles that it has already."""

    def __init__(self, inner: ItemFilter, held: SeenIds) -> None:
        super().__init__(None)
        self.inner = inner
        self.held = held

    def accepts(self, item: Any) -> bool:
        return self.inner.accepts(item) and getattr(item, "id", "") not in self.held
