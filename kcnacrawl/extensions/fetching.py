"""Fetches wanted files through the engine's downloader: so many at once, in order, none for a host that is ill."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from kcnacrawl.extensions.wants import ENDING, Outcome, Want, failure_reason, is_illness
from kcnacrawl.middlewares.archived import FLAG
from kcnacrawl.middlewares.pace import PaceMiddleware
from kcnacrawl.middlewares.scope import REQUISITE

logger = logging.getLogger(__name__)

ILL = 5
"""Failures in a row after which a host is asked for no more requisites in this crawl."""


class Fetching:
    """What is wanted and not yet had. Capture, robots.txt, pace, scope and retries are the downloader's."""

    def __init__(
        self,
        crawler: Crawler,
        take_in: Callable[[Want, Response], Outcome],
        finish: Callable[[Want, Outcome], None],
    ) -> None:
        """
        :param take_in: makes of an answer what is told to those who wait
        :param finish: is told what came of each file, right before they are
        """
        settings = crawler.settings
        self._crawler = crawler
        self._take_in = take_in
        self._finish = finish
        self._most_bytes = settings.getint("REQUISITES_MAX_BYTES")
        # As many as the engine lets wait at once: until they are done it takes no further page from its queue.
        self._width = settings.getint("CONCURRENT_REQUESTS") or 16
        self._waiting: deque[Want] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._illness: dict[str, int] = {}
        self._rest = asyncio.Event()
        self.wanted: dict[str, Want] = {}
        """Files that wait or are on the wire, by address."""

    def add(self, want: Want) -> None:
        self.wanted[want.url] = want
        self._waiting.append(want)
        self._begin()

    async def rest(self) -> None:
        """Return when nothing is wanted any more."""
        while self.wanted:
            await self._rest.wait()

    def is_ending(self) -> bool:
        """Whether the crawl is being ended, so that nothing may be asked any more."""
        pace = self._crawler.get_downloader_middleware(PaceMiddleware)
        return pace is None or pace.is_closing()

    def _begin(self) -> None:
        while self._waiting and len(self._tasks) < self._width:
            task = asyncio.ensure_future(self._work(self._waiting.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    async def _work(self, want: Want) -> None:
        outcome: Outcome = "failed"
        try:
            outcome = await self._fetch(want)
        finally:
            self._end(want, outcome)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("What a page needs could not be taken in.", exc_info=error)
        while self._waiting and self.is_ending():
            self._end(self._waiting.popleft(), ENDING)
        self._begin()
        engine = self._crawler.engine
        if not self.wanted and engine is not None and engine._slot is not None:
            engine._slot.nextcall.schedule()  # it may have looked whether all is done a moment too early

    def _end(self, want: Want, outcome: Outcome) -> None:
        del self.wanted[want.url]
        self._finish(want, outcome)
        want.tell(outcome)
        if not self.wanted:
            self._rest.set()
            self._rest = asyncio.Event()

    async def _fetch(self, want: Want) -> Outcome:
        engine = self._crawler.engine
        if engine is None or self.is_ending():
            return ENDING
        host = urlsplit(want.url).netloc
        if self._illness.get(host, 0) >= ILL:
            return "host_ill"
        try:
            response = await engine.download_async(self._request(want))
        except Exception as error:  # noqa: BLE001 - whatever it was, the page is worth having without this file
            self._judge(host, ill=is_illness(error))
            logger.debug("%s is not had: %s", want.url, error)
            return failure_reason(error)
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value("resume/requisites" if FLAG in response.flags else "requisites/answered")
        self._judge(host, ill=response.status >= 500 or response.status == 429)
        return self._take_in(want, response)

    def _judge(self, host: str, *, ill: bool) -> None:
        if ill:
            self._illness[host] = self._illness.get(host, 0) + 1
        else:
            self._illness.pop(host, None)

    def _request(self, want: Want) -> Request:
        told = not want.passed and _may_know(want.url, want.via)
        meta = {REQUISITE: want.kind, "hops": want.hops, "via": want.via, "download_maxsize": self._most_bytes}
        return Request(
            want.url,
            callback=NO_CALLBACK,
            headers={"Referer": want.via} if told else None,
            # Followed by whoever wants it: what several addresses redirect to is asked for once.
            meta=meta | {"dont_redirect": True},
            dont_filter=True,
        )


def _may_know(url: str, page: str) -> bool:
    """Whether a browser would tell the server of a file which page needs it: in full it tells only the page's own."""
    return urlsplit(page)[:2] == urlsplit(url)[:2]
