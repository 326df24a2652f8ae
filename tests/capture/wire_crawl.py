"""One crawl by the real crawler in a process of its own: ``python wire_crawl.py JOB RESULT``, both pickled.

A job has ``requests`` (keyword arguments of Request, each with ``meta["name"]``), ``settings``, optionally ``scope``
and ``site``. The result has ``exchanges``, ``outcomes`` by name, ``stats`` and ``order`` (names as they ended).
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from kcnacrawl import settings as project
from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.capture import tap
from kcnacrawl.capture.http import CapturingDownloadHandler
from kcnacrawl.capture.sink import Durable, Sink
from kcnacrawl.items import Receipt

EXCHANGES: list[Exchange] = []

SETTINGS: dict[str, Any] = {
    "DOWNLOAD_DELAY": 0,
    "DOWNLOAD_DELAY_JITTER": 0,
    "DOWNLOADER": "kcnacrawl.middlewares.downloader.StrictDownloader",
    "DOWNLOADER_MIDDLEWARES": {"scrapy.downloadermiddlewares.cookies.CookiesMiddleware": 700},
    "DOWNLOADER_MIDDLEWARES_BASE": project.DOWNLOADER_MIDDLEWARES_BASE,
    "SPIDER_MIDDLEWARES_BASE": {"scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25},  # keeps the order of a job
    "LOG_LEVEL": "INFO",
    "REMOTE_CONTROL_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "USER_AGENT": "kcnacrawl/0.1 (test)",
    "DEFAULT_REQUEST_HEADERS": {"Accept-Encoding": "gzip"},
}


class ListingHandler(CapturingDownloadHandler):
    """The handler under test; exchanges go to a list, receipts are numbered."""

    def find_sink(self) -> tuple[Sink, Durable]:
        return take, at_once


async def at_once() -> None:
    """A list is as safe as it will ever be."""


def take(exchange: Exchange) -> Receipt:
    if "/sink-fails" in exchange.url:
        raise OSError("disk full")
    EXCHANGES.append(exchange)
    number = len(EXCHANGES)
    return Receipt(warc="test", offset=number, length=0, record_id="", payload_digest="", date="")


class JobSpider(Spider):
    name = "job"
    job: dict[str, Any]
    outcomes: dict[str, Any]
    order: list[str]

    async def start(self) -> AsyncIterator[Request]:
        for request in self.job["requests"]:
            yield Request(callback=self.parse, errback=self.failed, dont_filter=True, **request)

    def parse(self, response: Response) -> None:
        receipt = response.meta["receipt"]
        self.end(
            response.meta,
            {
                "status": response.status,
                "body": response.body,
                "url": response.url,
                "flags": response.flags,
                "class": type(response).__name__,
                "coding": response.headers.get("Content-Encoding"),
                "receipt": receipt and receipt.offset,
                "slot": response.meta["download_slot"],
            },
        )

    def failed(self, failure: Failure) -> None:
        error = failure.value
        self.end(failure.request.meta, {"error": type(error).__name__, "message": str(error)})  # type: ignore[attr-defined]

    def end(self, meta: dict[str, Any], outcome: dict[str, Any]) -> None:
        self.outcomes[meta["name"]] = outcome
        self.order.append(meta["name"])


def main(job_file: str, result_file: str) -> None:
    job = pickle.loads(Path(job_file).read_bytes())
    handlers = {"http": ListingHandler, "https": ListingHandler}
    if job.get("broken"):
        tap.TappedTransport.write = lambda *arguments: None  # type: ignore[method-assign]
    process = CrawlerProcess({**SETTINGS, "DOWNLOAD_HANDLERS": handlers, **job["settings"]})
    JobSpider.outcomes, JobSpider.order, JobSpider.job = {}, [], job
    for name in ("scope", "site"):
        if name in job:
            setattr(JobSpider, name, job[name])
    crawler = process.create_crawler(JobSpider)
    process.crawl(crawler)
    process.start()
    assert crawler.stats is not None
    result = {
        "exchanges": EXCHANGES,
        "outcomes": JobSpider.outcomes,
        "order": JobSpider.order,
        "stats": crawler.stats.get_stats(),
    }
    Path(result_file).write_bytes(pickle.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
