"""The ``limit`` argument: never an article more than was asked for."""

from __future__ import annotations

from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, NotConfigured

from kcnacrawl.extensions.closing import close_spider


class LimitPipeline:
    """Let the first *limit* items through, then end the crawl with the reason ``limit``."""

    def __init__(self, crawler: Crawler, limit: int) -> None:
        self.crawler = crawler
        self.limit = limit
        self.passed = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        limit = getattr(getattr(crawler.spider, "arguments", None), "limit", None)
        if limit is None:
            raise NotConfigured
        return cls(crawler, limit)

    def process_item(self, item: Any) -> Any:
        left = self.limit - self.passed - len(getattr(self.crawler.spider, "before", ()))
        if left <= 0:
            assert self.crawler.stats is not None
            self.crawler.stats.inc_value("limit/dropped")
            raise DropItem("the limit is reached")
        self.passed += 1
        if left == 1:
            close_spider(self.crawler, "limit")
        return item
