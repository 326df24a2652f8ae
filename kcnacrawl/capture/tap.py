"""The tap on the connection: Twisted's HTTP/1.1 client classes with every byte also kept for an ``Attempt``.

This module and ``http.py`` are the only ones that know private classes of Scrapy and Twisted; ``contract.py`` checks
that they still are what is expected here.

A request reaches its connection through the pool, so each request gets its own view of the pool, which gives its
attempt to the connection. One request is one attempt: Twisted's way to send it again by itself, when a kept connection
turns out dead, is switched off (``paced.py``), for nobody would wait before it, count it or be able to stop it.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.internet.interfaces import IHandshakeListener
from twisted.python.failure import Failure
from twisted.web._newclient import BODY, DONE, ParseError
from twisted.web._newclient import Request as TxRequest
from twisted.web.http_headers import InvalidHeaderName
from zope.interface import implementer  # type: ignore[import-untyped]

from kcnacrawl.capture.attempt import Attempt
from kcnacrawl.capture.ciphers import iana_name, tls_version
from kcnacrawl.capture.failures import ResponseTooLargeError, cut_of, is_cancelled, sentence_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress, IStreamClientEndpoint
    from twisted.web.client import HTTPConnectionPool
    from twisted.web.iweb import IResponse

logger = logging.getLogger(__name__)


class TappedPool:
    """One request's view of the connection pool."""

    def __init__(self, pool: HTTPConnectionPool, attempt: Attempt, *, fresh: bool = False) -> None:
        """:param fresh: make a connection of its own, whatever is kept: another one may turn out dead as well"""
        self._connect = pool._newConnection if fresh else pool.getConnection
        self._attempt = attempt
        self.persistent: bool = pool.persistent

    def getConnection(self, key: Hashable, endpoint: IStreamClientEndpoint) -> Deferred[Any]:
        connected: Deferred[Any] = self._connect(key, endpoint)
        return connected.addCallbacks(self._give, _failed, errbackArgs=(self._attempt,))

    def _give(self, connection: TappedProtocol) -> TappedProtocol:
        connection.take(self._attempt)
        return connection


class TappedRequest(TxRequest):
    """A request that writes to its attempt what it writes to the connection."""

    attempt: Attempt

    def writeTo(self, transport: Any) -> Deferred[None]:
        written: Deferred[None] = super().writeTo(TappedTransport(transport, self.attempt))  # type: ignore[no-untyped-call]
        return written


class TappedTransport:
    """The writing side of a connection, teed."""

    __slots__ = ("_attempt", "_transport")

    def __init__(self, transport: Any, attempt: Attempt) -> None:
        self._transport = transport
        self._attempt = attempt

    def write(self, data: bytes) -> None:
        self._attempt.sent.append(data)
        self._transport.write(data)

    def writeSequence(self, lines: Iterable[bytes]) -> None:
        self.write(b"".join(lines))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class TappedParser(_LenientHTTPClientParser):
    """Scrapy's parser, which skips lines without a colon, made to bear what else browsers bear."""

    # Twisted fails a response for one line over 16 kB; here the whole header is bounded, see TappedProtocol._look().
    MAX_LENGTH = sys.maxsize

    def statusReceived(self, status: bytes) -> None:
        # Twisted takes any word for a protocol, so bytes left over from one response would pass as part of the next.
        if status[:5].upper() != b"HTTP/":
            raise ParseError("not HTTP", status)  # type: ignore[no-untyped-call]
        super().statusReceived(status)  # type: ignore[no-untyped-call]

    def headerReceived(self, name: bytes, value: bytes) -> None:
        name = name.rstrip()
        if name.lower() == b"transfer-encoding" and value.lower() == b"identity":
            return  # from RFC 2616; it says nothing
        try:
            super().headerReceived(name, value)  # type: ignore[no-untyped-call]
        except InvalidHeaderName:
            logger.debug("A header name that is none is skipped: %r", name)


@implementer(IHandshakeListener)
class TappedProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's client protocol; bytes are kept before they are parsed."""

    _attempt: Attempt | None = None
    _tls: tuple[str, str | None] | None = None
    _ip: str | None = None

    def take(self, attempt: Attempt) -> None:
        """Keep for this attempt what comes and goes from now on."""
        attempt.kept = self._attempt is not None
        self._attempt = attempt

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        attempt = self._attempt
        assert attempt is not None
        # Changing the class keeps Twisted's own construction.
        request.__class__ = TappedRequest
        request.attempt = attempt  # type: ignore[attr-defined]
        if self._ip is None:
            self._ip = self.transport.getPeer().host  # type: ignore[union-attr,misc]
        attempt.ip = self._ip
        attempt.tls = self._tls
        responded = super().request(request)
        self._parser.__class__ = TappedParser  # as Scrapy does it: the class has no state of its own
        return responded.addErrback(_failed, attempt)

    def handshakeCompleted(self) -> None:
        connection = self.transport.getHandle()  # type: ignore[union-attr]
        self._tls = (tls_version(connection.get_protocol_version_name()), iana_name(connection.get_cipher_name()))
        if self._attempt is not None:
            self._attempt.tls = self._tls

    def dataReceived(self, data: bytes) -> None:
        attempt = self._attempt
        if attempt is None or attempt.recorded:
            logger.warning("%d bytes came from %s after the response was recorded; they are lost.", len(data), self._ip)
            attempt = None
        else:
            attempt.chunks.append(data)
            attempt.size += len(data)
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if attempt is not None and 0 < attempt.limit < attempt.size:
            self._look(attempt)

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
        if self._attempt is not None:
            self._attempt.lost = reason.value
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def _look(self, attempt: Attempt) -> None:
        """A bound is passed: give the connection up, unless it was that of the header and the header is complete."""
        parser = self._parser
        attempt.limit = attempt.body_limit
        if parser is None or parser.state == DONE:
            return
        if parser.state != BODY:
            self._give_up(attempt, f"the header is larger than {attempt.head_limit} bytes")
        elif 0 < attempt.limit < attempt.size:
            self._give_up(attempt, f"the response is larger than {attempt.limit} bytes")

    def _give_up(self, attempt: Attempt, sentence: str) -> None:
        attempt.end("length", sentence)
        self.transport.abortConnection()  # type: ignore[union-attr]
        self._disconnectParser(Failure(ResponseTooLargeError(sentence)))  # type: ignore[no-untyped-call]


class TappedFactory(_LenientHTTP11ClientFactory):
    """Factory of tapped protocols."""

    def buildProtocol(self, addr: IAddress | None) -> TappedProtocol:
        return TappedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


def _failed(failure: Failure, attempt: Attempt) -> Failure:
    error = failure.value
    if error is not None and not is_cancelled(error):  # who cancelled it knows why, and tells at the end of the fetch
        attempt.end(cut_of(error), sentence_of(error))
    return failure
