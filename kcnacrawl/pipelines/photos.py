"""Photographs: each gets the digest of its picture and the receipt of its bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from kcnacrawl.archive.photos import Picture
from kcnacrawl.extensions.requisites import RequisitesExtension
from kcnacrawl.items import Article


class PhotosPipeline:
    """Wait for the pictures of an article; those that cannot be had stay without digest and receipt.

    Stats: ``photos/linked``, ``photos/missing/<reason>``. An article that lacks a picture when the crawl is being
    broken off is dropped: that may be the only reason, the crawl will be taken up again, and has the page.
    """

    def __init__(self, crawler: Crawler) -> None:
        assert crawler.stats is not None
        self.crawler = crawler
        self.stats = crawler.stats
        self.most = crawler.settings.getint("REQUISITES_MAX_PER_PAGE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any | Awaitable[Any]:
        if not isinstance(item, Article) or not item.photos:
            return item
        requisites = self.crawler.get_extension(RequisitesExtension)
        if requisites is None:
            self.stats.inc_value("photos/missing/off", len(item.photos))
            return item
        return self.link(item, requisites)

    async def link(self, article: Article, requisites: RequisitesExtension) -> Article:
        photos = article.photos[: self.most]
        outcomes = await asyncio.gather(*(requisites.picture(photo.url, article.url) for photo in photos))
        if not all(isinstance(outcome, Picture) for outcome in outcomes) and self.is_broken_off():
            self.stats.inc_value("photos/articles_put_off")
            raise DropItem(f"{article.url} waits for its pictures until the crawl is taken up again")
        for photo, outcome in zip(photos, outcomes, strict=True):
            if isinstance(outcome, Picture):
                photo.sha256, photo.receipt = outcome.sha256, outcome.receipt
                self.stats.inc_value("photos/linked")
            else:
                self.stats.inc_value(f"photos/missing/{outcome or 'no_picture'}")
        if beyond := len(article.photos) - len(photos):
            self.stats.inc_value("photos/missing/too_many", beyond)
        return article

    def is_broken_off(self) -> bool:
        """Whether the crawl ends before it is done, so that it will be taken up again."""
        engine = self.crawler.engine
        stopped = engine is None or not engine.running
        return stopped or any(self.stats.get_value(name) for name in ("archive/failed", "output/failed"))
