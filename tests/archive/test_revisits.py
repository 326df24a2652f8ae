"""Payloads stored once: revisits of both profiles byte for byte, and what keeps a response from becoming one."""

from __future__ import annotations

import gzip
import shutil
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from kcnacrawl.archive.capture import make_records
from kcnacrawl.archive.dedup import Revisited
from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.originals import RunOriginals, prove
from kcnacrawl.archive.redact import Redaction
from kcnacrawl.archive.writer import WarcWriter
from tests.archive.checklist import check_file, check_originals, raw_records
from tests.archive.nights import BODY, EARLIER, PAGE, UNCHANGED, Night, original
from tests.archive.samples import CHUNKED, DATE, SENT, URL, exchange
from tests.archive.test_records import INFO, digest, record, record_id

REFERS = [f"WARC-Refers-To: {EARLIER.record_id}", f"WARC-Refers-To-Target-URI: {EARLIER.url}",
          f"WARC-Refers-To-Date: {EARLIER.date}"]  # fmt: skip
PROFILE = "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/"


def written(what: Exchange, profile: Any) -> list[bytes]:
    """The records of an exchange that revisits ``EARLIER``."""
    numbers = count(1)
    drafts = make_records(
        what,
        warcinfo_id=INFO,
        redaction=Redaction(),
        new_id=lambda: record_id(next(numbers)),
        plan=lambda *_: Revisited(profile, EARLIER),
    )
    return [draft.head() + b"".join(draft.block) + b"\r\n\r\n" for draft in drafts]


def test_a_payload_stored_before_is_a_head_that_refers() -> None:
    revisit, request = written(exchange(PAGE, ip="192.0.2.7", protocols=("http/1.1",)), "identical-payload-digest")
    head = PAGE.removesuffix(BODY)
    assert revisit == record(
        ["WARC-Type: revisit", f"WARC-Record-ID: {record_id(1)}", f"WARC-Date: {DATE}", f"WARC-Target-URI: {URL}",
         "WARC-IP-Address: 192.0.2.7", "WARC-Protocol: http/1.1", f"WARC-Warcinfo-ID: {INFO}",
         f"{PROFILE}identical-payload-digest", *REFERS, "WARC-Truncated: length",
         f"WARC-Concurrent-To: {record_id(2)}", f"WARC-Block-Digest: {digest(head)}",
         f"WARC-Payload-Digest: {digest(BODY)}", "Content-Type: application/http;msgtype=response"],
        head,
    )  # fmt: skip
    assert b"\r\nWARC-Type: request\r\n" in request
    assert f"\r\nWARC-Concurrent-To: {record_id(1)}\r\n".encode() in request


def test_a_304_is_an_empty_revisit_and_keeps_its_bytes_in_metadata() -> None:
    weak = UNCHANGED.replace(b'"a"', b'W/"a"')
    revisit, request, metadata = written(exchange(weak), "server-not-modified")
    assert revisit == record(
        ["WARC-Type: revisit", f"WARC-Record-ID: {record_id(1)}", f"WARC-Date: {DATE}", f"WARC-Target-URI: {URL}",
         f"WARC-Warcinfo-ID: {INFO}", f"{PROFILE}server-not-modified", *REFERS, 'WARC-Etag: W/"a"',
         "WARC-Last-Modified: Mon, 01 Dec 2025 01:02:03 GMT", f"WARC-Concurrent-To: {record_id(2)}",
         f"WARC-Concurrent-To: {record_id(3)}", f"WARC-Block-Digest: {digest(b'')}",
         f"WARC-Payload-Digest: {digest(BODY)}"],
        b"",
    )  # fmt: skip
    assert SENT in request
    notes = metadata.partition(b"\r\n\r\n")[2]
    assert notes == (
        b"fetchTimeMs: 0\r\nwireFraming: +SFRUUC8xLjEgMzA0IE5vdCBNb2RpZmllZA0KRVRhZzogVy8iYSINClg6IDENCg0K\r\n"
        b"wireLength: %d\r\nwireDigest: %s\r\n\r\n\r\n" % (len(weak), digest(weak).encode())
    )


def test_a_chunked_revisit_says_how_it_was_framed() -> None:
    revisit, _, metadata = written(exchange(CHUNKED), "identical-payload-digest")
    assert b"X-Archive-Orig-transfer-encoding: chunked\r\n" in revisit
    assert b"hello" not in revisit
    assert b"\r\nwireFraming: =17 -15 =34 " in metadata


def test_a_payload_is_stored_once_in_a_run_whatever_the_address(tmp_path: Path) -> None:
    night = Night(tmp_path)
    first = night.fetch()
    again, elsewhere = night.fetch(), night.fetch(url="http://mirror.example/elsewhere")
    assert first.revisit is None
    for receipt in (again, elsewhere):
        assert replace(receipt, revisit=None) == first
        assert receipt.revisit is not None
    path = night.close()
    records = check_file(path)
    assert [one.type for one in records] == ["warcinfo", "response", "request", *["revisit", "request"] * 2]
    places = [(one.offset, one.length, one["WARC-Record-ID"], one["WARC-Date"]) for one in records[3::2]]
    revisits = [receipt.revisit for receipt in (again, elsewhere) if receipt.revisit]
    assert [(one.offset, one.length, one.record_id, one.date) for one in revisits] == places
    assert len(check_originals(path)) == 2


def test_a_payload_is_stored_once_across_runs(tmp_path: Path) -> None:
    first_night = Night(tmp_path)
    first = first_night.fetch()
    one = first_night.close()
    second_night = Night(tmp_path, {first.payload_digest: original(first)})
    receipt = second_night.fetch(day=1)
    two = second_night.close()
    assert (receipt.warc, receipt.offset) == (one.name, first.offset)
    assert receipt.revisit is not None
    assert receipt.revisit.warc == two.name
    for path in (one, two):
        check_file(path)
    ((revisit, _),) = check_originals(one, two)
    assert revisit.block + BODY == PAGE
    assert not [record for record in raw_records(two) if BODY in record.block]


def spoil(path: Path, old: bytes, new: bytes) -> None:
    """Change the first record behind ``warcinfo`` in place; its offset stays, its length need not."""
    records = raw_records(path)
    data = path.read_bytes()
    start, end = records[1].offset, records[1].offset + records[1].length
    text = gzip.decompress(data[start:end])
    assert old in text
    path.write_bytes(data[:start] + gzip.compress(text.replace(old, new)) + data[end:])


SPOILT: dict[str, tuple[bytes, bytes]] = {
    "payload changed": (b"mill", b"hall"),
    "another id": (b"Record-ID: <urn:uuid:", b"Record-ID: <urn:uuid:f"),
    "another date": (b"WARC-Date: 2026", b"WARC-Date: 2025"),
    "another address": (b"mirror.example", b"mirror.invalid"),
    "another type": (b"WARC-Type: response", b"WARC-Type: resource"),
    "another digest": (b"WARC-Payload-Digest: sha256:", b"WARC-Payload-Digest: crc9:"),
    "cut off": (b"WARC-Date", b"WARC-Truncated: time\r\nWARC-Date"),
}
LOST: dict[str, Any] = {
    "file removed": lambda path: path.unlink(),
    "file replaced": lambda path: path.write_bytes(b"something else"),
    "file cut": lambda path: path.write_bytes(path.read_bytes()[:400]),
    **{why: partial(spoil, old=old, new=new) for why, (old, new) in SPOILT.items()},
}


@pytest.mark.parametrize("why", LOST)
def test_an_original_that_is_not_what_it_was_is_stored_anew(tmp_path: Path, why: str) -> None:
    night = Night(tmp_path)
    first = night.fetch()
    path = night.close()
    known = original(first)
    assert prove(known, tmp_path) is not None
    LOST[why](path)
    assert prove(known, tmp_path) is None
    if why in SPOILT:
        known = replace(known, length=raw_records(path)[1].length)
        assert prove(known, tmp_path) is None
    second_night = Night(tmp_path, {first.payload_digest: known})
    assert second_night.fetch().revisit is None
    assert second_night.fetch(UNCHANGED, not_modified=known).revisit is None
    assert [one.type for one in check_file(second_night.close())[1:]] == ["response", "request"] * 2


def test_an_original_that_moved_is_none(tmp_path: Path) -> None:
    night = Night(tmp_path)
    first = original(night.fetch())
    night.close()
    assert prove(replace(first, offset=first.offset + 1), tmp_path) is None
    assert prove(replace(first, length=first.length + 1), tmp_path) is None
    spoil(tmp_path / first.warc, b"WARC-Payload-Digest: sha256:", b"WARC-Payload-Digest: crc9:")
    unknown = first.payload_digest.replace("sha256", "crc9")
    changed = raw_records(tmp_path / first.warc)[1]
    assert prove(replace(first, length=changed.length, payload_digest=unknown), tmp_path) is None
    spoil(tmp_path / first.warc, b"WARC-Payload-Digest: crc9:", b"WARC-Payload-Digest: sha256:")
    first = replace(first, length=raw_records(tmp_path / first.warc)[1].length)
    shutil.move(tmp_path / first.warc, tmp_path / "other.warc.gz")
    assert prove(first, tmp_path) is None
    assert prove(replace(first, warc="other.warc.gz"), tmp_path) is not None


def test_an_index_that_gives_another_payload_is_not_believed(tmp_path: Path) -> None:
    night = Night(tmp_path)
    other = original(night.fetch(PAGE.replace(b"mill", b"farm")))
    second_night = Night(tmp_path, {digest(BODY): other})
    assert second_night.fetch().revisit is None


@pytest.mark.parametrize(("size", "revisits"), [(511, 0), (512, 1)])
def test_small_payloads_are_stored_whole(tmp_path: Path, size: int, revisits: int) -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (size, b"x" * size)
    night = Night(tmp_path)
    first = night.fetch(page)
    assert (night.fetch(page).revisit is not None) == bool(revisits)
    night.close()
    second_night = Night(tmp_path, {first.payload_digest: original(first)})
    assert (second_night.fetch(page).revisit is not None) == bool(revisits)


def test_what_was_cut_is_neither_revisit_nor_original(tmp_path: Path) -> None:
    night = Night(tmp_path)
    short = PAGE.replace(b"Content-Length: ", b"Content-Length: 9")
    for more in ({}, {"cut": "time"}, {"cut": "length"}):
        assert night.fetch(short, **more).revisit is None
    whole = night.fetch()  # the same bytes, and all of them
    assert whole.revisit is None
    assert night.fetch(short).revisit is None
    assert night.fetch(cut="time").revisit is None
    assert check_originals(night.close()) == []
    remembered = night.originals.find(digest(BODY), URL)
    assert remembered is not None
    assert remembered.record_id == whole.record_id


def test_an_answer_to_post_is_no_original(tmp_path: Path) -> None:
    night = Night(tmp_path)
    assert night.fetch(method="POST", sent=SENT.replace(b"GET", b"POST")).revisit is None
    assert night.fetch().revisit is None
    assert night.fetch(method="POST", sent=SENT.replace(b"GET", b"POST")).revisit is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"200 OK", b"404 Not Found"), (b"text/html", b"text/plain"), (b"ETag: \"a\"", b"Content-Encoding: br"),
     (b"ETag: \"a\"", b"Location: /b"), (b"ETag: \"a\"", b"Refresh: 0;/b")],
)  # fmt: skip
def test_what_would_be_shown_differently_is_stored(tmp_path: Path, old: bytes, new: bytes) -> None:
    night = Night(tmp_path)
    night.fetch()
    assert night.fetch(PAGE.replace(old, new)).revisit is None
    assert night.fetch(PAGE.replace(old, new)).revisit is not None
    assert night.fetch(PAGE.replace(b'ETag: "a"', b'Set-Cookie: b=c\r\nETag: "b"')).revisit is None


@pytest.mark.parametrize("status", [b"404 Not Found", b"500 Oh", b"299 Own", b"203 Non-Authoritative Information"])
def test_any_status_but_a_redirect_may_be_a_revisit(tmp_path: Path, status: bytes) -> None:
    night = Night(tmp_path)
    for _ in range(2):
        receipt = night.fetch(PAGE.replace(b"200 OK", status))
    assert receipt.revisit is not None


@pytest.mark.parametrize("status", [b"300 Multiple Choices", b"301 Moved", b"305 Use Proxy", b"308 Moved", b"399 Own"])
def test_redirects_are_stored_whole(tmp_path: Path, status: bytes) -> None:
    page = PAGE.replace(b"200 OK", status + b"\r\nLocation: /b")
    night = Night(tmp_path)
    first = night.fetch(page)
    assert (first.revisit, night.fetch(page).revisit) == (None, None)
    night.close()
    second_night = Night(tmp_path, {first.payload_digest: original(first)})
    assert second_night.fetch(page).revisit is None
    assert [one.type for one in check_file(second_night.close())] == ["warcinfo", "response", "request"]


def test_nothing_refers_to_a_revisit(tmp_path: Path) -> None:
    night = Night(tmp_path)
    receipts = [night.fetch() for _ in range(4)]
    assert {(one.warc, one.offset, one.record_id) for one in receipts} == {
        (receipts[0].warc, receipts[0].offset, receipts[0].record_id)
    }


def test_a_writer_without_originals_stores_everything(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info={"software": "x"})
    first, second = writer.write(exchange(PAGE)), writer.write(exchange(PAGE))
    assert first is not None
    assert second is not None
    assert (first.revisit, second.revisit) == (None, None)


def test_memory_of_own_originals_is_bounded() -> None:
    asked: list[tuple[str, str]] = []
    originals = RunOriginals(lambda *what: asked.append(what), minimum=1, remembered=3)
    for number in range(5):
        originals.add(replace(EARLIER, payload_digest=str(number)))
    originals.add(replace(EARLIER, payload_digest="2"))
    originals.add(replace(EARLIER, payload_digest="5"))
    assert [number for number in range(6) if originals.find(str(number), URL)] == [2, 4, 5]
    assert asked == [(str(number), URL) for number in (0, 1, 3)]
