"""What an index keeps of a record: the same when it is written and when it is read back, and true either way."""

from __future__ import annotations

import gzip
import hashlib
import re
from itertools import islice
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.entries import Entry, entries
from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.replica.answer import RawAnswer
from kcnacrawl.replica.bad import BAD, Sample
from tests.archive.checklist import raw_records
from tests.archive.conftest import Recorded
from tests.archive.nights import PAGE, UNCHANGED, Night, original
from tests.archive.samples import DATE, PLAIN, SENT, URL, exchange
from tests.archive.test_writer import all_kinds

INFO = {"software": "kcnacrawl/0"}
SENT_BY_POST = SENT.replace(b"GET", b"POST") + b"a=b"

HEADS = {
    "everything": (
        b'content-TYPE: Text/HTML; charset=x\r\nETag: W/"a"\r\nLast-Modified: Mon, 01 Dec 2025 01:02:03 GMT\r\n'
    ),
    "nothing": b"X: a\r\n",
    "twice": b"Content-Type: text/plain\r\nContent-Type: text/html\r\nETag: a\r\nETag: b\r\n",
    "names that only begin so": b"Content-Type: text/html\r\nContent-Type-Of: a/b\r\nETags: x\r\n",
    "folded": b"Content-Type: text/html;\r\n  charset=x\r\nETag:\r\n\ta\r\n",
    "space before the colon": b"Content-Type : text/html\r\nETag\t: a\r\n",
    "empty": b"Content-Type:\r\nETag: \r\nLast-Modified:\r\n",
    "Latin-1": b"ETag: \xe9\r\nContent-Type: \xe9/x\r\n",
    "in the body": b"\r\nETag: a\r\n",
}


def sha256(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def bad_routes() -> list[Exchange]:
    """What each misbehaving route of the replica sends, as far as it ends."""
    answers = {name: bad.answer(Sample(b"<p>A mill was visited.</p>", f"/bad/{name}")) for name, bad in BAD.items()}
    return [
        exchange(b"".join(step for step in islice(answer.steps, 40) if isinstance(step, bytes)))
        for answer in answers.values()
        if isinstance(answer, RawAnswer)
    ]


def odd() -> list[Exchange]:
    return [
        *bad_routes(),
        *all_kinds(),
        *(exchange(b"HTTP/1.1 200 OK\r\n%s\r\nhello" % head) for head in HEADS.values()),
        exchange(sent=SENT_BY_POST, method="POST"),
        exchange(b"nonsense", sent=SENT_BY_POST, method="POST"),
        exchange(b"HTTP/1.1 304 Not Modified\r\nETag: a\r\n\r\n"),
        exchange(sent=b"\x16\x03 not a method"),
    ]


def test_written_and_read_are_equal(tmp_path: Path, recorded: Recorded) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO, max_bytes=200_000)
    for one in [*recorded.exchanges, *odd()]:
        writer.write(one)
    writer.end([("crawl", "20260301040506-beef")])
    written = writer.take_entries()
    paths = writer.close()
    assert len(paths) > 2
    assert [entry for path in paths for entry in entries(path)] == written
    assert {entry.kind for entry in written} == {"response", "resource"}
    assert {entry.method for entry in written} == {"GET", "POST"}
    assert {entry.whole for entry in written} == {True, False}
    assert writer.take_entries() == []


def test_revisits_are_equal_and_tell_their_original(tmp_path: Path) -> None:
    night = Night(tmp_path)
    first = night.fetch(day=0)
    night.fetch(day=1)
    night.fetch(UNCHANGED, day=2, not_modified=original(first))
    written = night.writer.take_entries()
    assert list(entries(night.close())) == written
    stored, same, unmodified = written
    assert [entry.kind for entry in written] == ["response", "revisit", "revisit"]
    assert [entry.profile for entry in written] == [None, "identical-payload-digest", "server-not-modified"]
    assert [entry.refers_to for entry in written] == [None, first.record_id, first.record_id]
    assert (stored.payload_size, same.payload_size, unmodified.payload_size) == (
        len(PAGE.partition(b"\r\n\r\n")[2]),
        0,
        0,
    )
    assert {entry.payload_digest for entry in written} == {first.payload_digest}
    assert (same.status, same.mime, same.etag, same.whole) == (200, "text/html", '"a"', True)
    assert (unmodified.status, unmodified.mime, unmodified.etag, unmodified.whole) == (None, None, None, True)


def one_entry(folder: Path, what: Exchange) -> Entry:
    writer = WarcWriter(folder, "a", info=INFO)
    writer.write(what)
    (entry,) = writer.take_entries()
    writer.close()
    return entry


def test_an_entry_says_what_the_file_says(tmp_path: Path) -> None:
    received = b"HTTP/1.1 404 No\r\n%sContent-Length: 5\r\n\r\nhello" % HEADS["everything"]
    writer = WarcWriter(tmp_path, "a", info=INFO)
    writer.write(exchange())
    receipt = writer.write(exchange(received))
    entry = writer.take_entries()[-1]
    (path,) = writer.close()
    assert receipt is not None
    response = raw_records(path)[3]
    assert entry == Entry(
        warc=path.name,
        offset=response.offset,
        length=response.length,
        record_id=receipt.record_id,
        kind="response",
        profile=None,
        url=URL,
        date=DATE,
        method="GET",
        status=404,
        mime="text/html",
        payload_digest=sha256(b"hello"),
        payload_size=5,
        whole=True,
        etag='W/"a"',
        last_modified="Mon, 01 Dec 2025 01:02:03 GMT",
        refers_to=None,
    )


@pytest.mark.parametrize(
    ("name", "mime", "etag"),
    [
        ("nothing", None, None),
        ("twice", "text/html", "b"),
        ("names that only begin so", "text/html", None),
        ("folded", "text/html", "a"),
        ("space before the colon", "text/html", "a"),
        ("empty", None, None),
        ("Latin-1", "é/x", "é"),
        ("in the body", None, None),
    ],
)
def test_headers_are_read_as_browsers_read_them(tmp_path: Path, name: str, mime: str | None, etag: str | None) -> None:
    entry = one_entry(tmp_path, exchange(b"HTTP/1.1 200 OK\r\n%s\r\nhello" % HEADS[name]))
    assert (entry.mime, entry.etag, entry.last_modified) == (mime, etag, None)


@pytest.mark.parametrize("cut", ["time", "length", "disconnect"])
def test_a_response_that_was_cut_off_is_not_whole(tmp_path: Path, cut: str) -> None:
    assert not one_entry(tmp_path, exchange(PLAIN, cut=cut)).whole


def test_bytes_that_are_no_response_have_an_entry_without_status(tmp_path: Path) -> None:
    entry = one_entry(tmp_path, exchange(b"nonsense"))
    assert (entry.kind, entry.url, entry.status) == ("resource", f"urn:wire:{URL}", None)
    assert (entry.mime, entry.payload_size) == ("application/octet-stream", 8)


def test_responses_are_those_that_are_in_the_file_and_that_fastwarc_sees(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO)
    for one in odd():
        if len(one.received) < 1 << 16:  # it reads no longer heads
            writer.write(one)
    ours = [entry for entry in writer.take_entries() if entry.kind == "response"]
    (path,) = writer.close()
    bodies = [re.split(rb"\n\r?\n", one.block, maxsplit=1)[1] for one in raw_records(path) if one.type == "response"]
    assert [(entry.payload_size, entry.payload_digest) for entry in ours] == [
        (len(body), sha256(body)) for body in bodies
    ]
    theirs = list(ArchiveIterator(str(path), record_types=WarcRecordType.response, parse_http=False))
    assert [entry.offset for entry in ours] == [record.stream_pos for record in theirs]
    for entry, record in zip(ours, ArchiveIterator(str(path), record_types=WarcRecordType.response), strict=True):
        assert record.http_headers is not None
        assert (entry.record_id, entry.url) == (record.headers["WARC-Record-ID"], record.headers["WARC-Target-URI"])
        assert entry.status == record.http_headers.status_code


def test_reading_begins_where_it_is_told(recorded: Recorded) -> None:
    everything = list(entries(recorded.path))
    third = everything[2]
    assert list(entries(recorded.path, third.offset)) == everything[2:]


def test_damage_is_told_and_the_rest_is_read(tmp_path: Path, recorded: Recorded) -> None:
    everything = list(entries(recorded.path))
    data = bytearray(recorded.path.read_bytes())
    broken = everything[3]
    data[broken.offset + broken.length // 2 :][:1] = b""
    data[broken.offset + broken.length // 2] ^= 0xFF
    path = tmp_path / recorded.path.name
    path.write_bytes(data)
    damages: list[ArchiveError] = []
    assert list(entries(path, on_damage=damages.append)) == everything[:3] + everything[4:]
    assert len(damages) == 1
    assert str(damages[0]).startswith(f"{path}: the record at {broken.offset} is damaged: ")
    with pytest.raises(ArchiveError, match=f"the record at {broken.offset} is damaged"):
        list(entries(path))


def test_a_file_without_places_is_refused(tmp_path: Path, recorded: Recorded) -> None:
    path = tmp_path / "one-member.warc.gz"
    path.write_bytes(gzip.compress(gzip.decompress(recorded.path.read_bytes())))
    sentence = f"{path} is no WARC file with a gzip member for each record; nothing can point into it."
    with pytest.raises(ArchiveError, match=f"^{re.escape(sentence)}$"):
        list(entries(path))
    damages: list[ArchiveError] = []
    assert list(entries(path, on_damage=damages.append)) == []
    assert [str(damage) for damage in damages] == [sentence]


def test_other_programs_may_write_the_request_first(tmp_path: Path) -> None:
    blocks = {"request": b"POST / HTTP/1.1\r\n\r\n", "response": PLAIN, "dns": b"a. 1 IN A 192.0.2.1\n"}
    ids = {name: f"<urn:uuid:00000000-0000-4000-8000-00000000000{n}>" for n, name in enumerate(blocks)}

    def record(name: str, kind: str, content_type: str, *more: str) -> bytes:
        lines = ["WARC/1.0", f"warc-type: {kind}", f"WARC-Record-ID: {ids[name]}", "WARC-Date: 2020-01-02T03:04:05Z"]
        lines += [f"WARC-Target-URI: <http://a.example/{name}>", f"Content-Type: {content_type}", *more]
        lines.append(f"Content-Length: {len(blocks[name])}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + blocks[name] + b"\r\n\r\n"

    path = tmp_path / "other.warc"
    path.write_bytes(
        record("request", "request", "application/http;msgtype=request")
        + record("response", "response", "application/http", f"WARC-Concurrent-To: {ids['request'].upper()}")
        + record("dns", "response", "text/dns; a=b")
    )
    response, dns = entries(path)
    assert (response.method, response.status, response.url) == ("POST", 200, "http://a.example/response")
    assert (dns.method, dns.status, dns.mime, dns.payload_size) == ("GET", None, "text/dns", len(blocks["dns"]))
    assert (dns.date, dns.payload_digest, dns.whole) == ("2020-01-02T03:04:05Z", None, True)
    assert path.read_bytes()[dns.offset :][: dns.length].endswith(blocks["dns"] + b"\r\n\r\n")
