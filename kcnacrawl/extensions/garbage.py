"""Fewer collections of garbage: what lives as long as the process is not looked through again and again."""

from __future__ import annotations

import gc
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler


class GarbageExtension:
    """Once the crawl is set up, set aside what is there and collect less often; a tenth of a page's CPU time."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls()
        crawler.signals.connect(extension.open, signals.spider_opened)
        return extension

    def open(self) -> None:
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 100)
