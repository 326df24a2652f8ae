"""Connections of every kind: kept alive, dead while kept, refused, over TLS, through proxies."""

from __future__ import annotations

import socket
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from kcnacrawl.archive.exchange import Exchange
from tests.capture.wire_case import CHUNKED, OK, body
from tests.capture.wire_run import crawl
from tests.capture.wire_server import Step, WireServer, path_of, read_raw
from tests.capture.wire_tls import TunnelProxy, client_context, server_context

HELLO = body(b"hello")

ANSWERS: dict[str, tuple[Step, ...]] = {
    "/hello": (HELLO,),
    "/chunked": (CHUNKED + b"2\r\nok\r\n0\r\n\r\n",),
    "/until_close": (OK + b"\r\nto the end",),
    "/dropped": (OK + b"\r\nto the", "drop"),
    "/cut": (OK + b"Content-Length: 100\r\n\r\nto the", "drop"),
    "/mute": ("drop",),
    "/late": (HELLO, 0.2, b"late", "keep"),
    "/slow": (0.5, HELLO),
}


def answer(request: bytes, number: int) -> Iterable[Step]:
    return ANSWERS[path_of(request).partition("?")[0]]


def keep(request: bytes, number: int) -> Iterable[Step]:
    """Serve on, but close on the second request of a connection without a byte, as after a time-out of the server's."""
    return ("drop",) if number == 2 else (HELLO, "keep")


class Servers:
    """All servers of this module."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        def serve(*args: Any) -> WireServer:
            return stack.enter_context(WireServer(*args))

        self.plain = serve(answer)
        self.kept, self.once = serve(keep), serve(keep)
        self.late = serve(answer)
        self.tls13 = serve(answer, server_context(folder))
        self.tls12 = serve(answer, server_context(folder, "ECDHE-ECDSA-AES128-SHA256"))
        self.tunnel = stack.enter_context(TunnelProxy(self.tls13.port))
        self.guarded = stack.enter_context(TunnelProxy(0, b"HTTP/1.1 407 Who are you\r\n\r\n"))
        with socket.create_server(("127.0.0.1", 0)) as closed:
            self.closed = closed.getsockname()[1]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with ExitStack() as stack:
        yield Servers(stack, tmp_path_factory.mktemp("tls"))


def requests(servers: Servers) -> Iterator[dict[str, Any]]:
    """Requests by name; the name stands in the fragment too, which must not reach any exchange."""
    yield from (_ask(name, f"{servers.kept.url}/{name}") for name in ("kept_first", "kept_second"))
    yield from (_ask(name, f"{servers.once.url}/{name}", dont_retry=True) for name in ("once_first", "once_second"))
    for path in ANSWERS:
        yield _ask(f"tls13{path}", servers.tls13.url + path)
    yield _ask("tls12", servers.tls12.url + "/hello")
    yield _ask("tls_spoken_to_plain", f"https://{servers.plain.authority}/hello", download_timeout=2)
    yield _ask("plain_spoken_to_tls", f"http://{servers.tls13.authority}/hello")
    yield _ask("refused", f"http://127.0.0.1:{servers.closed}/hello")
    yield _ask("no_such_host", "http://no-such-host.invalid/hello")
    yield _ask("proxy", "http://elsewhere.invalid/hello?a=b", proxy=f"http://me:secret@{servers.plain.authority}")
    yield _ask("tunnel", servers.tls13.url + "/hello", proxy=f"http://me:secret@127.0.0.1:{servers.tunnel.port}")
    yield _ask("tunnel_denied", servers.tls13.url + "/hello", proxy=f"http://127.0.0.1:{servers.guarded.port}")
    yield _ask("tunnel_refused", servers.tls13.url + "/hello", proxy=f"http://127.0.0.1:{servers.closed}")
    yield _ask("late", servers.late.url + "/late")
    yield _ask("between", servers.plain.url + "/slow")
    yield _ask("after_late", servers.late.url + "/late")
    yield _ask("at_once_after_late", servers.late.url + "/hello")


def _ask(name: str, url: str, **meta: Any) -> dict[str, Any]:
    return {"url": f"{url}#{name}", "meta": {"name": name, **meta}, "headers": {"X-Name": name}}


@pytest.fixture(scope="module")
def result(servers: Servers) -> dict[str, Any]:
    settings = {"CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_DELAY": 0.01, "RETRY_TIMES": 0, "ROBOTSTXT_OBEY": False}
    return crawl(list(requests(servers)), {**settings, "RETRY_WAIT": 0.01})


@pytest.fixture(scope="module")
def exchanges(result: dict[str, Any]) -> dict[str, list[Exchange]]:
    """Exchanges by name; those without a byte sent are told apart by their address."""
    found: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in result["exchanges"]:
        name = exchange.sent.partition(b"X-Name: ")[2].partition(b"\r\n")[0].decode()
        found[name or exchange.url].append(exchange)
    return found


def test_a_request_on_a_dead_connection_is_made_again_on_a_fresh_one(
    exchanges: dict[str, list[Exchange]], result: dict[str, Any], servers: Servers
) -> None:
    """Even with no retries: ``RETRY_TIMES`` is 0 here."""
    (first,) = exchanges["kept_first"]
    dead, second = exchanges["kept_second"]
    assert first.received == second.received == HELLO
    assert dead.received == b""
    assert dead.sent == second.sent
    assert (dead.cut, dead.attempt, second.cut, second.attempt) == ("disconnect", 1, None, 2)
    assert result["outcomes"]["kept_second"]["body"] == b"hello"
    assert [len(connection.requests) for connection in servers.kept.connections] == [2, 1]
    assert result["stats"]["retry/count"] == result["stats"]["retry/reason/StaleConnectionError"] == 1


def test_nobody_but_the_retry_rule_makes_a_request_again(
    exchanges: dict[str, list[Exchange]], result: dict[str, Any], servers: Servers
) -> None:
    (dead,) = exchanges["once_second"]
    assert (dead.received, dead.cut) == (b"", "disconnect")
    assert result["outcomes"]["once_second"]["error"] == "StaleConnectionError"
    assert [len(connection.requests) for connection in servers.once.connections] == [2]


@pytest.mark.parametrize("path", ["/hello", "/chunked", "/until_close"])
def test_tls_is_recorded_above_the_tls_layer(path: str, exchanges: dict[str, list[Exchange]], servers: Servers) -> None:
    (exchange,) = exchanges[f"tls13{path}"]
    assert exchange.sent in servers.tls13.requests
    assert exchange.received == read_raw(servers.tls13, exchange.sent, 1 << 20, client_context())
    assert exchange.protocols == ("http/1.1", "tls/1.3")
    assert exchange.cipher in ("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256")
    assert exchange.cut is None
    assert exchange.ip == "127.0.0.1"


def test_tls12_has_the_iana_name_of_its_cipher(exchanges: dict[str, list[Exchange]]) -> None:
    (exchange,) = exchanges["tls12"]
    assert exchange.protocols == ("http/1.1", "tls/1.2")
    assert exchange.cipher == "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"


@pytest.mark.parametrize(
    ("path", "received", "error"),
    [
        ("/dropped", OK + b"\r\nto the", "ResponseDataLossError"),
        ("/cut", OK + b"Content-Length: 100\r\n\r\nto the", "ResponseDataLossError"),
        ("/mute", b"", "DownloadFailedError"),
    ],
)
def test_tls_closed_without_its_end_is_a_cut(
    path: str, received: bytes, error: str, exchanges: dict[str, list[Exchange]], result: dict[str, Any]
) -> None:
    (exchange,) = exchanges[f"tls13{path}"]
    assert (exchange.received, exchange.cut) == (received, "disconnect")
    assert exchange.sent.startswith(f"GET {path} ".encode())
    assert exchange.error
    assert result["outcomes"][f"tls13{path}"]["error"] == error


def test_failed_handshake_has_sent_nothing(exchanges: dict[str, list[Exchange]], servers: Servers) -> None:
    (exchange,) = exchanges[f"https://{servers.plain.authority}/hello"]
    assert (exchange.sent, exchange.received, exchange.protocols, exchange.cipher) == (b"", b"", (), None)
    assert exchange.ip == "127.0.0.1"
    assert exchange.cut is not None
    assert exchange.error


def test_answer_that_is_no_http_is_kept(exchanges: dict[str, list[Exchange]], result: dict[str, Any]) -> None:
    (exchange,) = exchanges["plain_spoken_to_tls"]
    assert exchange.cut in ("disconnect", "unspecified")
    assert exchange.protocols in ((), ("http/1.1",))
    assert "error" in result["outcomes"]["plain_spoken_to_tls"]


@pytest.mark.parametrize("name", ["refused", "no_such_host"])
def test_connection_that_never_was(
    name: str, exchanges: dict[str, list[Exchange]], result: dict[str, Any], servers: Servers
) -> None:
    host = {"refused": f"127.0.0.1:{servers.closed}", "no_such_host": "no-such-host.invalid"}[name]
    (exchange,) = exchanges[f"http://{host}/hello"]
    assert (exchange.sent, exchange.received, exchange.ip, exchange.protocols) == (b"", b"", None, ())
    assert exchange.cut == "disconnect"
    assert exchange.error == result["outcomes"][name]["message"]


def test_request_through_a_proxy(exchanges: dict[str, list[Exchange]], servers: Servers) -> None:
    (exchange,) = exchanges["proxy"]
    assert exchange.sent in servers.plain.requests
    assert exchange.sent.startswith(b"GET http://elsewhere.invalid/hello?a=b HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic " in exchange.sent
    assert (exchange.url, exchange.received, exchange.ip) == ("http://elsewhere.invalid/hello?a=b", HELLO, None)


def test_tunnel_is_no_part_of_the_exchange(exchanges: dict[str, list[Exchange]], servers: Servers) -> None:
    (exchange,) = exchanges["tunnel"]
    assert exchange.sent.startswith(b"GET /hello HTTP/1.1\r\n")
    assert b"Proxy-Authorization" not in exchange.sent
    assert (exchange.received, exchange.ip, exchange.protocols) == (HELLO, None, ("http/1.1", "tls/1.3"))
    assert [dialogue.startswith(b"CONNECT ") for dialogue in servers.tunnel.dialogues] == [True]


def test_tunnel_that_is_denied_or_refused(exchanges: dict[str, list[Exchange]], servers: Servers) -> None:
    denied, refused = exchanges[servers.tls13.url + "/hello"]
    for exchange in (denied, refused):
        assert (exchange.sent, exchange.received, exchange.ip) == (b"", b"", None)
        assert exchange.cut is not None
    assert "407" in (denied.error or "")


def test_bytes_on_an_idle_connection_end_it(
    exchanges: dict[str, list[Exchange]], result: dict[str, Any], servers: Servers
) -> None:
    assert exchanges["late"][0].received == exchanges["after_late"][0].received == HELLO
    assert [len(connection.requests) for connection in servers.late.connections] == [1, 2]
    assert "4 bytes came from 127.0.0.1 after the response was recorded" in result["log"]


def test_bytes_left_over_are_not_taken_for_a_response(
    exchanges: dict[str, list[Exchange]], result: dict[str, Any]
) -> None:
    (exchange,) = exchanges["at_once_after_late"]
    assert exchange.received == b"late" + HELLO
    assert exchange.cut == "unspecified"
    assert result["outcomes"]["at_once_after_late"]["error"] == "DownloadFailedError"


def test_every_request_ended(result: dict[str, Any], servers: Servers) -> None:
    assert sorted(result["outcomes"]) == sorted(request["meta"]["name"] for request in requests(servers))
    assert all("#" not in exchange.url for exchange in result["exchanges"])
