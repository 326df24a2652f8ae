"""Articles come out in the order in which their pages came: that of the records, which is all an archive can tell."""

from __future__ import annotations

import asyncio

from scrapy import signals
from scrapy.crawler import Crawler

from kcnacrawl.items import Article


class Order:
    """The articles that came in and have not come out yet, well or badly."""

    def __init__(self, crawler: Crawler) -> None:
        self._waiting: dict[int, asyncio.Event | None] = {}
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(self._came_out, signal)

    def enter(self, article: Article) -> bool:
        """Take a place behind all that came before; whether there is none of them."""
        is_first = not self._waiting
        self._waiting[id(article)] = None
        return is_first

    async def turn(self, article: Article) -> None:
        """Return when all that came before have come out."""
        if next(iter(self._waiting)) == id(article):
            return
        event = self._waiting[id(article)] = asyncio.Event()
        await event.wait()

    def _came_out(self, item: object) -> None:
        if id(item) not in self._waiting:
            return
        del self._waiting[id(item)]
        event = next(iter(self._waiting.values()), None)
        if event is not None:
            event.set()
