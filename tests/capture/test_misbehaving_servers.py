"""Every way of a server to misbehave: the bytes recorded are the bytes a raw socket sees, and the crawl goes on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from kcnacrawl.archive.exchange import Exchange
from tests.capture import wire_cases_body, wire_cases_connection, wire_cases_head
from tests.capture.wire_case import Case
from tests.capture.wire_run import crawl
from tests.capture.wire_server import Step, WireServer, path_of, read_raw

CASES = {case.name: case for case in wire_cases_head.CASES + wire_cases_body.CASES + wire_cases_connection.CASES}

# An address for each case, so that none is asked on a connection that another has left open.
ADDRESSES = {name: f"127.0.1.{number}" for number, name in enumerate(CASES, start=1)}

HEAD_MAX = 60_000
SIZE_MAX = 200_000

SETTINGS = {
    "CAPTURE_HEAD_MAX": HEAD_MAX,
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_MAXSIZE": SIZE_MAX,
    "DOWNLOAD_TIMEOUT": 10,
    "DOWNLOAD_WARNSIZE": 0,
    "RETRY_TIMES": 1,
    "RETRY_WAIT": 0.0,
    "ROBOTSTXT_OBEY": False,
}


def play(request: bytes, number: int) -> Iterable[Step]:
    return CASES[path_of(request)[1:]].play()


@pytest.fixture(scope="module")
def server() -> Iterator[WireServer]:
    with WireServer(play, address="0.0.0.0") as server:
        yield server


@pytest.fixture(scope="module")
def result(server: WireServer) -> dict[str, Any]:
    requests = [
        {
            "url": f"http://{ADDRESSES[case.name]}:{server.port}/{case.name}",
            "method": case.method,
            "meta": {"name": case.name, **(case.meta or {})},
        }
        for case in CASES.values()
    ]
    return crawl(requests, SETTINGS)


@pytest.fixture(scope="module")
def exchanges(result: dict[str, Any]) -> dict[str, list[Exchange]]:
    found: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in result["exchanges"]:
        found[exchange.url.rpartition("/")[2]].append(exchange)
    return found


def test_there_are_more_than_a_hundred() -> None:
    assert len(CASES) > 100
    assert len(CASES) == sum(map(len, (wire_cases_head.CASES, wire_cases_body.CASES, wire_cases_connection.CASES)))


@pytest.mark.parametrize("name", CASES)
def test_recorded_bytes(name: str, server: WireServer, exchanges: dict[str, list[Exchange]]) -> None:
    case = CASES[name]
    assert len(exchanges[name]) == case.tries
    for exchange in exchanges[name]:
        assert exchange.sent in server.requests
        if case.whole:
            raw = read_raw(server, exchange.sent, len(exchange.received) or 1 << 20) if _ends(case) else case.served
            assert exchange.received == raw
        else:
            assert 0 < len(exchange.received) <= SIZE_MAX + HEAD_MAX + (1 << 16)
            assert (
                read_raw(server, exchange.sent, len(exchange.received))[: len(exchange.received)] == exchange.received
            )


def _ends(case: Case) -> bool:
    return not isinstance(case.steps, tuple) or "silence" not in case.steps


@pytest.mark.parametrize("name", CASES)
def test_facts(name: str, exchanges: dict[str, list[Exchange]]) -> None:
    case = CASES[name]
    for number, exchange in enumerate(exchanges[name], start=1):
        assert exchange.cut == case.cut
        assert (exchange.error is None) == (case.cut is None)
        assert exchange.attempt == number
        assert exchange.method == case.method
        assert exchange.ip == ADDRESSES[name]
        assert exchange.cipher is None


@pytest.mark.parametrize("name", CASES)
def test_outcome(name: str, result: dict[str, Any]) -> None:
    case = CASES[name]
    outcome = result["outcomes"][name]
    assert outcome.get("status", outcome.get("error")) == case.gives
    if case.body is not None:
        assert outcome["body"] == case.body
        assert outcome["coding"] is None


def test_spider_gets_the_receipt_of_the_last_attempt(result: dict[str, Any]) -> None:
    for name, outcome in result["outcomes"].items():
        if "status" in outcome:
            recorded = result["exchanges"][outcome["receipt"] - 1]
            assert recorded.url.endswith("/" + name)
            assert recorded.attempt == CASES[name].tries


def test_everything_is_counted(result: dict[str, Any]) -> None:
    stats = result["stats"]
    cuts = Counter(exchange.cut for exchange in result["exchanges"] if exchange.cut)
    assert stats["capture/exchanges"] == len(result["exchanges"]) == sum(case.tries for case in CASES.values())
    assert {cut: stats[f"capture/cut/{cut}"] for cut in cuts} == dict(cuts)
    assert stats["retry/count"] == sum(case.tries - 1 for case in CASES.values())
    assert stats["decode/unknown_coding"] == 1
    assert stats["decode/too_large"] == 1
    assert stats["decode/damaged_coding"] == 10
    assert stats["finish_reason"] == "finished"


def test_no_traceback_is_left_unexplained(result: dict[str, Any]) -> None:
    unexpected = [line for line in result["log"].splitlines() if "CRITICAL" in line or "Unhandled" in line]
    assert unexpected == []
