"""A live progress line on a terminal: pages, articles, problems, rate, queue."""

from __future__ import annotations

import logging
import sys
from time import monotonic
from typing import Any, Self, TextIO

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from kcnacrawl import outcome
from kcnacrawl.extensions.summary import pages_fetched

WIDE = 110
"""Columns a terminal must have for name and bar; the numbers fit into 80."""


class ProgressExtension:
    """Draws on standard error while it is a terminal; log lines go above the bar."""

    def __init__(self, crawler: Crawler) -> None:
        from rich.console import Console  # 7 MB that a crawl without a terminal does not need
        from rich.live import Live

        self.crawler = crawler
        self.started = monotonic()
        self.console = Console(stderr=True)
        self.live = Live(console=self.console, get_renderable=self.line, refresh_per_second=4, transient=True)
        self.moved: list[logging.StreamHandler[TextIO]] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not sys.stderr.isatty() or not crawler.settings.getbool("PROGRESS_ENABLED"):
            raise NotConfigured
        extension = cls(crawler)
        crawler.signals.connect(extension.open, signals.spider_opened)
        crawler.signals.connect(extension.close, signals.spider_closed)
        return extension

    def open(self) -> None:
        streams = [h for h in logging.root.handlers if isinstance(h, logging.StreamHandler) and h.stream is sys.stderr]
        self.started = monotonic()
        self.live.start()
        for handler in streams:  # Live has put a proxy in place of sys.stderr that prints above the bar
            handler.setStream(sys.stderr)
            self.moved.append(handler)

    def close(self) -> None:
        self.live.stop()
        for handler in self.moved:
            handler.setStream(sys.stderr)

    def line(self) -> Any:
        """The line as it stands now."""
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        assert self.crawler.stats is not None
        stats = self.crawler.stats.get_stats()
        pages = pages_fetched(stats)
        articles = outcome.articles(stats)
        problems = sum(value for name, value in tuple(stats.items()) if name.startswith("problems/"))
        queue = int(stats.get("scheduler/enqueued", 0)) - int(stats.get("scheduler/dequeued", 0))
        seconds = monotonic() - self.started
        done = articles if self.limit() else pages
        cells: list[Any] = [
            f"{pages} pages",
            Text(f"{articles} articles", style="green"),
            Text(f"{problems} problems", style="red" if problems else "dim"),
            f"{pages / seconds if seconds else 0:.1f} pages/s",
            f"{queue} queued",
            f"{int(seconds) // 3600}:{int(seconds) // 60 % 60:02d}:{int(seconds) % 60:02d}",
        ]
        if self.console.width >= WIDE:
            bar = ProgressBar(total=self.total(pages, queue), completed=done, width=24)
            cells = [Text(str(self.crawler.spidercls.name), style="bold"), bar, *cells]
        row = Table.grid(padding=(0, 2))
        for _ in cells:
            row.add_column(no_wrap=True)
        row.add_row(*cells)
        return row

    def limit(self) -> int | None:
        return getattr(getattr(self.crawler.spider, "arguments", None), "limit", None)

    def total(self, pages: int, queue: int) -> float:
        return float(self.limit() or max(pages + queue, 1))
