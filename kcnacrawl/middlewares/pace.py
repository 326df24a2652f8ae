"""The pace at which a site is visited: rest after each exchange, pauses it asks for, its end for this crawl.

Works on Scrapy's download slots; one slot is one site (see ``scope.py``).
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import IgnoreRequest
from scrapy.utils.asyncio import call_later
from twisted.python.failure import Failure

from kcnacrawl.middlewares.retry_after import wait_asked_for

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.core.downloader import Slot
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

TOO_BUSY = frozenset({429, 503})
"""Statuses by which a site asks to be left alone for a while."""

STEP = 1.0
"""Seconds between two looks at whether the crawl is being closed while a site rests."""


class HostEndedError(IgnoreRequest):
    """The site asked for a wait longer than ``RETRY_AFTER_MAX``; this crawl asks it no more."""

    def __init__(self, site: str) -> None:
        super().__init__(f"{site} asked to be left alone for longer than this crawl waits.")


class PaceMiddleware:
    """Hold a site's slot as the site asks, and drop its requests once it is ended for this crawl.

    Settings: ``RETRY_AFTER_MAX`` (seconds; a longer wait ends the site), ``RETRY_WAIT`` (seconds a busy site rests when
    it names no time, doubled each time), ``RETRY_WAIT_MAX``. Stats: ``politeness/host_ended/<site>`` (requests
    dropped), ``politeness/holds``, ``politeness/held_seconds``.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._stats = crawler.stats
        self._max_wait = settings.getfloat("RETRY_AFTER_MAX", 3600.0)
        self._wait = settings.getfloat("RETRY_WAIT", 5.0)
        self._wait_max = settings.getfloat("RETRY_WAIT_MAX", 300.0)
        self._until: dict[str, float] = {}
        self._refusals: dict[str, int] = {}
        self._ended: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if self._ended and (site := request.meta.get("download_slot", "")) in self._ended:
            self._drop(site)

    def fetched(self, request: Request, response: Response | None) -> None:
        """Let the site rest from now on; called by the download handler before the slot's queue is looked at again."""
        engine = self._crawler.engine
        assert engine is not None
        slot = engine.downloader.slots.get(request.meta.get("download_slot", ""))
        if slot is None:
            return
        if slot.delay:
            slot.lastseen = monotonic()
        if response is not None:
            self._answered(request.meta["download_slot"], slot, response)

    def is_ended(self, site: str) -> bool:
        """Return whether this crawl asks *site* no more."""
        return site in self._ended

    def is_closing(self) -> bool:
        """Return whether the crawl is being closed, so that nothing may wait any longer."""
        engine = self._crawler.engine
        return engine is None or not engine.running or engine._slot is None or engine._slot.closing is not None

    def slow_down(self, site: str, delay: float) -> None:
        """Keep at least *delay* seconds between exchanges with *site*."""
        engine = self._crawler.engine
        assert engine is not None
        downloader = engine.downloader
        settings = downloader.per_slot_settings.setdefault(site, {})
        settings["delay"] = max(delay, settings.get("delay", downloader._delay))  # for a slot made anew after idle time
        slot = downloader.slots.get(site)
        if slot is not None:
            slot.delay = max(delay, slot.delay)
            slot.lastseen = max(slot.lastseen, monotonic())  # the exchange that told of the delay has just ended

    def _answered(self, site: str, slot: Slot, response: Response) -> None:
        if response.status not in TOO_BUSY:
            if self._refusals:
                self._refusals.pop(site, None)
            return
        refusals = self._refusals[site] = self._refusals.get(site, 0) + 1
        wait = wait_asked_for(response.headers.get(b"Retry-After"), response.headers.get(b"Date"), datetime.now(UTC))
        if wait is None:
            wait = min(self._wait * 2 ** (refusals - 1), self._wait_max)
        if wait > self._max_wait:
            self._end(site, slot, wait)
        elif wait > 0:
            self._hold(site, slot, wait)

    def _hold(self, site: str, slot: Slot, wait: float) -> None:
        logger.info("%s answers that it is busy; it is left alone for %g seconds.", site, wait)
        self._stats.inc_value("politeness/holds")
        self._stats.inc_value("politeness/held_seconds", wait)  # type: ignore[arg-type]
        until = self._until[site] = max(monotonic() + wait, self._until.get(site, 0.0))
        slot.lastseen = until  # keeps the slot, and so the hold, from being collected while idle
        self._arm(site, slot)

    def _arm(self, site: str, slot: Slot) -> None:
        """Block the slot's queue with the timer that Scrapy itself blocks it with between two requests."""
        if slot.latercall is not None:
            slot.latercall.cancel()
        slot.latercall = call_later(max(0.0, min(STEP, self._until[site] - monotonic())), self._look, site, slot)

    def _look(self, site: str, slot: Slot) -> None:
        slot.latercall = None
        if self.is_closing():
            self._empty(slot, IgnoreRequest(f"The crawl was closed while {site} was being left alone."))
        elif monotonic() < self._until[site]:
            self._arm(site, slot)
        else:
            del self._until[site]
            slot.lastseen = monotonic() - slot.delay
            engine = self._crawler.engine
            assert engine is not None
            engine.downloader._process_queue(slot)

    def _end(self, site: str, slot: Slot, wait: float) -> None:
        logger.warning(
            "%s asks to be left alone for %g seconds, longer than RETRY_AFTER_MAX (%g): this crawl asks it no more.",
            site, wait, self._max_wait,
        )  # fmt: skip
        self._ended.add(site)
        dropped = self._empty(slot, HostEndedError(site))
        self._stats.set_value(f"politeness/host_ended/{site}", dropped)

    @staticmethod
    def _empty(slot: Slot, error: IgnoreRequest) -> int:
        """Fail what waits in the slot's queue; return how many requests that were."""
        count = len(slot.queue)
        while slot.queue:
            _, waiting = slot.queue.popleft()
            waiting.errback(Failure(error))  # type: ignore[no-untyped-call]
        return count

    def _drop(self, site: str) -> None:
        self._stats.inc_value(f"politeness/host_ended/{site}")
        raise HostEndedError(site)
