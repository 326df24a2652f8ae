"""Owner of the run's WARC file: opens it first, closes it last, stops the crawl if it fails."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.redact import Redaction
from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.extensions.closing import close_spider
from kcnacrawl.extensions.warcinfo import describe_run
from kcnacrawl.items import Receipt

logger = logging.getLogger(__name__)


class ArchiveExtension:
    """Writes every exchange the download handlers hand over.

    A failure to write ends the crawl: an article without its bytes is not what this project promises.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.writer: WarcWriter | None = None
        self.failure: ArchiveError | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not crawler.settings.getbool("WARC_ENABLED"):
            raise NotConfigured
        extension = cls(crawler)
        crawler.signals.connect(extension.open, signals.spider_opened)
        crawler.signals.connect(extension.close, signals.spider_closed)
        return extension

    def open(self, spider: Spider) -> None:
        settings = self.crawler.settings
        try:
            self.writer = WarcWriter(
                Path(settings["WARC_DIR"]),
                spider.name,
                info=describe_run(self.crawler),
                level=settings.getint("WARC_COMPRESSION_LEVEL"),
                redaction=Redaction(
                    keep_request_secrets=settings.getbool("WARC_KEEP_REQUEST_SECRETS"),
                    response_headers=tuple(settings.getlist("WARC_REDACT_RESPONSE_HEADERS")),
                ),
            )
        except ArchiveError as error:
            self.fail(error)

    def record(self, exchange: Exchange) -> Receipt | None:
        """Write one exchange; the receipt of its response record, or null when it has none.

        :raises ArchiveError: when it cannot be written, now and ever after in this run
        """
        if self.failure is not None or self.writer is None:
            raise self.failure or ArchiveError("The WARC file is not open.")
        try:
            return self.writer.write(exchange)
        except ArchiveError as error:
            self.fail(error)
            raise

    def fail(self, error: ArchiveError) -> None:
        if self.failure is None:
            self.failure = error
            logger.error("%s", error)
            assert self.crawler.stats is not None
            self.crawler.stats.set_value("archive/failed", str(error))
            close_spider(self.crawler, "archive_failed")

    def close(self, spider: Spider) -> None:
        if self.writer is None:
            return
        assert self.crawler.stats is not None
        try:
            path = self.writer.close()
        except ArchiveError as error:
            self.fail(error)
            return
        self.crawler.stats.set_value("warc/file", str(path))
        for kind, count in self.writer.records.items():
            self.crawler.stats.set_value(f"warc/records/{kind}", count)
