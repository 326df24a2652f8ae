"""Photographs: each gets the digest of its picture and the receipt of its bytes, while articles keep their order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from kcnacrawl.archive.photos import Picture
from kcnacrawl.extensions.requisites import RequisitesExtension
from kcnacrawl.items import Article, Photo
from kcnacrawl.pipelines.order import Order


class PhotosPipeline:
    """Wait for the pictures of an article; those that cannot be had stay without digest and receipt.

    An article waits as well until those that came before it have come out, so that lines stand in the order of their
    records.

    Stats: ``photos/linked``, ``photos/missing/<reason>``. An article that lacks a picture when the crawl is being
    broken off is dropped: that may be the only reason, the crawl will be taken up again, and has the page. So are those
    behind it, which would come out before it.
    """

    def __init__(self, crawler: Crawler) -> None:
        assert crawler.stats is not None
        self.crawler = crawler
        self.stats = crawler.stats
        self.most = crawler.settings.getint("REQUISITES_MAX_PER_PAGE")
        self.order = Order(crawler)
        self.puts_off = False
        """Whether an article was dropped that will come out when the crawl is taken up again."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any | Awaitable[Any]:
        if not isinstance(item, Article):
            return item
        self.order.enter()
        requisites = self.crawler.get_extension(RequisitesExtension) if item.photos else None
        if item.photos and requisites is None:
            self.stats.inc_value("photos/missing/off", len(item.photos))
        return self.finish(item, requisites)

    async def finish(self, article: Article, requisites: RequisitesExtension | None) -> Article:
        """Wait for the pictures of an article, when they are asked for, and for its turn."""
        photos = article.photos[: self.most] if requisites is not None else []
        pictures = (requisites.picture(photo.url, article.url) for photo in photos) if requisites is not None else ()
        outcomes = await asyncio.gather(*pictures)
        await self.order.turn()
        is_whole = all(isinstance(outcome, Picture) for outcome in outcomes)
        if self.puts_off or (not is_whole and self.is_broken_off()):
            self.puts_off = True
            self.stats.inc_value("photos/articles_put_off")
            raise DropItem(f"{article.url} waits for pictures until the crawl is taken up again")
        for photo, outcome in zip(photos, outcomes, strict=True):
            self.link(photo, outcome)
        if photos and (beyond := len(article.photos) - len(photos)):
            self.stats.inc_value("photos/missing/too_many", beyond)
        return article

    def link(self, photo: Photo, outcome: Picture | str) -> None:
        if isinstance(outcome, Picture):
            photo.sha256, photo.receipt = outcome.sha256, outcome.receipt
            self.stats.inc_value("photos/linked")
        else:
            self.stats.inc_value(f"photos/missing/{outcome or 'no_picture'}")

    def is_broken_off(self) -> bool:
        """Whether the crawl ends before it is done, so that it will be taken up again."""
        engine = self.crawler.engine
        stopped = engine is None or not engine.running
        return stopped or any(self.stats.get_value(name) for name in ("archive/failed", "output/failed"))
