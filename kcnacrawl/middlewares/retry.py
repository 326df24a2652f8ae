"""When a request is made again, how often, and after which wait."""

from __future__ import annotations

import asyncio
import logging
from time import monotonic
from typing import TYPE_CHECKING, Self

from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from twisted.internet.error import ConnectError, ConnectionClosed

from kcnacrawl.capture.failures import StaleConnectionError
from kcnacrawl.middlewares.pace import TOO_BUSY, PaceMiddleware

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 528), 530})
"""Answers that may be another the next time; 520 to 530 are a content delivery network's words for a sick origin."""

FAILURES = (
    CannotResolveHostError,
    ConnectError,
    ConnectionClosed,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    TunnelError,
)

STEP = 1.0
"""Seconds between two looks at whether the crawl is being closed."""


class RetryMiddleware:
    """Replace Scrapy's rule, which retries at once and knows no Retry-After.

    A failed request waits by itself, ``RETRY_WAIT`` seconds and three times longer each time up to ``RETRY_WAIT_MAX``,
    while the site's other requests go on. On 429 and 503 the whole site waits instead (see ``pace.py``). What went out
    on a kept connection that was dead is tried once more even if ``RETRY_TIMES`` is 0: nobody may have heard it.
    Settings: ``RETRY_TIMES``, ``RETRY_WAIT``, ``RETRY_WAIT_MAX``. Stats: ``retry/count``, ``retry/reason/<reason>``,
    ``retry/given_up``.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._stats = crawler.stats
        self._times = settings.getint("RETRY_TIMES")
        self._wait = settings.getfloat("RETRY_WAIT", 5.0)
        self._wait_max = settings.getfloat("RETRY_WAIT_MAX", 300.0)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if response.status not in STATUSES or request.meta.get("dont_retry"):
            return response
        pace = self._pace()
        if pace is not None and pace.is_ended(request.meta.get("download_slot", "")):
            return response
        paced = pace is not None and response.status in TOO_BUSY
        return await self.again(request, str(response.status), wait=not paced) or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        if not isinstance(exception, FAILURES) or request.meta.get("dont_retry"):
            return None
        least = 1 if isinstance(exception, StaleConnectionError) else 0
        return await self.again(request, type(exception).__name__, least=least)

    async def again(self, request: Request, reason: str, *, wait: bool = True, least: int = 0) -> Request | None:
        """Return the request to make instead, after its wait; null when it was made often enough or the crawl ends.

        :param least: how often it may be made again whatever ``RETRY_TIMES`` says
        """
        times = request.meta.get("retry_times", 0) + 1
        if times > max(request.meta.get("max_retry_times", self._times), least):
            self._stats.inc_value("retry/given_up")
            # Whoever asked tells what follows from it, a site that is not there once for all its pages.
            logger.debug("%s failed %d times, at last by %s; it is given up.", request.url, times, reason)
            return None
        if wait and not await self._sleep(min(self._wait * 3 ** (times - 1), self._wait_max)):
            return None
        self._stats.inc_value("retry/count")
        self._stats.inc_value(f"retry/reason/{reason}")
        again = request.copy()
        again.meta["retry_times"] = times
        again.dont_filter = True
        return again

    async def _sleep(self, seconds: float) -> bool:
        """Sleep; return at once and False when the crawl is being closed."""
        pace = self._pace()
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0:
            if pace is not None and pace.is_closing():
                return False
            await asyncio.sleep(min(left, STEP))
        return True

    def _pace(self) -> PaceMiddleware | None:
        return self._crawler.get_downloader_middleware(PaceMiddleware)
