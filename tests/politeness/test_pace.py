"""How fast a server is asked, measured by the server: every bound is a lower one."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from email.utils import formatdate
from itertools import pairwise
from typing import Any

import pytest

from tests.capture.wire_case import OK, body
from tests.capture.wire_run import crawl
from tests.capture.wire_server import Step, WireServer, path_of

DELAY = 0.3
BASE = {"CONCURRENT_REQUESTS_PER_DOMAIN": 1, "RETRY_TIMES": 1, "RETRY_WAIT": 0.0, "ROBOTSTXT_OBEY": False}


def ask(server: WireServer, *paths: str) -> list[dict[str, Any]]:
    return [{"url": server.url + path, "meta": {"name": path}} for path in paths]


def gaps(server: WireServer) -> list[float]:
    """Seconds between the end of an answer and the begin of the next request."""
    return [following[0] - visit[1] for visit, following in pairwise(server.visits)]


def slowly(request: bytes, number: int) -> Iterable[Step]:
    """Answers that take longer than the delay, some of which fail."""
    match path_of(request):
        case "/cut":
            return (OK + b"Content-Length: 9\r\n\r\n", 0.4, b"cut")
        case "/reset":
            return (OK, 0.1, "reset")
        case "/robots.txt":
            return (body(b"User-agent: *\nCrawl-delay: 0.3\n"), "keep")
        case "/sick":
            return (0.4, b"HTTP/1.1 500 Sick\r\nContent-Length: 0\r\n\r\n", "keep")
    return (OK + b"Content-Length: 4\r\n\r\n", 0.4, b"slow", "keep")


@pytest.mark.parametrize("path", ["/slow", "/cut", "/reset", "/sick"])
def test_delay_counts_from_the_end_of_the_exchange(path: str) -> None:
    with WireServer(slowly) as server:
        crawl(ask(server, path, "/slow?1", "/slow?2"), {**BASE, "DOWNLOAD_DELAY": DELAY, "RETRY_TIMES": 0})
        assert len(server.visits) == 3
        assert min(gaps(server)) >= DELAY


def test_crawl_delay_is_kept() -> None:
    with WireServer(slowly) as server:
        result = crawl(ask(server, "/slow", "/slow?1"), {**BASE, "ROBOTSTXT_OBEY": True})
        assert len(server.visits) == 3
        assert min(gaps(server)) >= 0.3
        assert result["stats"][f"robots/crawl_delay/{server.authority}"] == 0.3


def test_crawl_delay_is_cut_down_to_a_bound() -> None:
    with WireServer(lambda request, number: [body(b"User-agent: *\nCrawl-delay: 999\n")]) as server:
        result = crawl(ask(server, "/1", "/2"), {**BASE, "ROBOTSTXT_OBEY": True, "ROBOTS_CRAWL_DELAY_MAX": 0.2})
        assert len(server.visits) == 3
        assert min(gaps(server)) >= 0.2
        assert "wants 999 seconds between requests; it gets ROBOTS_CRAWL_DELAY_MAX, 0.2." in result["log"]


class Counter:
    """Answers after a while and knows how many it had to answer at once."""

    def __init__(self) -> None:
        self.active = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, request: bytes, number: int) -> Iterator[Step]:
        with self.lock:
            self.active += 1
            self.most = max(self.most, self.active)
        yield 0.02
        with self.lock:
            self.active -= 1
        yield body(b"ok")
        yield "keep"


@pytest.mark.parametrize("delay", [0, 0.01])
def test_one_request_at_a_time(delay: float) -> None:
    counter = Counter()
    with WireServer(counter) as server:
        crawl(ask(server, *(f"/{n}" for n in range(12))), {**BASE, "CONCURRENT_REQUESTS": 12, "DOWNLOAD_DELAY": delay})
        assert len(server.requests) == 12
        assert counter.most == 1
        assert len(server.connections) == 1


def test_hosts_of_one_site_share_its_pace() -> None:
    counter = Counter()
    with WireServer(counter, address="0.0.0.0") as server:
        hosts = [f"127.0.4.{number}:{server.port}" for number in (1, 2)]
        requests = [{"url": f"http://{host}/{n}", "meta": {"name": f"{host}/{n}"}} for n in range(4) for host in hosts]
        result = crawl(requests, {**BASE, "CONCURRENT_REQUESTS": 12}, scope=frozenset(hosts), site="the-site")
        assert counter.most == 1
        assert {outcome["slot"] for outcome in result["outcomes"].values()} == {"the-site"}


class Busy:
    """Sends the first request away with *headers*, answers all others."""

    def __init__(self, status: bytes, *headers: bytes) -> None:
        self.answer = (
            b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n" + b"".join(h + b"\r\n" for h in headers) + b"\r\n"
        )
        self.asked = 0

    def __call__(self, request: bytes, number: int) -> Iterable[Step]:
        self.asked += 1
        return (self.answer if self.asked == 1 else body(b"ok"), "keep")


def date(seconds: float) -> bytes:
    return formatdate(1_800_000_000 + seconds, usegmt=True).encode()


@pytest.mark.parametrize(
    ("busy", "wait", "delay"),
    [
        (Busy(b"429 Too Many", b"Retry-After: 1"), 1.0, 0),
        (Busy(b"429 Too Many", b"Retry-After: 1"), 1.0, 0.05),
        (Busy(b"503 Busy", b"Date: " + date(0), b"Retry-After: " + date(1)), 1.0, 0),
        (Busy(b"429 Too Many", b"Retry-After: later"), 0.2, 0),
        (Busy(b"429 Too Many", b"Retry-After: -7"), 0.2, 0),
        (Busy(b"503 Busy"), 0.2, 0.05),
    ],
)
def test_whole_site_waits_as_long_as_it_asks(busy: Busy, wait: float, delay: float) -> None:
    busy.asked = 0
    with WireServer(busy) as server:
        settings = {**BASE, "DOWNLOAD_DELAY": delay, "RETRY_WAIT": 0.2, "CONCURRENT_REQUESTS": 8}
        result = crawl(ask(server, "/1", "/2", "/3"), settings)
        assert gaps(server)[0] >= wait
        assert len(server.requests) == 4
        assert {outcome["status"] for outcome in result["outcomes"].values()} == {200}
        assert result["stats"]["politeness/holds"] == 1
        assert result["stats"]["politeness/held_seconds"] == wait


@pytest.mark.parametrize("value", [b"86400", b"99999999999999", date(86400)])
def test_a_days_wait_ends_the_host_and_not_the_crawl(value: bytes) -> None:
    with ExitStack() as stack:
        busy = stack.enter_context(WireServer(Busy(b"503 Busy", b"Date: " + date(0), b"Retry-After: " + value)))
        other = stack.enter_context(WireServer(Busy(b"200 OK"), address="0.0.0.0"))
        requests = ask(busy, *(f"/busy{n}" for n in range(20)))
        requests += [{"url": f"http://127.0.5.1:{other.port}/{n}", "meta": {"name": f"/{n}"}} for n in range(3)]
        result = crawl(requests, {**BASE, "CONCURRENT_REQUESTS": 8})
        assert len(busy.requests) == 1
        assert len(other.requests) == 3
        ends = [outcome.get("status", outcome.get("error")) for outcome in result["outcomes"].values()]
        assert sorted(map(str, ends)) == ["200"] * 3 + ["503"] + ["HostEndedError"] * 19
        assert result["stats"]["politeness/host_ended/127.0.0.1"] == 19
        assert result["stats"]["finish_reason"] == "finished"
        assert "this crawl asks it no more" in result["log"]


@pytest.mark.parametrize(
    ("answer", "settings"),
    [
        (Busy(b"503 Busy", b"Retry-After: 600"), {}),
        (Busy(b"500 Sick"), {"RETRY_WAIT": 600.0, "RETRY_WAIT_MAX": 600.0}),
    ],
    ids=["site held", "request waiting"],
)
def test_closing_does_not_wait_for_a_resting_site(answer: Busy, settings: dict[str, Any]) -> None:
    answer.asked = 0
    with WireServer(answer) as server:
        result = crawl(
            ask(server, "/1", "/2", "/3"), {**BASE, **settings, "DOWNLOAD_DELAY": 0.5, "CLOSESPIDER_TIMEOUT": 1}
        )
        assert result["stats"]["finish_reason"] == "closespider_timeout"
        assert len(result["outcomes"]) == 3
