"""One article, one line: an identity already written in this run is dropped."""

from __future__ import annotations

from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.statscollectors import StatsCollector

from kcnacrawl.items import Article


class DuplicatesPipeline:
    """Drop an article whose id this run has passed on before; count it."""

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats
        self.seen: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert crawler.stats is not None
        return cls(crawler.stats)

    def process_item(self, item: Any) -> Any:
        if isinstance(item, Article):
            if item.id in self.seen:
                self.stats.inc_value("duplicates/dropped/same_id")
                raise DropItem(f"{item.id} was passed on before")
            self.seen.add(item.id)
        return item
