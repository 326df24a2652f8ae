"""Owner of a crawl's archive: WARC files and catalog, opened first, closed last; ends the crawl if they fail."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.originals import Original, RunOriginals
from kcnacrawl.archive.redact import Redaction
from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.catalog import CatalogError
from kcnacrawl.extensions.begin import begin_crawl, instant
from kcnacrawl.extensions.closing import close_spider
from kcnacrawl.extensions.commit import GroupCommit
from kcnacrawl.extensions.notice import notify
from kcnacrawl.extensions.warcinfo import describe_run
from kcnacrawl.items import Receipt
from kcnacrawl.outcome import is_done
from kcnacrawl.signals import warc_closed
from kcnacrawl.spiders.base import SourceSpider

if TYPE_CHECKING:
    from collections.abc import Callable

    from kcnacrawl.catalog import Crawl
    from kcnacrawl.catalog.catalog import Catalog

logger = logging.getLogger(__name__)

FAILURES = (ArchiveError, CatalogError)

REMEMBERED = 4096
"""Responses of this run whose payloads are known without asking the catalog."""

FRONTIER_BATCH = 1000
"""Addresses asked for that are brought to the catalog even though no capture is."""


class ArchiveExtension:
    """Writes every exchange the download handlers hand over, and makes it durable before anyone uses it.

    A failure to write ends the crawl: an article without its bytes is not what this project promises.
    """

    def __init__(self, crawler: Crawler, catalog: Catalog, crawl: Crawl) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.catalog = catalog
        self.crawl = crawl
        self.has_history = bool(catalog.files())
        """Whether there was anything in the archive when this run began."""
        self.writer: WarcWriter | None = None
        self.failure: ArchiveError | CatalogError | None = None
        self.reason = "not started"
        self.closed = self.concluded = False
        self.done = False
        """Whether the crawl has done what was asked, as far as is known at its end."""
        self.asked: list[str] = []
        self.answered: list[str] = []
        """Addresses that entered and left the frontier since the last commit."""
        self.group = GroupCommit(
            self.commit,
            records=settings.getint("WARC_SYNC_RECORDS"),
            seconds=settings.getfloat("WARC_SYNC_SECONDS"),
            under_way=self.under_way,
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """:raises CrawlRefusedError: when the crawl cannot begin; the sentence says why"""
        # A page looked at with `scrapy fetch` or `scrapy shell` is no crawl.
        if not crawler.settings.getbool("WARC_ENABLED") or not isinstance(crawler.spider, SourceSpider):
            raise NotConfigured
        extension = cls(crawler, *begin_crawl(crawler.spider, crawler.settings, notify))
        assert crawler.stats is not None
        crawler.stats.set_value("crawl/id", extension.crawl.id)
        crawler.signals.connect(extension.open, signals.spider_opened)
        crawler.signals.connect(extension.scheduled, signals.request_scheduled)
        crawler.signals.connect(extension.ended, signals.spider_closed)
        crawler.signals.connect(extension.close, signals.engine_stopped)
        return extension

    def open(self) -> None:
        settings = self.crawler.settings
        try:
            self.writer = WarcWriter(
                Path(settings["WARC_DIR"]),
                self.crawler.spidercls.name,
                info=describe_run(self.crawler, self.crawl),
                level=settings.getint("WARC_COMPRESSION_LEVEL"),
                redaction=Redaction(
                    keep_request_secrets=settings.getbool("WARC_KEEP_REQUEST_SECRETS"),
                    response_headers=tuple(settings.getlist("WARC_REDACT_RESPONSE_HEADERS")),
                ),
                max_bytes=settings.getint("WARC_MAX_BYTES"),
                max_seconds=settings.getfloat("WARC_MAX_AGE"),
                originals=self.originals() if settings.getbool("WARC_DEDUP", True) else None,
                was_taken=self.catalog.knows,
                on_open=self.file_opened,
                on_close=self.file_closed,
            )
        except FAILURES as error:
            self.fail(error)

    def under_way(self) -> int:
        """Fetches whose answer was not handed on yet."""
        engine = self.crawler.engine
        return sum(len(slot.transferring) for slot in engine.downloader.slots.values()) if engine is not None else 0

    def originals(self) -> RunOriginals:
        settings = self.crawler.settings
        oldest = self.crawl.number - settings.getint("WARC_RENEW_RUNS", 10) + 1

        def earlier(digest: str, url: str) -> Original | None:
            if not self.has_history and self.writer is not None and self.writer.records["response"] < REMEMBERED:
                return None  # the writer remembers all there is
            return self.catalog.original(digest, url, oldest_number=oldest)

        return RunOriginals(earlier, minimum=settings.getint("WARC_DEDUP_MIN", 512), remembered=REMEMBERED)

    def scheduled(self, request: Request) -> None:
        self.asked.append(request.url)
        if len(self.asked) >= FRONTIER_BATCH:
            self.group.add()

    def record(self, exchange: Exchange) -> Receipt | None:
        """Write one exchange; the receipt of its response record, or null when it has none.

        It is not safe yet: await ``durable`` before anything is made of it.

        :raises ArchiveError, CatalogError: when it cannot be written, now and ever after in this run
        """
        if self.failure is not None or self.writer is None:
            raise self.failure or ArchiveError("The WARC file is not open.")
        try:
            receipt = self.writer.write(exchange)
        except FAILURES as error:
            self.fail(error)
            raise
        if receipt is not None:
            self.answered.append(exchange.url)
        self.group.add()
        return receipt

    async def durable(self) -> None:
        """Return when everything recorded so far would survive a power cut.

        :raises ArchiveError, CatalogError: when it would not; the crawl is then being ended
        """
        await self.group.durable()

    def commit(self) -> None:
        """Bring bytes and catalog to the disk, in this order.

        :raises ArchiveError, CatalogError: when that fails; the crawl is then being ended
        """
        if self.writer is None:
            return
        try:
            self.writer.sync()
            self.index()
        except FAILURES as error:
            self.fail(error)
            raise

    def index(self) -> None:
        assert self.writer is not None
        asked, answered = self.asked, self.answered
        self.asked, self.answered = [], []
        self.catalog.commit(self.writer.take_entries(), asked=asked, answered=answered)

    def file_opened(self, name: str) -> None:
        self.catalog.add_file(name, self.crawl.id, self.run)

    def file_closed(self, path: Path) -> None:
        self.crawler.signals.send_catch_log(warc_closed, path=path)
        if self.failure is not None:
            return  # the next start reads what the catalog lacks
        if self.writer is not None:
            self.index()  # a file known with its size counts as known in full
        self.catalog.close_file(path.name, path.stat().st_size)

    @property
    def run(self) -> str:
        return str(getattr(self.crawler.spider, "run", ""))

    def fail(self, error: ArchiveError | CatalogError) -> None:
        if self.failure is None:
            self.failure = error
            logger.error("%s", error)
            assert self.crawler.stats is not None
            self.crawler.stats.set_value("archive/failed", str(error))
            close_spider(self.crawler, "archive_failed")

    def ended(self, reason: str) -> None:
        self.reason = reason

    def close(self) -> None:
        """Close the files, the last of which says how the run ended; what fails is told, and the rest goes on."""
        if not self.closed:
            self.closed = True
            self.do(self.commit, self.write_ending, self.close_files)

    def conclude(self, *, whole: bool) -> None:
        """Note the end in the catalog and close it: the last act of a run, for afterwards nothing is taken up again.

        :param whole: whether everything else that the run has to leave behind could be written
        """
        if not self.concluded:
            self.concluded = True
            self.done = self.done and whole
            self.do(self.note_ending, self.catalog.close)

    def do(self, *steps: Callable[[], None]) -> None:
        for step in steps:
            try:
                step()
            except FAILURES as error:
                self.fail(error)

    def write_ending(self) -> None:
        assert self.crawler.stats is not None
        self.done = is_done(self.crawler.stats.get_stats(), self.reason)
        if self.writer is None or self.failure is not None:
            return
        said = {"crawl": self.crawl.id, "run": self.run, "ended": self.reason, "done": "yes" if self.done else "no"}
        self.writer.end(said.items())

    def close_files(self) -> None:
        if self.writer is None:
            return
        assert self.crawler.stats is not None
        try:
            self.writer.close()
        finally:
            self.crawler.stats.set_value("warc/files", [str(path) for path in self.writer.closed])
            for kind, count in self.writer.records.items():
                self.crawler.stats.set_value(f"warc/records/{kind}", count)

    def note_ending(self) -> None:
        done = self.done and self.failure is None
        self.catalog.end(self.crawl.id, self.run, self.reason, done, instant(datetime.now(UTC)))
