"""What servers of every kind of misbehaviour sent: recorded by the rules, given back, and read as the crawl read it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.lint.check import Counts, lint
from kcnacrawl.archive.reader import iter_records
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.restore import restore
from kcnacrawl.archive.stored import stored_response
from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.items import Receipt
from kcnacrawl.pages.entity import decode_entity
from tests.archive.checklist import check_file
from tests.capture.test_misbehaving_servers import ADDRESSES, CASES, SETTINGS, play
from tests.capture.wire_run import crawl
from tests.capture.wire_server import WireServer


@dataclass
class Archived:
    """A crawl of all misbehaving servers, and its archive."""

    outcomes: dict[str, dict[str, Any]]
    exchanges: list[Exchange]
    receipts: list[Receipt | None]
    records: dict[str, Record]
    path: Path

    def last(self, name: str) -> tuple[Exchange, Record | None]:
        """The last attempt at a case, and its response record."""
        number = max(n for n, exchange in enumerate(self.exchanges) if exchange.url.endswith(f"/{name}"))
        receipt = self.receipts[number]
        return self.exchanges[number], self.records[receipt.record_id] if receipt else None


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Archived:
    with WireServer(play, address="0.0.0.0") as server:
        requests = [
            {
                "url": f"http://{ADDRESSES[case.name]}:{server.port}/{case.name}",
                "method": case.method,
                "meta": {"name": case.name, **(case.meta or {})},
            }
            for case in CASES.values()
        ]
        result = crawl(requests, SETTINGS)
    writer = WarcWriter(tmp_path_factory.mktemp("misbehaving"), "a", info={"software": "kcnacrawl/1"})
    receipts = [writer.write(exchange) for exchange in result["exchanges"]]
    (path,) = writer.close()
    records = {record.id: record for record in iter_records(path)}
    return Archived(result["outcomes"], result["exchanges"], receipts, records, path)


def test_every_rule_holds(archived: Archived) -> None:
    records = check_file(archived.path)
    assert sum(record.type == "response" for record in records) == sum(map(bool, archived.receipts))
    kept = [record.block for record in records if record.type in ("response", "resource")]
    assert len(kept) >= sum(bool(exchange.received) for exchange in archived.exchanges)


def test_every_response_comes_back(archived: Archived) -> None:
    for exchange, receipt in zip(archived.exchanges, archived.receipts, strict=True):
        if receipt is not None:
            wire = restore(archived.records[receipt.record_id])
            assert (wire.data, wire.flaw) == (exchange.received, None), exchange.url


def test_what_the_crawl_read_is_what_the_archive_holds(archived: Archived) -> None:
    read = 0
    for name, outcome in archived.outcomes.items():
        exchange, record = archived.last(name)
        if record is None or outcome.get("body") is None:
            continue
        stored = stored_response(record)
        assert stored is not None
        assert stored.status == outcome["status"], name
        if exchange.method != "HEAD":
            assert decode_entity(stored.body, ",".join(stored.headers("content-encoding"))) == outcome["body"], name
        assert record.get("WARC-Truncated") is None, name
        read += 1
    assert read > 80


def test_what_the_crawl_was_given_has_a_response_record(archived: Archived) -> None:
    without = {
        name for name, outcome in archived.outcomes.items() if "status" in outcome and archived.last(name)[1] is None
    }
    # Twisted takes these for HTTP, readers of archives do not: they are kept as they came, without a receipt.
    assert without == {"lower_case_version", "status_2000", "status_negative"}


def test_verify_finds_nothing_wrong_with_what_they_sent(archived: Archived) -> None:
    assert [str(finding) for finding in lint([archived.path], Counts()) if finding.level == "error"] == []
