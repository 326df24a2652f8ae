"""In a crawl that is taken up again: pages that an earlier run captured are answered from the archive, not fetched."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy import Request, signals
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.originals import original_of, prove
from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.receipts import make_receipt
from kcnacrawl.archive.stored import StoredResponse, stored_head, stored_response
from kcnacrawl.catalog import CatalogError
from kcnacrawl.extensions.closing import reading
from kcnacrawl.middlewares.retry import STATUSES as SICK
from kcnacrawl.middlewares.scope import ROBOTS_OF
from kcnacrawl.seen import SeenIds

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from kcnacrawl.archive.record import Record
    from kcnacrawl.extensions.archive import ArchiveExtension
    from kcnacrawl.items import Receipt

FLAG = "archived"
"""``Response.flags`` of an answer that was not fetched in this run."""

_STATUS_LINE = re.compile(rb"HTTP/[0-9.]+[ \t]+([1-9][0-9]{2})")
_LINE_END = re.compile(rb"\r?\n")


class ArchivedMiddleware:
    """Answer a page from its record, once; what was cut off, refused for the moment or cannot be read is asked again.

    Stat: ``resume/pages`` (pages that were not fetched again).
    """

    def __init__(self, crawler: Crawler, archive: ArchiveExtension) -> None:
        self._crawler = crawler
        self._archive = archive
        self._folder = Path(crawler.settings["WARC_DIR"])
        self._used = SeenIds()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        from kcnacrawl.extensions.archive import ArchiveExtension  # it imports spiders, and these import middlewares

        archive = crawler.get_extension(ArchiveExtension)
        if archive is None or not archive.crawl.resumed:
            raise NotConfigured
        middleware = cls(crawler, archive)
        crawler.signals.connect(middleware.received, signals.response_received)
        return middleware

    def process_request(self, request: Request) -> Response | None:
        meta = request.meta
        if request.method != "GET" or ROBOTS_OF in meta or meta.get("retry_times") or not self._used.add(request.url):
            return None
        try:
            with reading(self._archive):
                return self._answer(request)
        except (ArchiveError, CatalogError):
            return None  # whatever is wrong with the record, the page can be had again

    def received(self, response: Response) -> None:
        if FLAG in response.flags:
            assert self._crawler.stats is not None
            self._crawler.stats.inc_value("resume/pages")

    def _answer(self, request: Request) -> Response | None:
        archive = self._archive
        entry = archive.catalog.capture(archive.crawl.id, request.url, before_run=archive.run)
        if entry is None or not entry.whole or entry.status in SICK:
            return None
        record = read_record(self._folder / entry.warc, entry.offset)
        if (record.id, record.uri) != (entry.record_id, entry.url):
            return None
        found = (stored_response(record), make_receipt(record)) if entry.kind == "response" else self._again(record)
        if found is None or found[0] is None:
            return None
        request.meta["receipt"] = found[1]
        archive.answered.append(request.url)
        return make_response(request, found[0])

    def _again(self, record: Record) -> tuple[StoredResponse, Receipt] | None:
        """What a revisit record stands for: its own head where it has one, with the body of its original."""
        entry = self._archive.catalog.record(record.get("WARC-Refers-To") or "")
        original = prove(original_of(entry), self._folder) if entry is not None else None
        response = stored_response(original) if original is not None else None
        if original is None or response is None:
            return None
        head = bytes(record.block)
        if (status := _STATUS_LINE.match(head)) is not None:
            own = stored_head(int(status[1]), head)
            own.body = response.body
            response = own
        return response, make_receipt(original, record)


def make_response(request: Request, stored: StoredResponse) -> Response:
    """What Scrapy would have made of a response when it came."""
    headers = read_headers(stored.head)
    cls = responsetypes.from_args(headers=headers, url=request.url, body=stored.body)
    return cls(request.url, stored.status, headers=headers, body=stored.body, flags=[FLAG])


def read_headers(head: bytes) -> Headers:
    """The header fields of a stored head; without cookies, whose sessions are over."""
    headers = Headers()
    lines: list[bytes] = []
    for line in _LINE_END.split(head)[1:]:
        if line[:1] in (b" ", b"\t") and lines:
            lines[-1] += b" " + line.strip()
        elif line:
            lines.append(line)
    for line in lines:
        name, colon, value = line.partition(b":")
        if colon and name.strip().lower() != b"set-cookie":
            headers.appendlist(name.strip(), value.strip())
    return headers
