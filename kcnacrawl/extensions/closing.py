"""Ending a crawl from inside a component."""

from __future__ import annotations

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.defer import deferred_from_coro
from twisted.python.failure import Failure

from kcnacrawl.middlewares.scope import REQUISITE, ROBOTS_OF


class CrawlEndingError(IgnoreRequest):
    """The request was not made any more because the crawl is ending."""


def close_spider(crawler: Crawler, reason: str) -> None:
    """Ask the engine to end the crawl with *reason*: what is on the wire is finished, what waits is not begun."""
    engine = crawler.engine
    if engine is None or engine.spider is None:
        return
    deferred_from_coro(engine.close_spider_async(reason=reason))
    drop_waiting(crawler)


def stop_asking(crawler: Crawler) -> None:
    """Ask for no further page; what those at hand need to be seen is still fetched."""
    assert crawler.engine is not None
    crawler.engine.pause()
    drop_waiting(crawler, but=frozenset({REQUISITE, ROBOTS_OF}))


def drop_waiting(crawler: Crawler, but: frozenset[str] = frozenset()) -> None:
    """Fail the requests that wait for their turn at a site, *but* those marked so in their ``meta``."""
    assert crawler.engine is not None
    for slot in crawler.engine.downloader.slots.values():
        kept = [pair for pair in slot.queue if not but.isdisjoint(pair[0].meta)]
        dropped = [waiting for request, waiting in slot.queue if but.isdisjoint(request.meta)]
        slot.queue.clear()
        slot.queue.extend(kept)
        for waiting in dropped:
            waiting.errback(Failure(CrawlEndingError("The crawl is ending.")))  # type: ignore[no-untyped-call]
