"""Articles come out in the order in which their pages came: that of the records, which is all an archive can tell."""

from __future__ import annotations

import asyncio

from scrapy import signals
from scrapy.crawler import Crawler

from kcnacrawl.pipelines.ticket import ticket


class Order:
    """The articles that came in and have not come out yet, well or badly, by their tickets."""

    def __init__(self, crawler: Crawler) -> None:
        self._waiting: dict[object, asyncio.Event] = {}
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(self._came_out, signal)

    def enter(self) -> None:
        """Give the article at hand a place behind all that came before."""
        self._waiting[ticket()] = asyncio.Event()
        self._call_first()

    async def turn(self) -> None:
        """Return when all that came before the article at hand have come out."""
        await self._waiting[ticket()].wait()

    def _came_out(self) -> None:
        if self._waiting.pop(ticket(), None) is not None:
            self._call_first()

    def _call_first(self) -> None:
        if self._waiting:
            next(iter(self._waiting.values())).set()
