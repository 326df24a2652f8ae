"""One article, one line: an identity already written in this crawl is dropped."""

from __future__ import annotations

from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from kcnacrawl.items import Article
from kcnacrawl.seen import SeenIds


class DuplicatesPipeline:
    """Drop an article whose id this crawl has passed on before; count it."""

    def __init__(self, crawler: Crawler) -> None:
        assert crawler.stats is not None
        self.crawler = crawler
        self.stats = crawler.stats
        self.seen = SeenIds()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, Article):
            return item
        if item.id in getattr(self.crawler.spider, "before", ()) or not self.seen.add(item.id):
            self.stats.inc_value("duplicates/dropped/same_id")
            raise DropItem(f"{item.id} was passed on before")
        return item
