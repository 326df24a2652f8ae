"""From what the page prints to what a researcher counts: the derived fields of an article."""

from __future__ import annotations

from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector

from kcnacrawl.derive import derive
from kcnacrawl.items import Article


class CleanPipeline:
    """Fill the derived fields; count what was taken off and what could not be told."""

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert crawler.stats is not None
        return cls(crawler.stats)

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, Article):
            return item
        for change in derive(item):
            self.stats.inc_value(f"clean/{change}")
        return item
