"""What depends on other settings: put in place before a crawl, at a priority that any setting of a user's overrides."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

import kcnacrawl
from kcnacrawl.spiders.base import SourceSpider

CAPTURING = "kcnacrawl.capture.http.CapturingDownloadHandler"
PACED = "kcnacrawl.capture.paced.PacedDownloadHandler"


class KcnacrawlAddon:
    """Chooses the download handler by ``WARC_ENABLED`` and adds Scrapy's optional parts only when they are switched on.

    Naming a part in a component setting imports it even if it then declines to work: 12 MB for cookies alone.
    """

    def __init__(self, *, archives: bool = True) -> None:
        self.archives = archives

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        # A page looked at with `scrapy fetch` or `scrapy shell` is no crawl, and leaves nothing behind.
        return cls(archives=isinstance(crawler.spider, SourceSpider))

    def update_settings(self, settings: BaseSettings) -> None:
        settings.set("USER_AGENT", user_agent(settings.get("CONTACT")), "addon")
        handler = CAPTURING if self.archives and settings.getbool("WARC_ENABLED") else PACED
        others = dict.fromkeys(settings.getwithbase("DOWNLOAD_HANDLERS"))  # no file:, ftp: or s3: from a page's links
        settings.set("DOWNLOAD_HANDLERS", {**others, "http": handler, "https": handler}, "addon")
        if settings.getbool("COOKIES_ENABLED"):
            _add(settings, "scrapy.downloadermiddlewares.cookies.CookiesMiddleware", 700)
        if settings.getbool("HTTPCACHE_ENABLED"):
            _add(settings, "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware", 900)


def user_agent(contact: str | None) -> str:
    """The honest name of this program, with whom to write to when there is somebody."""
    whom = f"; {contact}" if contact else ""
    return f"kcnacrawl/{kcnacrawl.__version__} (archive of state media for research{whom})"


def _add(settings: BaseSettings, path: str, order: int) -> None:
    parts = settings.getdict("DOWNLOADER_MIDDLEWARES")
    if path not in parts:
        settings.set("DOWNLOADER_MIDDLEWARES", {**parts, path: order}, "cmdline")
