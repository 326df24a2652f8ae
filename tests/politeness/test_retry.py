"""What is asked for again, how often, and after which wait; a refused retry is always told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from tests.capture.wire_case import body
from tests.capture.wire_run import crawl
from tests.capture.wire_server import Step, WireServer, path_of

AGAIN = (408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530)
NOT_AGAIN = (400, 401, 402, 403, 404, 410, 418, 451, 501, 505)
TIMES = 2
WAIT = 0.1


class Sick:
    """Answers by the number in the path; ``/recovers`` is well the second time, ``/bounced`` redirects when it is."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    def __call__(self, request: bytes, number: int) -> Iterable[Step]:
        path = path_of(request)
        self.asked[path] += 1
        if path == "/cut":
            return (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut",)
        if path == "/recovers" and self.asked[path] > 1:
            return (body(b"well"), "keep")
        status = path[1:] if path[1:].isdigit() else "500"
        return (f"HTTP/1.1 {status} Status\r\nContent-Length: 0\r\n\r\n".encode(), "keep")


@pytest.fixture(scope="module")
def server() -> Iterator[WireServer]:
    with WireServer(Sick()) as server:
        yield server


@pytest.fixture(scope="module")
def result(server: WireServer) -> dict[str, Any]:
    paths = [f"/{status}" for status in (*AGAIN, *NOT_AGAIN)] + ["/recovers", "/cut"]
    requests = [{"url": server.url + path, "meta": {"name": path}} for path in paths]
    requests.append({"url": server.url + "/500?once", "meta": {"name": "/500?once", "dont_retry": True}})
    settings = {"RETRY_TIMES": TIMES, "RETRY_WAIT": WAIT, "RETRY_WAIT_MAX": 0.2, "ROBOTSTXT_OBEY": False}
    return crawl(requests, {**settings, "CONCURRENT_REQUESTS": 100, "CONCURRENT_REQUESTS_PER_DOMAIN": 8})


def begins(server: WireServer, path: str) -> list[float]:
    return [begin for begin, _, request in server.visits if path_of(request) == path]


@pytest.mark.parametrize("status", AGAIN)
def test_asked_again(status: int, server: WireServer, result: dict[str, Any]) -> None:
    assert len(begins(server, f"/{status}")) == 1 + TIMES
    assert result["outcomes"][f"/{status}"]["status"] == status


@pytest.mark.parametrize("status", NOT_AGAIN)
def test_not_asked_again(status: int, server: WireServer, result: dict[str, Any]) -> None:
    assert len(begins(server, f"/{status}")) == 1
    assert result["outcomes"][f"/{status}"]["status"] == status


def test_asked_again_on_a_fresh_connection(server: WireServer, result: dict[str, Any]) -> None:
    """A kept one may turn out dead, and a try would be lost."""
    for connection in server.connections:
        asked = Counter(path_of(request) for request in connection.requests)
        assert max(asked.values(), default=0) <= 1, asked
    assert len(server.connections) < len(server.requests), "no connection was kept"


@pytest.mark.parametrize("path", ["/500", "/cut"])
def test_waits_grow_up_to_a_bound(path: str, server: WireServer, result: dict[str, Any]) -> None:
    first, second = (following - begin for begin, following in pairwise(begins(server, path)))
    assert first >= WAIT
    assert second >= 0.2  # three times WAIT, cut down to RETRY_WAIT_MAX


def test_others_go_on_meanwhile(server: WireServer, result: dict[str, Any]) -> None:
    between = [b for b in begins(server, "/404") if b < begins(server, "/500")[1]]
    assert len(between) == 1


def test_recovery(result: dict[str, Any]) -> None:
    assert result["outcomes"]["/recovers"]["body"] == b"well"


def test_a_request_may_say_no(server: WireServer, result: dict[str, Any]) -> None:
    assert len(begins(server, "/500?once")) == 1


def test_all_is_counted(result: dict[str, Any]) -> None:
    stats = result["stats"]
    assert stats["retry/count"] == TIMES * (len(AGAIN) + 1) + 1
    assert stats["retry/given_up"] == len(AGAIN) + 1
    assert stats["retry/reason/ResponseDataLossError"] == TIMES
    assert stats["retry/reason/500"] == TIMES + 1
