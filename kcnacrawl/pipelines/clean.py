"""From what the page prints to what a researcher counts: the derived fields of an article."""

from __future__ import annotations

from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector

from kcnacrawl.derive import derive
from kcnacrawl.items import Article


class CleanPipeline:
    """Fill the derived fields; count every change and where each date came from."""

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert crawler.stats is not None
        return cls(crawler.stats)

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, Article):
            return item
        title, subtitle = item.title, item.subtitle
        derive(item)
        for name, changed in (
            ("title", item.title != title),
            ("subtitle", item.subtitle != subtitle),
            ("body", item.body != item.body_raw),
            ("trailer", item.trailer is not None),
            ("dateline", item.dateline is not None),
        ):
            if changed:
                self.stats.inc_value(f"clean/{name}")
        self.stats.inc_value(f"clean/published_from/{item.published_from}")
        self.stats.inc_value(f"clean/language/{item.language}")
        return item
