"""Contenders (b) and (c): the project's own spider, asked for a list of articles instead of finding them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from kcnacrawl.pages.page import Card
from kcnacrawl.spiders.kcnawatch import KcnaWatchSpider
from kcnacrawl.urls import article_id


class ListedSpider(KcnaWatchSpider):
    """Fetches the articles in the file named by the setting ``BENCH_URLS``, one address a line."""

    name = "listed"

    async def start(self) -> AsyncIterator[Any]:
        for url in Path(self.settings["BENCH_URLS"]).read_text("utf-8").split():
            for request in self.follow([Card(id=article_id(url) or url, url=url)], via=None):
                yield request
