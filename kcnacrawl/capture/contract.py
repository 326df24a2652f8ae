"""A rehearsal of the tap against the installed Scrapy and Twisted, whose private classes it uses."""

from __future__ import annotations

import inspect

import scrapy
import twisted
from scrapy.core.downloader.handlers.http11 import _ScrapyAgent
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.web._newclient import Request as TxRequest
from twisted.web.client import HTTPConnectionPool
from twisted.web.http_headers import Headers

from kcnacrawl.capture.attempt import Attempt
from kcnacrawl.capture.tap import TappedFactory, TappedPool, TappedProtocol

REQUEST = b"GET /rehearsal HTTP/1.1\r\nHost: a.invalid\r\n\r\n"
RESPONSE = b"HTTP/1.1 200 Very OK\r\nsErVeR: x\r\nno colon\r\nContent-Length: 2\r\n\r\nok"

AGENT_ARGUMENTS = frozenset(
    (
        "contextFactory",
        "bindAddress",
        "pool",
        "maxsize",
        "warnsize",
        "fail_on_dataloss",
        "crawler",
        "tls_verbose_logging",
    )
)


class ContractError(RuntimeError):
    """The installed Scrapy or Twisted works differently inside, and bytes would not be captured."""


def check_contract() -> None:
    """Raise ContractError with one sentence unless a request and its response pass the tap byte for byte, once."""
    try:
        problem = _rehearse()
    except Exception as error:  # noqa: BLE001 - whatever breaks inside, the answer is the same sentence
        problem = f"{type(error).__name__}: {error}"
    if problem:
        raise ContractError(
            f"Scrapy {scrapy.__version__} with Twisted {twisted.__version__} cannot be archived ({problem}); "
            "install the versions named in requirements.txt, or crawl without archive by WARC_ENABLED=False."
        )


def _rehearse() -> str | None:
    missing = AGENT_ARGUMENTS - set(inspect.signature(_ScrapyAgent.__init__).parameters)
    if missing:
        return f"_ScrapyAgent takes no {', '.join(sorted(missing))}"
    pool = HTTPConnectionPool(Clock())  # type: ignore[no-untyped-call]
    pool._factory = TappedFactory
    pool.retryAutomatically = False
    endpoint = _Rehearsal()
    attempt = _request(pool, endpoint)
    endpoint.protocols[0].dataReceived(RESPONSE)
    if b"".join(attempt.sent) != REQUEST:
        return "the request passes the tap unseen"
    if b"".join(attempt.chunks) != RESPONSE:
        return "the response passes the tap unseen"
    _request(pool, endpoint, fresh=True)
    if len(endpoint.protocols) != 2:
        return "a connection is kept against all wishes"
    # Twisted's way to send a request again by itself is a wrapper around the connection, which could not take it.
    return None if _request(pool, endpoint).kept else "a kept connection is not given out as it is"


def _request(pool: HTTPConnectionPool, endpoint: _Rehearsal, *, fresh: bool = False) -> Attempt:
    attempt = Attempt(head_limit=1 << 16, body_limit=1 << 16)
    connected = TappedPool(pool, attempt, fresh=fresh).getConnection((b"http", b"a.invalid", 80), endpoint)  # type: ignore[arg-type]
    request = TxRequest(b"GET", b"/rehearsal", Headers({b"Host": [b"a.invalid"]}), None, persistent=True)  # type: ignore[no-untyped-call]
    connected.addCallback(lambda connection: connection.request(request))
    connected.addErrback(lambda _: None)  # what failed is seen from what is missing
    return attempt


class _Rehearsal:
    """An endpoint that connects to nothing."""

    def __init__(self) -> None:
        self.protocols: list[TappedProtocol] = []

    def connect(self, factory: TappedFactory) -> Deferred[TappedProtocol]:
        protocol = factory.buildProtocol(None)
        protocol.makeConnection(StringTransport())  # type: ignore[no-untyped-call]
        self.protocols.append(protocol)
        return succeed(protocol)
