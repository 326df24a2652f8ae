"""A file as the writer leaves it: every rule of WARC/1.1, and what other programs read in it."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastWarcIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.files import WarcFile, warc_name
from kcnacrawl.archive.members import STREAM_FROM
from kcnacrawl.archive.redact import Redaction
from kcnacrawl.archive.writer import WarcWriter
from tests.archive.checklist import check_file, raw_records
from tests.archive.samples import CHUNKED, NASTY, PLAIN, SENT, URL, exchange

INFO = {"software": "kcnacrawl/0", "operator": "someone@example.org", "command-line": "scrapy crawl kcnawatch"}


def record(folder: Path, *exchanges: Exchange, level: int = 4) -> Path:
    writer = WarcWriter(folder, "kcnawatch", info=INFO, level=level)
    for one in exchanges:
        writer.write(one)
    return writer.close()[0]


def all_kinds() -> list[Exchange]:
    """Every sample whole and cut in the middle, and failures of all kinds."""
    facts: dict[str, Any] = {
        "ip": "2001:db8::1",
        "protocols": ("http/1.1", "tls/1.3"),
        "cipher": "TLS_AES_128_GCM_SHA256",
    }
    whole = [exchange(received, **facts) for received in NASTY.values()]
    cut = [exchange(received[: len(received) // 2], cut="time", error="Too slow.") for received in NASTY.values()]
    return [
        *whole,
        *cut,
        exchange(b"", sent=b"", error="The name does not resolve."),
        exchange(b"", error="The connection was closed."),
        exchange(b"SSH-2.0-OpenSSH_9.2p1\r\n", ip="192.0.2.1"),
        exchange(PLAIN + b"x" * 300_000),
        exchange(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 6_000 + b"0\r\n\r\n"),
        exchange(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\n\r\n", hide_set_cookie=True),
        exchange(sent=SENT[:-2] + b"Cookie: a=b\r\n\r\n", url="http://u:p@mirror.example/newstream/1-2/", hops="LRR"),
        exchange(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", method="HEAD", attempt=2),
    ]


def test_every_rule_holds_for_every_kind_of_exchange(tmp_path: Path) -> None:
    exchanges = all_kinds()
    records = check_file(record(tmp_path, *exchanges))
    assert [
        kind
        for kind in ("warcinfo", "response", "request", "resource", "metadata")
        if kind in {r.type for r in records}
    ]
    assert sum(r.type == "request" for r in records) == len([one for one in exchanges if one.sent])


def test_file_is_open_until_it_is_closed(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path / "new" / "folder", "kcnawatch", info=INFO)
    writer.write(exchange())
    assert writer.path.name.endswith(".warc.gz.open")
    assert len(raw_records(writer.path)) == 3
    (path,) = writer.close()
    assert [path] == list((tmp_path / "new" / "folder").iterdir())
    assert re.fullmatch(r"kcnawatch-20\d{12}-00000-[A-Za-z0-9_.-]+\.warc\.gz", path.name)


def test_warcinfo_says_who_how_and_in_which_format(tmp_path: Path) -> None:
    info = raw_records(record(tmp_path))[0].notes
    assert info == {
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        **INFO,
    }


def test_the_receipt_leads_to_the_response(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "kcnawatch", info=INFO)
    writer.write(exchange(CHUNKED))
    receipt = writer.write(exchange(PLAIN))
    assert receipt is not None
    (path,) = writer.close()
    member = path.read_bytes()[receipt.offset :][: receipt.length]
    found = next(one for one in raw_records(path) if one.offset == receipt.offset)
    assert gzip.decompress(member).endswith(PLAIN + b"\r\n\r\n")
    assert receipt.warc == path.name
    assert (receipt.record_id, receipt.date) == (found["WARC-Record-ID"], found["WARC-Date"])
    assert (receipt.payload_digest, receipt.length) == (found["WARC-Payload-Digest"], found.length)


@pytest.mark.parametrize("received", [b"", b"HTTP/1.1 200", b"nonsense"])
@pytest.mark.parametrize("sent", [b"", SENT])
def test_there_is_no_receipt_without_a_response(tmp_path: Path, received: bytes, sent: bytes) -> None:
    writer = WarcWriter(tmp_path, "kcnawatch", info=INFO)
    assert writer.write(exchange(received, sent=sent)) is None
    expected = {"warcinfo": 1, "metadata": 1, "request": bool(sent), "resource": bool(received)}
    assert writer.records == {kind: count for kind, count in expected.items() if count}
    writer.close()


def test_the_name_of_a_file_that_was_removed_is_not_given_again(tmp_path: Path) -> None:
    instant = datetime(2026, 3, 1, tzinfo=UTC)
    first = WarcFile(tmp_path, "a", instant).close()
    first.unlink()
    assert WarcFile(tmp_path, "a", instant, was_taken={first.name}.__contains__).serial == 1
    assert list(tmp_path.iterdir()) == [tmp_path / f"{first.name.replace('-00000-', '-00001-')}.open"]


def test_runs_of_the_same_second_do_not_collide(tmp_path: Path) -> None:
    instant = datetime(2026, 3, 1, tzinfo=UTC)
    first, second = (WarcFile(tmp_path, "a", instant) for _ in range(2))
    closed = first.close()
    third = WarcFile(tmp_path, "a", instant)
    assert [first.serial, second.serial, third.serial] == [0, 1, 2]
    names = [closed.name, second.name, third.name]
    assert [name.split("-")[2] for name in names] == ["00000", "00001", "00002"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        closed.name,
        f"{second.name}.open",
        f"{third.name}.open",
    ]


def test_names_hold_nothing_odd() -> None:
    name = warc_name("a/b 북", datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC), 7, "host.example")
    assert name == "a_b_-20260301040506-00007-host.example.warc.gz"


@pytest.mark.parametrize("level", [0, 13, -1])
def test_a_level_that_does_not_exist_is_refused(tmp_path: Path, level: int) -> None:
    with pytest.raises(ArchiveError, match=rf"^The WARC compression level is {level}; it must be between 1 and 12\.$"):
        WarcWriter(tmp_path, "kcnawatch", info=INFO, level=level)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("level", [1, 4, 12])
@pytest.mark.parametrize("coding", [b"", b"Content-Encoding: gzip\r\n"])
def test_large_bodies_come_out_whole(tmp_path: Path, level: int, coding: bytes) -> None:
    body = b"".join(b"%d " % number for number in range(400_000))
    assert len(body) > 2 * STREAM_FROM
    received = b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (coding, len(body), body)
    path = record(tmp_path, exchange(received), exchange(), level=level)
    records = check_file(path)
    assert records[1].block == received
    assert records[1].length < len(body) / 2
    assert records[3].block == PLAIN


def test_compressed_bodies_are_not_worked_on_again(tmp_path: Path) -> None:
    words = [b"%d" % number for number in range(100, 1_100)]
    text = b" ".join(Random(1).choices(words, k=20_000))
    body = gzip.compress(text)
    lengths = []
    for header in (b"Content-Encoding: gzip\r\n", b"Content-Type: image/png\r\n", b""):
        received = b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (header, len(text), text)
        lengths.append(raw_records(record(tmp_path, exchange(received), level=12))[1].length)
    # The text stands for a compressed body: a lower level shows.
    assert lengths[0] > 1.05 * lengths[2]
    assert lengths[1] > 1.05 * lengths[2]
    received = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    assert raw_records(record(tmp_path, exchange(received)))[1].block == received


def test_warcio_reads_every_record(tmp_path: Path) -> None:
    path = record(tmp_path, *all_kinds())
    ours = raw_records(path)
    with path.open("rb") as file:
        theirs = [
            (one.rec_headers.headers, one.raw_stream.read()) for one in WarcioIterator(file, no_record_parse=True)
        ]
    assert theirs == [(one.fields, one.block) for one in ours]


def test_warcio_checks_the_digests_of_normal_responses(tmp_path: Path) -> None:
    good = [exchange(NASTY[name]) for name in ("plain", "chunked", "until close", "surplus", "no content", "folded")]
    path = record(tmp_path, *good)
    checked = 0
    with path.open("rb") as file:
        for one in WarcioIterator(file, check_digests=True):
            one.raw_stream.read()
            assert one.digest_checker.passed is not False, (one.rec_headers.headers, one.digest_checker.problems)
            checked += one.digest_checker.passed is True
    assert checked == 1 + 2 * len(good) + 4  # these need a metadata record


def test_fastwarc_reads_every_record_and_agrees_with_the_digests(tmp_path: Path) -> None:
    path = record(tmp_path, *all_kinds())
    ours = raw_records(path)
    theirs = list(FastWarcIterator(str(path), parse_http=False, func_filter=None))
    assert [one.stream_pos for one in theirs] == [one.offset for one in ours]
    seen = []
    for one in FastWarcIterator(str(path), parse_http=False):
        assert one.verify_block_digest()
        seen.append((list(one.headers.items()), one.reader.read()))
    assert seen == [(one.fields, one.block) for one in ours]


@pytest.mark.parametrize("most", [1, 7, 100_000])
def test_writes_that_come_up_short_are_taken_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(os, "writev", lambda descriptor, pieces: os.write(descriptor, bytes(pieces[0])[:most]))
    records = check_file(record(tmp_path, exchange(CHUNKED), exchange()))
    assert [one.type for one in records] == ["warcinfo", *["response", "request", "metadata"], *["response", "request"]]


def test_a_record_of_very_many_pieces_is_written(tmp_path: Path) -> None:
    file = WarcFile(tmp_path, "a", datetime(2026, 3, 1, tzinfo=UTC))
    pieces = [[b"%d " % number for number in range(5_000)], [b"end"]]
    assert file.write(pieces) == [len(b"".join(pieces[0])), 3]
    assert file.close().read_bytes() == b"".join(pieces[0]) + b"end"


def test_settings_of_redaction_reach_the_file(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO, redaction=Redaction(keep_request_secrets=True))
    writer.write(exchange(sent=b"GET / HTTP/1.1\r\nCookie: kept\r\n\r\n"))
    assert b"Cookie: kept" in raw_records(*writer.close())[2].block


def test_a_member_is_what_zlib_reads(tmp_path: Path) -> None:
    data = record(tmp_path, exchange()).read_bytes()
    count = 0
    while data:
        stream = zlib.decompressobj(31)
        stream.decompress(data)
        data = stream.unused_data
        count += 1
    assert count == 3


def test_the_address_is_that_of_the_page(tmp_path: Path) -> None:
    assert [one.get("WARC-Target-URI") for one in raw_records(record(tmp_path, exchange()))] == [None, URL, URL]
