"""Whatever a site does, a crawl that is told to stop ends soon."""

from __future__ import annotations

from time import monotonic
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call

from kcnacrawl.extensions.closing import drop_waiting
from kcnacrawl.signals import cut_off

GRACE = 10.0
"""Seconds that what is on the wire is given once the crawl was told to stop."""

STEP = 0.25
"""Seconds between two looks."""


class EndingExtension:
    """When the crawl closes, drop what waits for its turn; when it was told to, break off what hangs as well.

    Scrapy tells nobody that it begins to close, hence the looks.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.told: float | None = None
        self.watch = create_looping_call(self.look)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler)
        crawler.signals.connect(extension.open, signals.spider_opened)
        crawler.signals.connect(extension.close, signals.spider_closed)
        return extension

    def open(self) -> None:
        self.watch.start(STEP, now=False)

    def close(self) -> None:
        if self.watch.running:
            self.watch.stop()

    def look(self) -> None:
        engine = self.crawler.engine
        if engine is None or engine._slot is None or engine._slot.closing is None:
            return
        drop_waiting(self.crawler)
        if engine.running:
            return  # it ends by itself, and what is on the wire is wanted
        if self.told is None:
            self.told = monotonic()
        elif monotonic() - self.told > GRACE:
            self.crawler.signals.send_catch_log(cut_off)
