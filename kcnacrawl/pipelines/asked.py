"""Only what was asked for: an article of another day or source than wanted is dropped, its page stays archived."""

from __future__ import annotations

from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, NotConfigured
from scrapy.statscollectors import StatsCollector

from kcnacrawl.arguments import Arguments
from kcnacrawl.items import Article


class AskedPipeline:
    """Drop and count articles outside ``since``, ``until`` and ``source``; listings are only roughly right."""

    def __init__(self, arguments: Arguments, stats: StatsCollector) -> None:
        self.arguments = arguments
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        arguments = getattr(crawler.spider, "arguments", None)
        if arguments is None:
            raise NotConfigured
        assert crawler.stats is not None
        return cls(arguments, crawler.stats)

    def process_item(self, item: Any) -> Any:
        if isinstance(item, Article) and not self.arguments.wants(item.published, item.source_label):
            self.stats.inc_value("asked/dropped")
            raise DropItem(f"{item.url} is of {item.published}, {item.source_label}: not asked for")
        return item
