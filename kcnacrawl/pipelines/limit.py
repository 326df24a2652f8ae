"""The ``limit`` argument: never an article more than was asked for."""

from __future__ import annotations

from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, NotConfigured

from kcnacrawl.extensions.closing import close_spider, stop_asking
from kcnacrawl.extensions.requisites import RequisitesExtension
from kcnacrawl.pipelines.ticket import ticket


class LimitPipeline:
    """Let the first *limit* items through, ask for no further page, and end the crawl once they have come out.

    The crawl ends with the reason ``limit``, after the last of them has its pictures and its page what it needs.
    """

    def __init__(self, crawler: Crawler, limit: int) -> None:
        self.crawler = crawler
        self.limit = limit
        self.passed = 0
        self.on_their_way: set[object] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        limit = getattr(getattr(crawler.spider, "arguments", None), "limit", None)
        if limit is None:
            raise NotConfigured
        pipeline = cls(crawler, limit)
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(pipeline.came_out, signal)
        return pipeline

    @property
    def left(self) -> int:
        """Items that may still come; those of earlier runs of the crawl count."""
        return self.limit - self.passed - len(getattr(self.crawler.spider, "before", ()))

    def process_item(self, item: Any) -> Any:
        if self.left <= 0:
            assert self.crawler.stats is not None
            self.crawler.stats.inc_value("limit/dropped")
            raise DropItem("the limit is reached")
        self.passed += 1
        self.on_their_way.add(ticket())
        if self.left <= 0:
            stop_asking(self.crawler)
        return item

    async def came_out(self) -> None:
        """End the crawl when the last item has left the pipelines, well or badly."""
        if ticket() not in self.on_their_way:
            return
        self.on_their_way.remove(ticket())
        if self.on_their_way or self.left > 0:
            return
        if (requisites := self.crawler.get_extension(RequisitesExtension)) is not None:
            await requisites.fetching.rest()
        close_spider(self.crawler, "limit")
