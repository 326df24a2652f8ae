"""A rehearsal of the tap against the installed Scrapy and Twisted, whose private classes it uses."""

from __future__ import annotations

import inspect

import scrapy
import twisted
from scrapy.core.downloader.handlers.http11 import _ScrapyAgent
from twisted.internet.defer import Deferred, succeed
from twisted.internet.testing import StringTransport
from twisted.web._newclient import Request as TxRequest
from twisted.web.client import HTTPConnectionPool
from twisted.web.http_headers import Headers

from kcnacrawl.capture.attempt import Fetch
from kcnacrawl.capture.tap import TappedFactory, TappedPool, TappedProtocol

REQUEST = b"GET /rehearsal HTTP/1.1\r\nConnection: close\r\nHost: a.invalid\r\n\r\n"
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
    """Raise ContractError with one sentence unless a request and its response pass the tap byte for byte."""
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
    fetch = Fetch(head_limit=1 << 16, body_limit=1 << 16)
    endpoint = _Rehearsal()
    pool = HTTPConnectionPool(None)  # type: ignore[no-untyped-call]
    pool._factory = TappedFactory
    TappedPool(pool, fetch).getConnection((b"http", b"a.invalid", 80), endpoint).addCallback(_request)  # type: ignore[arg-type]
    endpoint.protocol.dataReceived(RESPONSE)
    attempt = fetch.attempts[-1]
    if b"".join(attempt.sent) != REQUEST:
        return "the request passes the tap unseen"
    if b"".join(attempt.chunks) != RESPONSE:
        return "the response passes the tap unseen"
    return None


def _request(connection: object) -> Deferred[object]:
    request = TxRequest(b"GET", b"/rehearsal", Headers({b"Host": [b"a.invalid"]}), None, persistent=False)  # type: ignore[no-untyped-call]
    responded: Deferred[object] = connection.request(request)  # type: ignore[attr-defined]
    return responded


class _Rehearsal:
    """An endpoint that connects to nothing."""

    protocol: TappedProtocol

    def connect(self, factory: TappedFactory) -> Deferred[TappedProtocol]:
        self.protocol = factory.buildProtocol(None)
        self.protocol.makeConnection(StringTransport())  # type: ignore[no-untyped-call]
        return succeed(self.protocol)
