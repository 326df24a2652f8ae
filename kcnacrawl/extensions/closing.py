"""Ending a crawl from inside a component."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.defer import deferred_from_coro
from twisted.python.failure import Failure

from kcnacrawl.archive.errors import ExhaustedError
from kcnacrawl.middlewares.scope import REQUISITE, ROBOTS_OF

if TYPE_CHECKING:
    from kcnacrawl.extensions.archive import ArchiveExtension


class CrawlEndingError(IgnoreRequest):
    """The request was not made any more because the crawl is ending."""


@contextmanager
def reading(archive: ArchiveExtension) -> Iterator[None]:
    """End the crawl when what is inside cannot tell whether something is in the archive: it would be asked for anew.

    :raises CrawlEndingError: then
    """
    try:
        yield
    except ExhaustedError as error:
        archive.fail(error)
        raise CrawlEndingError("The archive cannot be read.") from error


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
