"""One article, one line: an identity already written in this run is dropped."""

from __future__ import annotations

from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.statscollectors import StatsCollector

from kcnacrawl.items import Article
from kcnacrawl.seen import SeenIds


class DuplicatesPipeline:
    """Drop an article whose id this run has passed on before; count it."""

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats
        self.seen = SeenIds()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert crawler.stats is not None
        return cls(crawler.stats)

    def process_item(self, item: Any) -> Any:
        if isinstance(item, Article) and not self.seen.add(item.id):
            self.stats.inc_value("duplicates/dropped/same_id")
            raise DropItem(f"{item.id} was passed on before")
        return item
