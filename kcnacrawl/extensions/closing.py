"""Ending a crawl from inside a component."""

from __future__ import annotations

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.defer import deferred_from_coro
from twisted.python.failure import Failure


class CrawlEndingError(IgnoreRequest):
    """The request was not made any more because the crawl is ending."""


def close_spider(crawler: Crawler, reason: str) -> None:
    """Ask the engine to end the crawl with *reason*: what is on the wire is finished, what waits is not begun."""
    engine = crawler.engine
    if engine is None or engine.spider is None:
        return
    deferred_from_coro(engine.close_spider_async(reason=reason))
    drop_waiting(crawler)


def drop_waiting(crawler: Crawler) -> None:
    """Fail the requests that wait for their turn at a site."""
    assert crawler.engine is not None
    for slot in crawler.engine.downloader.slots.values():
        while slot.queue:
            _, waiting = slot.queue.popleft()
            waiting.errback(Failure(CrawlEndingError("The crawl is ending.")))  # type: ignore[no-untyped-call]
