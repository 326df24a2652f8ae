"""robots.txt in a crawl: every answer a server can give to the question, and what is fetched after it."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from kcnacrawl.archive.exchange import Exchange
from tests.capture.wire_case import CHUNKED, OK, body
from tests.capture.wire_run import crawl
from tests.capture.wire_server import Step, WireServer, path_of

CLOSED = b"User-agent: *\nDisallow: /page\n"
OPEN = b"User-agent: *\nDisallow: /elsewhere\n"


LAST = b"Connection: close"
"""Said by answers after which the same host is asked for a robots.txt again: else that may find a dead connection."""


def status(line: bytes) -> bytes:
    return b"HTTP/1.1 " + line + b"\r\nContent-Length: 0\r\n\r\n"


def moved(target: bytes) -> bytes:
    return b"HTTP/1.1 301 Moved\r\nLocation: " + target + b"\r\nContent-Length: 0\r\n" + LAST + b"\r\n\r\n"


@dataclass
class Robots:
    """An answer to /robots.txt (or a path it redirects to) and whether /page may be fetched after it."""

    allowed: bool
    steps: tuple[Step, ...]
    asked: int = 1
    """Requests it takes to know."""
    unavailable: bool = False


def sick(*steps: Step) -> Robots:
    """No answer that tells anything: asked twice, then everything is disallowed."""
    return Robots(False, steps, asked=2, unavailable=True)


ROBOTS = {
    "allows": Robots(True, (body(OPEN),)),
    "disallows": Robots(False, (body(CLOSED, LAST),)),
    "empty": Robots(True, (body(b""),)),
    "no_content": Robots(True, (b"HTTP/1.1 204 No Content\r\n\r\n",)),
    "a_page": Robots(True, (body(b"<!DOCTYPE html><title>Home</title>", b"Content-Type: text/html"),)),
    "binary": Robots(True, (body(bytes(range(256))),)),
    "chunked": Robots(False, (CHUNKED + b"%x\r\n" % len(CLOSED) + CLOSED + b"\r\n0\r\n\r\n",)),
    "gzip": Robots(False, (body(gzip.compress(CLOSED), b"Content-Encoding: gzip"),)),
    "gzip_damaged": sick(body(gzip.compress(CLOSED)[:-6], b"Content-Encoding: gzip")),
    "coding_unknown": Robots(False, (body(CLOSED, b"Content-Encoding: zebra"),), unavailable=True),
    "not_found": Robots(True, (status(b"404 Not Found"),)),
    "gone": Robots(True, (status(b"410 Gone"),)),
    "unauthorized": Robots(True, (status(b"401 Unauthorized"),)),
    "forbidden": Robots(True, (status(b"403 Forbidden"),)),
    "not_modified": Robots(True, (b"HTTP/1.1 304 Not Modified\r\n\r\n",)),
    "too_many": sick(status(b"429 Too Many")),
    "too_slow": sick(status(b"408 Timeout")),
    "broken": sick(status(b"500 Broken")),
    "unavailable": sick(status(b"503 Unavailable")),
    "odd_status": Robots(False, (status(b"999 Denied"),), unavailable=True),
    "cut": sick(OK + b"Content-Length: 500\r\n\r\n" + OPEN),
    "reset": sick(0.05, "reset"),
    "no_reply": sick(),
    "garbage": sick(b"\x00\x01\x02\n\n\n"),
    "silent": sick("silence"),
    "moved": Robots(False, (moved(b"/closed"),), asked=2),
    "moved_and_hung_up": Robots(False, (moved(b"/hung-up").replace(LAST, b"X: y"), "keep"), asked=3),
    "moved_five_times": Robots(False, (moved(b"/hop5"),), asked=6),
    "moved_six_times": Robots(True, (moved(b"/hop6"),), asked=6),
    "moved_in_a_circle": Robots(True, (moved(b"/robots.txt"),), asked=6),
    "moved_to_another_host": Robots(False, (moved(b"//127.0.2.2:%PORT%/robots.txt"),), asked=2),
    "moved_out_of_scope": Robots(True, (moved(b"http://127.0.3.1:%PORT%/robots.txt"),)),
    "moved_to_private_network": Robots(True, (moved(b"http://10.0.0.1/robots.txt"),)),
    "moved_to_file": Robots(True, (moved(b"file:///etc/passwd"),)),
    "moved_to_nothing": Robots(True, (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",)),
    "moved_to_nonsense": Robots(True, (moved(b"http://[::1"),)),
}

ADDRESSES = {name: f"127.0.2.{number}" for number, name in enumerate(ROBOTS, start=1)}
assert ADDRESSES["disallows"] == "127.0.2.2"
NAMES = {address: name for name, address in ADDRESSES.items()}


def answer(request: bytes, number: int) -> Iterable[Step]:
    host, _, port = request.partition(b"Host: ")[2].partition(b"\r\n")[0].partition(b":")
    path = path_of(request)
    if path == "/robots.txt":
        steps = ROBOTS[NAMES[host.decode()]].steps
        return [step.replace(b"%PORT%", port) if isinstance(step, bytes) else step for step in steps]
    if path.startswith("/hop") and path != "/hop1":
        return [moved(b"/hop%d" % (int(path[4:]) - 1))]
    if path == "/hung-up" and number == 2:
        return ()  # closed on the request: nobody can tell it from a connection that had been given up before
    return [body(CLOSED)]


@pytest.fixture(scope="module")
def server() -> Iterator[WireServer]:
    with WireServer(answer, address="0.0.0.0") as server:
        yield server


@pytest.fixture(scope="module")
def result(server: WireServer) -> dict[str, Any]:
    requests = [
        {"url": f"http://{address}:{server.port}{path}", "meta": {"name": name + path}}
        for name, address in ADDRESSES.items()
        for path in ("/page", "/page?again")
    ]
    scope = frozenset(f"{address}:{server.port}" for address in ADDRESSES.values())
    settings = {"DOWNLOAD_TIMEOUT": 1, "RETRY_TIMES": 1, "RETRY_WAIT": 0.0, "ROBOTSTXT_OBEY": True}
    return crawl(requests, {**settings, "CONCURRENT_REQUESTS": 200}, scope=scope)


@pytest.fixture(scope="module")
def asked(result: dict[str, Any]) -> dict[str, list[Exchange]]:
    """Exchanges that lead to a robots.txt, by the host that was asked first."""
    found: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in result["exchanges"]:
        if exchange.hops.startswith("P"):
            found[exchange.url.split("/")[2].partition(":")[0]].append(exchange)
    return found


@pytest.mark.parametrize("name", ROBOTS)
@pytest.mark.parametrize("path", ["/page", "/page?again"])
def test_page(name: str, path: str, result: dict[str, Any]) -> None:
    outcome = result["outcomes"][name + path]
    assert outcome.get("status", outcome.get("error")) == (200 if ROBOTS[name].allowed else "RobotsDisallowedError")


@pytest.mark.parametrize("name", ROBOTS)
def test_robots_txt_is_asked_for_once_and_recorded(name: str, asked: dict[str, list[Exchange]]) -> None:
    wanted = ROBOTS[name].asked
    if name == "moved_to_another_host":
        wanted = 1  # the second is in the next test
    if name == "disallows":
        wanted = 2  # its own, and that of the host that redirects to it
    assert len(asked[ADDRESSES[name]]) == wanted


def test_a_kept_connection_that_turns_out_dead_costs_no_robots_txt(asked: dict[str, list[Exchange]]) -> None:
    moved, dead, had = asked[ADDRESSES["moved_and_hung_up"]]
    assert [(exchange.hops, exchange.attempt) for exchange in (moved, dead, had)] == [("P", 1), ("PR", 1), ("PR", 2)]
    assert (dead.received, dead.cut, had.cut) == (b"", "disconnect", None)


def test_redirects_say_where_they_come_from(asked: dict[str, list[Exchange]], server: WireServer) -> None:
    first, second = asked[ADDRESSES["moved"]]
    assert (first.hops, first.via) == ("P", None)
    assert (second.hops, second.via) == ("PR", f"http://{ADDRESSES['moved']}:{server.port}/robots.txt")
    other = [exchange for exchange in asked["127.0.2.2"] if exchange.hops == "PR"]
    assert [exchange.via for exchange in other] == [
        f"http://{ADDRESSES['moved_to_another_host']}:{server.port}/robots.txt"
    ]


def test_nobody_out_of_scope_was_asked(server: WireServer) -> None:
    hosts = {request.partition(b"Host: ")[2].partition(b":")[0].decode() for request in server.requests}
    assert hosts == set(ADDRESSES.values())


def test_what_could_not_be_had_is_named(result: dict[str, Any], server: WireServer) -> None:
    named = {key.rpartition("/")[2] for key in result["stats"] if key.startswith("robots/unavailable/")}
    assert named == {f"{ADDRESSES[name]}:{server.port}" for name, robots in ROBOTS.items() if robots.unavailable}
    for host in named:
        assert f"http://{host}/robots.txt could not be had" in result["log"]


def test_refusals_are_counted(result: dict[str, Any]) -> None:
    assert result["stats"]["robots/disallowed"] == 2 * sum(not robots.allowed for robots in ROBOTS.values())
