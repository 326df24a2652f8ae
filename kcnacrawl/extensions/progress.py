"""A live progress line on a terminal: articles, pages, what waits, problems, and since when it is quiet."""

from __future__ import annotations

import logging
import sys
from time import monotonic
from typing import TYPE_CHECKING, Any, Self, TextIO

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from kcnacrawl import outcome
from kcnacrawl.extensions.summary import pages_fetched
from kcnacrawl.progress_line import Standing, progress_line

if TYPE_CHECKING:
    from rich.table import Table


class ProgressExtension:
    """Draws on standard error while it is a terminal; log lines go above the bar."""

    def __init__(self, crawler: Crawler) -> None:
        from rich.console import Console  # 7 MB that a crawl without a terminal does not need
        from rich.live import Live

        self.crawler = crawler
        self.started = self.heard = monotonic()
        self.console = Console(stderr=True)
        self.live = Live(console=self.console, get_renderable=self.line, refresh_per_second=4, transient=True)
        self.moved: list[logging.StreamHandler[TextIO]] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not sys.stderr.isatty() or not crawler.settings.getbool("PROGRESS_ENABLED"):
            raise NotConfigured
        extension = cls(crawler)
        crawler.signals.connect(extension.open, signals.spider_opened)
        crawler.signals.connect(extension._hear, signals.response_received)
        crawler.signals.connect(extension.close, signals.spider_closed)
        return extension

    def open(self) -> None:
        streams = [h for h in logging.root.handlers if isinstance(h, logging.StreamHandler) and h.stream is sys.stderr]
        self.started = self.heard = monotonic()
        self.live.start()
        for handler in streams:  # Live has put a proxy in place of sys.stderr that prints above the bar
            handler.setStream(sys.stderr)
            self.moved.append(handler)

    def close(self) -> None:
        self.live.stop()
        for handler in self.moved:
            handler.setStream(sys.stderr)

    def line(self) -> Table:
        """The line as it stands now."""
        assert self.crawler.stats is not None
        stats = self.crawler.stats.get_stats()
        now = monotonic()
        standing = Standing(
            name=str(self.crawler.spidercls.name),
            articles=outcome.articles(stats),
            pages=pages_fetched(stats),
            waiting=self._waiting(stats),
            problems=sum(value for name, value in tuple(stats.items()) if name.startswith("problems/")),
            seconds=now - self.started,
            quiet=now - self.heard,
            limit=getattr(getattr(self.crawler.spider, "arguments", None), "limit", None),
        )
        return progress_line(standing, self.console.width)

    def _hear(self) -> None:
        self.heard = monotonic()

    def _waiting(self, stats: dict[str, Any]) -> int:
        """Requests that are to be answered yet, those under way included."""
        engine = self.crawler._engine  # drawn once already when the line is made, before there is one
        begun = len(engine.downloader.active) if engine is not None else 0
        return begun + int(stats.get("scheduler/enqueued", 0)) - int(stats.get("scheduler/dequeued", 0))
