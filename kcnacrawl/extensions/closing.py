"""Ending a crawl from inside a component, without waiting for it."""

from __future__ import annotations

from scrapy.crawler import Crawler
from scrapy.utils.defer import deferred_from_coro


def close_spider(crawler: Crawler, reason: str) -> None:
    """Ask the engine to end the crawl with *reason*; what is under way is finished first."""
    engine = crawler.engine
    if engine is not None and engine.spider is not None:
        deferred_from_coro(engine.close_spider_async(reason=reason))
