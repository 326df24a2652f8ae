"""One file after the other: when the next begins, what holds them together, and how a run says that it has ended."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from kcnacrawl.archive.locks import is_locked
from kcnacrawl.archive.writer import WarcWriter
from tests.archive.checklist import check_file
from tests.archive.samples import CHUNKED, exchange

INFO = {"software": "kcnacrawl/0", "operator": "someone@example.org"}


@pytest.mark.parametrize("most", [3_600, 4_000, 4_300, 5_000])
def test_a_full_file_is_followed_by_the_next_between_two_captures(tmp_path: Path, most: int) -> None:
    told: list[str] = []
    writer = WarcWriter(
        tmp_path,
        "kcnawatch",
        info=INFO,
        max_bytes=most,
        on_open=lambda name: told.append(f"+{name}"),
        on_close=lambda path: told.append(f"-{path.name}"),
    )
    receipts = [writer.write(exchange(CHUNKED)) for _ in range(20)]
    names = list(writer.files)
    assert told == [f"+{names[0]}", *(line for a, b in pairwise(names) for line in (f"-{a}", f"+{b}"))]
    paths = writer.close()
    assert told[-1] == f"-{names[-1]}"
    assert [path.name for path in paths] == names == sorted(names)
    assert [name.split("-")[2] for name in names] == [f"{number:05d}" for number in range(len(names))]
    assert len(names) > 2
    found = []
    for path in paths:
        assert path.stat().st_size <= most
        first, *records = check_file(path)
        assert first.notes["operator"] == "someone@example.org"
        assert [one.type for one in records] == ["response", "request", "metadata"] * (len(records) // 3)
        assert len(records) >= 3
        found += [(path.name, one.offset, one["WARC-Record-ID"]) for one in records if one.type == "response"]
    assert found == [(one.warc, one.offset, one.record_id) for one in receipts if one]
    assert writer.close() == paths


def test_a_capture_larger_than_a_file_may_be_gets_its_own(tmp_path: Path) -> None:
    body = Random(1).randbytes(9_000)
    large = exchange(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    writer = WarcWriter(tmp_path, "a", info=INFO, max_bytes=5_000)
    for one in (exchange(), exchange(), large, exchange(), large):
        writer.write(one)
    writer.end([("crawl", "a")])
    kinds = [[one.type for one in check_file(path)][1:] for path in writer.close()]
    pair = ["response", "request"]
    # What closes the run stands in its last file, full or not.
    assert kinds == [[*pair, *pair], pair, pair, [*pair, "metadata"]]


def test_an_old_file_is_followed_by_the_next_when_there_is_something_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    writer = WarcWriter(tmp_path, "a", info=INFO, max_seconds=60)
    now += 70  # nothing is in it that the next could leave behind
    writer.write(exchange())
    writer.write(exchange())
    assert len(writer.files) == 2
    now += 59
    writer.write(exchange())
    assert len(writer.files) == 2
    now += 1
    writer.write(exchange())
    assert len(writer.files) == 3
    assert [len(check_file(path)) for path in writer.close()] == [3, 5, 3]


def test_the_last_record_of_a_run_says_how_it_ended(tmp_path: Path) -> None:
    fields = [("crawl", "20260301040506-beef"), ("run", "20260302040506-cafe"), ("ended", "finished"), ("done", "yes")]
    writer = WarcWriter(tmp_path, "a", info=INFO)
    writer.write(exchange())
    writer.end(fields)
    (path,) = writer.close()
    last = check_file(path)[-1]
    assert (last.type, last["WARC-Target-URI"]) == ("metadata", "urn:kcnacrawl:crawl:20260301040506-beef")
    assert list(last.notes.items()) == fields
    assert writer.records == {"warcinfo": 1, "response": 1, "request": 1, "metadata": 1}


def test_a_file_that_is_written_is_locked(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO, max_bytes=1)
    writer.write(exchange())
    first = writer.path
    assert is_locked(first)
    writer.write(exchange())
    assert not is_locked(tmp_path / writer.files[0])
    assert is_locked(writer.path)
    assert not is_locked(*writer.close()[1:])


def test_a_sync_in_another_thread_meets_no_file_that_is_being_closed(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO, max_bytes=1)
    with ThreadPoolExecutor(2) as pool:
        waiting = []
        for _ in range(60):
            writer.write(exchange())
            waiting += [pool.submit(writer.sync), pool.submit(writer.sync)]
        assert [one.result() for one in waiting] == [None] * 120
    assert len(writer.close()) == 60
