"""Articles come out in the order in which their pages came: that of the records, which is all an archive can tell."""

from __future__ import annotations

import asyncio

from scrapy import signals
from scrapy.crawler import Crawler

from kcnacrawl.items import Article


class Order:
    """The articles that came in and have not come out yet, well or badly."""

    def __init__(self, crawler: Crawler) -> None:
        self._waiting: dict[int, asyncio.Event] = {}
        self._coming: int | None = None
        """The first of them once it has had its turn."""
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(self._came_out, signal)

    def enter(self, article: Article) -> None:
        """Take a place behind all that came before."""
        turn = self._waiting[id(article)] = asyncio.Event()
        if len(self._waiting) == 1:
            turn.set()

    async def turn(self, article: Article) -> None:
        """Return when all that came before have come out."""
        await self._waiting[id(article)].wait()
        self._coming = id(article)

    def _came_out(self, item: object) -> None:
        # A pipeline behind may have put something else in its place.
        place = id(item) if id(item) in self._waiting else self._coming
        if place is None:
            return
        del self._waiting[place]
        if place == self._coming:
            self._coming = None
        if self._coming is None and self._waiting:
            next(iter(self._waiting.values())).set()
