"""The download handler that records every attempt to fetch something, successful or not, as raw bytes."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.core.downloader.handlers.http11 import _ScrapyAgent
from scrapy.exceptions import CloseSpider, DownloadFailedError, ResponseDataLossError
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future

from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.capture.attempt import Attempt
from kcnacrawl.capture.contract import ContractError, check_contract
from kcnacrawl.capture.failures import (
    UNTOLD,
    ResponseTooLargeError,
    StaleConnectionError,
    cut_of,
    is_clean,
    sentence_of,
)
from kcnacrawl.capture.origin import Origin, hops_of, via_of
from kcnacrawl.capture.paced import PacedDownloadHandler
from kcnacrawl.capture.sink import Durable, Sink, find_sink
from kcnacrawl.capture.tap import TappedFactory, TappedPool

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)


class CapturingDownloadHandler(PacedDownloadHandler):
    """Scrapy's HTTP/1.1 handler with its connections tapped; one ``Exchange`` per fetch goes to the sink.

    ``request.meta["receipt"]`` is the sink's answer for the response delivered. An exception of the sink fails the
    request as it is; to act on it is for the owner of the sink.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._stats = crawler.stats
        self._origin = Origin(cookies_enabled=settings.getbool("COOKIES_ENABLED"))
        self._head_limit = settings.getint("CAPTURE_HEAD_MAX")
        self._sink: Sink | None = None
        self._durable: Durable | None = None
        self._pool._factory = TappedFactory
        self._new_agent = partial(
            _ScrapyAgent,
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        try:
            check_contract()
        except ContractError as error:
            # Scrapy only logs a handler that cannot be made; a crawl without archive must not start.
            logger.error("%s", error)
            crawler.signals.connect(self._refuse_to_start, signals.spider_opened)

    def find_sink(self) -> tuple[Sink, Durable]:
        """Return what takes the exchanges, and what tells when they are safe; asked once, at the first fetch."""
        return find_sink(self._crawler)

    async def download_request(self, request: Request) -> Response:
        """Fetch, and hand over what came once its record is safe; the site rests from the end of the answer."""
        try:
            response = await super().download_request(request)
        except Exception:
            # Whatever it was, it was recorded: nobody may hear of it, and ask again, before that record is safe.
            if self._durable is not None:
                await self._durable()
            raise
        if self._durable is not None:
            await self._durable()
        return response

    async def _fetch(self, request: Request) -> Response:
        request.meta.pop("receipt", None)  # a retried or redirected request is a copy of an earlier one
        maxsize = request.meta.get("download_maxsize", self._default_maxsize)
        attempt = Attempt(self._head_limit, maxsize and maxsize + self._head_limit)
        pool = TappedPool(self._pool, attempt, fresh="retry_times" in request.meta)
        try:
            with wrap_twisted_exceptions():
                response = await maybe_deferred_to_future(
                    self._new_agent(pool=pool).download_request(request)  # type: ignore[arg-type]
                )
            self._check_whole(attempt, response)
        except BaseException as error:
            self._record_failure(request, attempt, error)
            if attempt.cut == "length" and not isinstance(error, ResponseTooLargeError):
                raise ResponseTooLargeError(attempt.error) from error
            if isinstance(error, UNTOLD):
                stale = isinstance(error, DownloadFailedError) and attempt.kept and not attempt.size
                raise (StaleConnectionError if stale else type(error))(attempt.error) from error
            raise
        self._record(request, attempt)
        return response

    def _check_whole(self, attempt: Attempt, response: Response) -> None:
        """Raise when the tap knows better than Scrapy that a response is not whole, or saw nothing of it."""
        if not attempt.chunks:
            raise ContractError(f"The response to {response.url} passed the tap unseen; it cannot be archived.")
        if attempt.cut is not None:
            raise ResponseTooLargeError(attempt.error)
        if "dataloss" in response.flags:
            attempt.end("disconnect", "the connection was closed before the body was complete")
        elif "partial" in response.flags and attempt.lost is not None and not is_clean(attempt.lost):
            # A body that ends with its connection is whole only if the connection ended properly (RFC 9112, 8).
            raise ResponseDataLossError from attempt.lost

    def _record_failure(self, request: Request, attempt: Attempt, error: BaseException) -> None:
        if isinstance(error, asyncio.CancelledError):
            attempt.end("unspecified", "the crawl was ended before the response was complete")
        attempt.end(cut_of(error), sentence_of(error))
        self._stats.inc_value("capture/failed")
        self._stats.inc_value(f"capture/cut/{attempt.cut}")
        self._record(request, attempt)

    def _record(self, request: Request, attempt: Attempt) -> None:
        if self._sink is None:
            self._sink, self._durable = self.find_sink()
        request.meta["receipt"] = self._sink(self._exchange(request, attempt))
        self._stats.inc_value("capture/exchanges")

    def _exchange(self, request: Request, attempt: Attempt) -> Exchange:
        attempt.end()
        attempt.recorded = True
        meta = request.meta
        received = b"".join(attempt.chunks)
        sent = b"".join(attempt.sent)
        attempt.chunks, attempt.sent = [], []  # the connection keeps the attempt until its next request
        secure = request.url.startswith("https:")
        if secure and attempt.tls is None:
            sent = b""  # given to the TLS layer, which never had a key to send it with
        return Exchange(
            url=request.url.partition("#")[0],
            method=request.method,
            sent=sent,
            received=received,
            started=attempt.started,
            duration_ms=attempt.milliseconds or 0,
            ip=None if meta.get("proxy") else attempt.ip,
            protocols=_protocols(sent, received, attempt.tls),
            cipher=attempt.tls[1] if attempt.tls else None,
            cut=attempt.cut,
            error=attempt.error,
            via=via_of(request),
            hops=hops_of(meta),
            attempt=meta.get("retry_times", 0) + 1,
            hide_set_cookie=self._origin.is_private(request),
            not_modified=meta.get("not_modified"),
        )

    def _refuse_to_start(self) -> None:
        raise CloseSpider("capture_unsupported")


def _protocols(sent: bytes, received: bytes, tls: tuple[str, str | None] | None) -> tuple[str, ...]:
    """Return the layers spoken; the version of HTTP is the one answered in, or ours when nothing was."""
    version = received[:8] or (b"HTTP/1.1" if sent else b"")
    http = (version.decode().lower(),) if version in (b"HTTP/1.1", b"HTTP/1.0") else ()
    return http + ((tls[0],) if tls else ())
