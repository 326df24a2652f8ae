"""Scrapy's HTTP/1.1 download handler that tells the pace when a fetch ended, so that a site rests from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

from kcnacrawl.middlewares.pace import PaceMiddleware

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response


class PacedDownloadHandler(HTTP11DownloadHandler):
    """Fetch as Scrapy does; the delay of a site counts from the end of an exchange, not from its start.

    The end is told here and not by a signal: a failed fetch sends none before the next request is taken from the queue.
    """

    _pace: PaceMiddleware | None = None

    async def download_request(self, request: Request) -> Response:
        pace = self._pace or self._find_pace()
        response = None
        try:
            response = await self._fetch(request)
        finally:
            if pace is not None:
                pace.fetched(request, response)
        return response

    async def _fetch(self, request: Request) -> Response:
        return await super().download_request(request)

    def _find_pace(self) -> PaceMiddleware | None:
        self._pace = self._crawler.get_downloader_middleware(PaceMiddleware)
        return self._pace
