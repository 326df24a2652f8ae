"""Asks whether a page changed instead of for the page, where the archive has it with what the server needs to tell."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy import Request
from scrapy.exceptions import NotConfigured
from scrapy.responsetypes import responsetypes
from scrapy.utils.httpobj import urlparse_cached

from kcnacrawl.archive.originals import Original, original_of, prove, prove_response
from kcnacrawl.catalog import CatalogError
from kcnacrawl.extensions.closing import reading
from kcnacrawl.middlewares.archived import read_headers
from kcnacrawl.middlewares.scope import ROBOTS_OF

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from kcnacrawl.extensions.archive import ArchiveExtension

NOT_MODIFIED = "not_modified"
"""``meta`` key of a request that carries our validators: the ``Original`` they are of."""

WHOLE = "asked_whole"
"""``meta`` key: the address whose 304 was of no use, to be asked for without validators."""

FLAG = "not_modified"
"""``Response.flags`` of a page that the server did not send again."""

CONDITIONS = ("If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Range")
OURS = CONDITIONS[:2]

REFUSALS_MAX = 3
"""Useless 304 answers of a server after which this run asks it for whole pages only."""

SETTLED = timedelta(seconds=60)
"""A ``Last-Modified`` so shortly before the capture may be that of several texts (RFC 9110, 8.8.2.2)."""


class ConditionalMiddleware:
    """Add ``If-None-Match`` and ``If-Modified-Since`` where the archive can answer for the server, and let it do so.

    What comes of a 304 is the archived response, with the receipt of its bytes and of the revisit. A 304 that means
    nothing (nobody asked, other validators, the original is gone) is archived as it came and the page asked for again,
    once, without conditions. Settings: ``CONDITIONAL_REQUESTS``, ``WARC_RENEW_RUNS``. Stats: ``conditional/asked``,
    ``conditional/not_modified``, ``conditional/asked_again``.
    """

    def __init__(self, crawler: Crawler, archive: ArchiveExtension) -> None:
        settings = crawler.settings
        self._archive = archive
        self._stats = crawler.stats
        self._folder = Path(settings["WARC_DIR"])
        self._oldest = archive.crawl.number - settings.getint("WARC_RENEW_RUNS") + 1
        self._refusals: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        from kcnacrawl.extensions.archive import ArchiveExtension  # it imports spiders, and these import middlewares

        archive = crawler.get_extension(ArchiveExtension)
        if archive is None or not crawler.settings.getbool("CONDITIONAL_REQUESTS"):
            raise NotConfigured
        return cls(crawler, archive)

    def process_request(self, request: Request) -> None:
        _strip(request)  # a redirected request has those of the address before
        if not self._may_ask(request) or (original := self._original(request.url)) is None:
            return
        if original.etag:
            request.headers["If-None-Match"] = original.etag.encode("latin-1")
        if original.last_modified and _is_settled(original):
            request.headers["If-Modified-Since"] = original.last_modified.encode("latin-1")
        request.meta[NOT_MODIFIED] = original
        self._stats.inc_value("conditional/asked")

    def process_response(self, request: Request, response: Response) -> Request | Response:
        meta = request.meta
        original: Original | None = meta.get(NOT_MODIFIED)
        if response.status != 304 or request.method != "GET" or ROBOTS_OF in meta:
            return response
        if original is None and any(name in request.headers for name in CONDITIONS):
            return response
        receipt = meta.get("receipt")
        if original is not None and receipt is not None and receipt.revisit is not None:
            rebuilt = self._rebuild(original, request, response)
            if rebuilt is not None:
                self._stats.inc_value("conditional/not_modified")
                return rebuilt
        return self._ask_again(request) or response

    def _may_ask(self, request: Request) -> bool:
        if not self._archive.has_history:
            return False
        meta = request.meta
        # A body that could not be decoded would come out of the archive just as damaged.
        if request.method != "GET" or ROBOTS_OF in meta or meta.get(WHOLE) == request.url or meta.get("damaged_before"):
            return False
        if any(name in request.headers for name in CONDITIONS):
            return False
        return self._refusals[urlparse_cached(request).netloc] < REFUSALS_MAX

    def _original(self, url: str) -> Original | None:
        """What the archive has of an address, proven: after a 304 there is nothing else to show."""
        try:
            entry = self._archive.catalog.latest(url.partition("#")[0], oldest_number=self._oldest)
        except CatalogError:
            return None  # it is told of where the capture is written
        if entry is None:
            return None
        original = original_of(entry)
        if not original.etag and not _is_settled(original):
            return None
        with reading(self._archive):
            return original if prove(original, self._folder) is not None else None

    def _rebuild(self, original: Original, request: Request, response: Response) -> Response | None:
        with reading(self._archive):
            proven = prove_response(original, self._folder)
        if proven is None:
            return None
        _, stored = proven
        headers = read_headers(stored.head)
        cls = responsetypes.from_args(headers=headers, url=request.url, body=stored.body)
        return cls(
            request.url,
            stored.status,
            headers=headers,
            body=stored.body,
            flags=[*response.flags, FLAG],
            certificate=response.certificate,
            ip_address=response.ip_address,
            protocol=response.protocol,
        )

    def _ask_again(self, request: Request) -> Request | None:
        if request.meta.get(WHOLE) == request.url:
            return None
        self._refusals[urlparse_cached(request).netloc] += 1
        self._stats.inc_value("conditional/asked_again")
        again = request.copy()
        _strip(again)
        again.meta[WHOLE] = request.url
        again.dont_filter = True
        return again


def _strip(request: Request) -> None:
    """Take away what this middleware added."""
    if request.meta.pop(NOT_MODIFIED, None) is not None:
        for name in OURS:
            request.headers.pop(name, None)


def _is_settled(original: Original) -> bool:
    """Whether ``Last-Modified`` is a date so long before the capture that it names one text only."""
    try:
        modified = parsedate_to_datetime(original.last_modified or "").timestamp()
        return modified <= (datetime.fromisoformat(original.date) - SETTLED).timestamp()
    except (ValueError, OverflowError):
        return False
