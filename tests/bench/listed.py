"""Contenders (b) and (c): the project's own spider, asked for a list of articles instead of finding them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path
from typing import Any

from scrapy import signals

from kcnacrawl.pages.page import Card
from kcnacrawl.spiders.kcnawatch import KcnaWatchSpider
from kcnacrawl.urls import article_id

AT_ONCE = 100
"""Addresses handed over at a time, as a listing page would: Scrapy takes all it is given into its queue at once."""


class ListedSpider(KcnaWatchSpider):
    """Fetches the articles in the file named by the setting ``BENCH_URLS``, one address a line."""

    name = "listed"

    async def start(self) -> AsyncIterator[Any]:
        with Path(self.settings["BENCH_URLS"]).open(encoding="utf-8") as lines:
            while urls := [line.strip() for line in islice(lines, AT_ONCE)]:
                for request in self.follow([Card(id=article_id(url) or url, url=url) for url in urls], via=None):
                    yield request
                await self.crawler.signals.wait_for(signals.scheduler_empty)
