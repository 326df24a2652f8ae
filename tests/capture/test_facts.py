"""Facts of an exchange that do not come from the connection, and what happens when the ground under the tap moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from twisted.internet.defer import succeed
from twisted.web.client import HTTPConnectionPool

from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.capture import contract, tap
from kcnacrawl.capture.ciphers import iana_name, tls_version
from tests.capture.wire_case import body
from tests.capture.wire_run import crawl
from tests.capture.wire_server import Step, WireServer, path_of

SICK: list[bytes] = []
"""Requests for ``/sick`` so far; the first is refused."""


def answer(request: bytes, number: int) -> Iterable[Step]:
    path = path_of(request)
    if path == "/moved":
        return (b"HTTP/1.1 302 Found\r\nLocation: /target#part\r\nContent-Length: 0\r\n\r\n", "keep")
    if path == "/sick":
        SICK.append(request)
    if path == "/sick" and len(SICK) == 1:
        return (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "keep")
    return (body(b"ok", b"Set-Cookie: session=of-the-server"), "keep")


@pytest.fixture(scope="module")
def server() -> Iterator[WireServer]:
    with WireServer(answer) as server:
        yield server


@pytest.fixture(scope="module")
def result(server: WireServer) -> dict[str, Any]:
    def ask(path: str, meta: dict[str, Any] | None = None, **arguments: Any) -> dict[str, Any]:
        return {"url": server.url + path, "meta": {"name": path, **(meta or {})}, **arguments}

    requests = [
        ask("/seed#top"),
        ask("/link", {"depth": 2}, headers={"Referer": "http://a.invalid/list#x"}),
        ask("/told", {"hops": "LL", "via": "http://a.invalid/page"}),
        ask("/moved", {"hops": "L", "via": "http://a.invalid/page"}),
        ask("/sick"),
        ask("/sink-fails"),
        ask("/post", method="POST", body=b"a=b"),
        ask("/after-jar"),
        ask("/login", headers={"Authorization": "Basic eDp5"}),
        ask("/after-login"),
    ]
    # One after the other, in this order.
    settings = {"CONCURRENT_REQUESTS_PER_DOMAIN": 1, "CONCURRENT_REQUESTS": 1, "RETRY_WAIT": 0.0, "RETRY_TIMES": 1}
    return crawl(requests, {**settings, "ROBOTSTXT_OBEY": False, "REDIRECT_PRIORITY_ADJUST": 100})


@pytest.fixture(scope="module")
def exchanges(result: dict[str, Any], server: WireServer) -> dict[str, Exchange]:
    """The last exchange of each path."""
    return {exchange.url.removeprefix(server.url): exchange for exchange in result["exchanges"]}


def test_seed(exchanges: dict[str, Exchange]) -> None:
    assert (exchanges["/seed"].via, exchanges["/seed"].hops, exchanges["/seed"].attempt) == (None, "", 1)


def test_link(exchanges: dict[str, Exchange]) -> None:
    assert (exchanges["/link"].via, exchanges["/link"].hops) == ("http://a.invalid/list", "LL")
    assert (exchanges["/told"].via, exchanges["/told"].hops) == ("http://a.invalid/page", "LL")


def test_redirect(exchanges: dict[str, Exchange], server: WireServer, result: dict[str, Any]) -> None:
    assert (exchanges["/moved"].via, exchanges["/moved"].hops) == ("http://a.invalid/page", "L")
    assert (exchanges["/target"].via, exchanges["/target"].hops) == (server.url + "/moved", "LR")
    assert result["outcomes"]["/moved"]["url"] == server.url + "/target"


def test_attempts(result: dict[str, Any], server: WireServer) -> None:
    attempts = [exchange.attempt for exchange in result["exchanges"] if exchange.url == server.url + "/sick"]
    assert attempts == [1, 2]
    assert result["stats"]["retry/count"] == 1


def test_method_and_body(exchanges: dict[str, Exchange]) -> None:
    assert exchanges["/post"].method == "POST"
    assert exchanges["/post"].sent.endswith(b"\r\n\r\na=b")
    assert b"Content-Length: 3\r\n" in exchanges["/post"].sent


def test_set_cookie_is_private_once_a_login_was_sent(exchanges: dict[str, Exchange], result: dict[str, Any]) -> None:
    assert b"Cookie: session=of-the-server" in exchanges["/after-jar"].sent
    private = [exchange.hide_set_cookie for exchange in result["exchanges"]]
    login = result["exchanges"].index(exchanges["/login"])
    assert not any(private[:login])
    assert all(private[login:])


def test_instants(result: dict[str, Any]) -> None:
    starts = [exchange.started for exchange in result["exchanges"]]
    assert starts == sorted(starts)
    assert {start.tzname() for start in starts} == {"UTC"}
    assert all(exchange.duration_ms >= 0 for exchange in result["exchanges"])


def test_failing_sink_fails_the_request_as_it_is(result: dict[str, Any]) -> None:
    assert result["outcomes"]["/sink-fails"] == {"error": "OSError", "message": "disk full"}


def test_contract_holds() -> None:
    contract.check_contract()


@pytest.mark.parametrize(
    ("owner", "name"),
    [(tap.TappedTransport, "write"), (tap.TappedProtocol, "dataReceived"), (tap.TappedPool, "getConnection")],
)
def test_contract_notices_a_tap_that_is_passed_by(owner: type, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, name, lambda *arguments: None)
    with pytest.raises(contract.ContractError, match=r"^Scrapy .+ with Twisted .+ cannot be archived"):
        contract.check_contract()


def kept_or_new(pool: Any, key: Any, endpoint: Any, connect: Any = HTTPConnectionPool._newConnection) -> Any:
    kept = pool._connections.get(key)
    return succeed(kept[0]) if kept else connect(pool, key, endpoint)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("retryAutomatically", property(lambda _: True, lambda *_: None)),
        ("_newConnection", kept_or_new),
        ("getConnection", HTTPConnectionPool._newConnection),
    ],
    ids=["sends again by itself", "gives no fresh connection", "keeps no connection"],
)
def test_contract_notices_a_pool_with_a_will_of_its_own(name: str, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HTTPConnectionPool, name, value)
    with pytest.raises(contract.ContractError, match=r"cannot be archived \(a (kept )?connection is "):
        contract.check_contract()


def test_crawl_does_not_start_when_the_contract_is_broken(server: WireServer) -> None:
    before = len(server.requests)
    result = crawl([{"url": server.url + "/seed", "meta": {"name": "seed"}}], {"ROBOTSTXT_OBEY": False}, broken=True)
    assert result["stats"]["finish_reason"] == "capture_unsupported"
    assert "cannot be archived" in result["log"]
    assert len(server.requests) == before


CIPHERS = {
    "TLS_AES_128_GCM_SHA256": "TLS_AES_128_GCM_SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "ECDHE-ECDSA-CHACHA20-POLY1305": "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "DHE-RSA-AES256-SHA256": "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
    "AES128-SHA": "TLS_RSA_WITH_AES_128_CBC_SHA",
    "AES256-CCM8": "TLS_RSA_WITH_AES_256_CCM_8",
    "ADH-AES256-GCM-SHA384": "TLS_DH_anon_WITH_AES_256_GCM_SHA384",
    "DES-CBC3-SHA": "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    "NOT-A-CIPHER": None,
    None: None,
}


@pytest.mark.parametrize(("openssl", "iana"), CIPHERS.items(), ids=str)
def test_cipher_names(openssl: str | None, iana: str | None) -> None:
    assert iana_name(openssl) == iana


def test_tls_versions() -> None:
    names = {"TLSv1.3": "tls/1.3", "TLSv1.2": "tls/1.2", "TLSv1": "tls/1.0", "SSLv3": "ssl/3"}
    assert {name: tls_version(name) for name in names} == names
