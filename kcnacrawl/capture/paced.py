"""Scrapy's HTTP/1.1 download handler that tells the pace when a fetch ended, so that a site rests from then on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

from kcnacrawl.extensions.closing import CrawlEndingError
from kcnacrawl.middlewares.pace import PaceMiddleware
from kcnacrawl.signals import cut_off

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class PacedDownloadHandler(HTTP11DownloadHandler):
    """Fetch as Scrapy does; the delay of a site counts from the end of an exchange, not from its start.

    The end is told here and not by a signal: a failed fetch sends none before the next request is taken from the queue.
    """

    _pace: PaceMiddleware | None = None

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # Twisted would send a request again when a kept connection turns out dead: at once, and unseen by anybody.
        self._pool.retryAutomatically = False
        self._fetching: set[asyncio.Task[Any]] = set()
        self._ending = False
        crawler.signals.connect(self._cut_off, cut_off)

    async def download_request(self, request: Request) -> Response:
        pace = self._pace or self._find_pace()
        if pace is not None and pace.is_closing():
            # It was with a middleware when the queues were emptied; were it sent, its answer might be kept by nobody.
            raise CrawlEndingError(f"{request.url} was not asked for: the crawl is ending.")
        task = asyncio.current_task()
        assert task is not None
        self._fetching.add(task)
        response = None
        try:
            response = await self._fetch(request)
        except asyncio.CancelledError as error:
            if not self._ending:
                raise
            task.uncancel()
            raise CrawlEndingError(f"{request.url} was being fetched when the crawl was ended.") from error
        finally:
            self._fetching.discard(task)
            if pace is not None:
                pace.fetched(request, response)
        return response

    def _cut_off(self) -> None:
        """Break off what is on the wire."""
        self._ending = True
        for task in tuple(self._fetching):
            task.cancel()

    async def _fetch(self, request: Request) -> Response:
        return await super().download_request(request)

    def _find_pace(self) -> PaceMiddleware | None:
        self._pace = self._crawler.get_downloader_middleware(PaceMiddleware)
        return self._pace
