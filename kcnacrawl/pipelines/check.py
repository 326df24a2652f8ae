"""Validation: what is missing or odd is written into the article; what cannot be used is dropped by name."""

from __future__ import annotations

from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from kcnacrawl.checks import FATAL, problems
from kcnacrawl.items import Article
from kcnacrawl.signals import page_problem


class CheckPipeline:
    """Put the problems of an article into it; drop it when one is fatal, and tell the run report which page it was."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, Article):
            return item
        assert self.crawler.stats is not None
        item.problems = problems(item)
        for problem in item.problems:
            self.crawler.stats.inc_value(f"check/{problem.code}")
            if problem.code in FATAL:
                self.crawler.signals.send_catch_log(
                    page_problem, url=item.url, reason=f"unreadable/{problem.code}", sentence=problem.message
                )
                raise DropItem(f"{item.url}: {problem.message}")
        return item
