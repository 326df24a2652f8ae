"""Content codings undone between the wire and the spider; a damaged body never passes as a good page."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Self

from scrapy.http import TextResponse
from scrapy.responsetypes import responsetypes

from kcnacrawl.middlewares.retry import RetryMiddleware
from kcnacrawl.pages.entity import decode_entity
from kcnacrawl.pages.page import PageError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)


class UndecodableResponseError(Exception):
    """The body cannot be decoded: damaged, in an unknown coding, or too large; ``code`` is that of ``PageError``."""

    def __init__(self, error: PageError, url: str) -> None:
        super().__init__(f"{url}: {error}")
        self.code = error.code


class DecodeMiddleware:
    """Replace Scrapy's HttpCompressionMiddleware, which passes a cut or corrupt gzip body on as if it were whole.

    What comes out has the decoded body and no ``Content-Encoding``, as in all of Scrapy. A reader that gets it
    with an empty coding reads what it would read from the served body with its coding, since ``decode_entity`` is the
    same both times. A damaged body is asked for once more. Stats: ``decode/decoded``, ``decode/<code>``.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._stats = crawler.stats
        self._max_size = crawler.settings.getint("DOWNLOAD_MAXSIZE") or 1 << 62

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if b"Content-Encoding" not in response.headers or request.method == "HEAD":
            return response
        coding = b",".join(response.headers.getlist(b"Content-Encoding")).decode("latin-1")
        try:
            body = decode_entity(response.body, coding, request.meta.get("download_maxsize", self._max_size))
        except PageError as error:
            return await self._fail(request, error)
        self._stats.inc_value("decode/decoded")
        return _with_body(response, body)

    async def _fail(self, request: Request, error: PageError) -> Request:
        self._stats.inc_value(f"decode/{error.code}")
        if error.code == "damaged_coding" and not request.meta.get("damaged_before"):
            retry = self._crawler.get_downloader_middleware(RetryMiddleware)
            again = await retry.again(request, error.code) if retry is not None else None
            if again is not None:
                again.meta["damaged_before"] = True
                return again
        raise UndecodableResponseError(error, request.url)


def _with_body(response: Response, body: bytes) -> Response:
    """Return the same response with another body, of the class its type asks for; in half the time of ``replace``."""
    headers = response.headers
    del headers[b"Content-Encoding"]
    cls = responsetypes.from_args(headers=headers, url=response.url, body=body)
    kind: dict[str, Any] = {"encoding": None} if issubclass(cls, TextResponse) else {}
    decoded = cls(
        response.url,
        response.status,
        body=body,
        flags=response.flags,
        certificate=response.certificate,
        ip_address=response.ip_address,
        protocol=response.protocol,
        **kind,
    )
    decoded.headers = headers
    return decoded
