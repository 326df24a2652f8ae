"""The bytes on the wire, given back and proven; and what is said when they cannot be."""

from __future__ import annotations

import gzip
import io
import re
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.digests import agrees
from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.reader import iter_records, read_record
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.restore import restore
from kcnacrawl.archive.writer import WarcWriter
from tests.archive.checklist import base32_sha1
from tests.archive.samples import CHUNKED, NASTY, PLAIN, SENT, URL, exchange


def record(folder: Path, *exchanges: Exchange) -> list[Record]:
    """The records after warcinfo."""
    writer = WarcWriter(folder, "a", info={"software": "x"})
    for one in exchanges:
        writer.write(one)
    return list(iter_records(writer.close()[0]))[1:]


def test_every_sample_comes_back(tmp_path: Path) -> None:
    records = record(tmp_path, *map(exchange, NASTY.values()))
    restored = [restore(one) for one in records if one.type == "response"]
    assert [one.data for one in restored] == list(NASTY.values())
    assert {(one.flaw, one.redacted) for one in restored} == {(None, ())}


@pytest.mark.parametrize(
    "received",
    [
        b"HTTP/1.1 200 OK\r\nHalf: a he",
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        PLAIN + b"x" * 300_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 6_000 + b"0\r\n\r\n",
    ],
    ids=["half a head", "not HTTP", "much surplus", "many chunks"],
)
def test_what_is_kept_whole_comes_back(tmp_path: Path, received: bytes) -> None:
    records = record(tmp_path, exchange(received), exchange())
    assert restore(records[0]).data == received
    assert restore(records[0]).flaw is None
    resource = next(one for one in records if one.type == "resource")
    assert restore(resource).data == received
    assert restore(resource, request=True).data == SENT


def test_requests_come_back(tmp_path: Path) -> None:
    records = record(tmp_path, exchange(CHUNKED), exchange(sent=SENT[:-2] + b"Cookie: a\r\n\r\n"))
    sent = restore(records[0], request=True)
    assert (sent.data, sent.redacted, sent.flaw) == (SENT, (), None)
    redacted = restore(records[3], request=True)
    assert redacted.data == SENT[:-2] + b"Cookie: [redacted]\r\n\r\n"
    assert (redacted.redacted, redacted.flaw) == (("cookie",), None)
    # Named by its own id, a request record gives the request.
    assert restore(records[1], request=True).data == SENT


def test_redacted_responses_say_what_is_missing(tmp_path: Path) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
    plain = b"HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nContent-Length: 0\r\n\r\n"
    for received in (chunked, plain):
        wire = restore(record(tmp_path, exchange(received, hide_set_cookie=True))[0])
        assert wire.data == received.replace(b": a\r", b": [redacted]\r")
        assert (wire.redacted, wire.flaw) == (("set-cookie",), None)


def test_a_fetch_without_an_answer_has_no_bytes_and_every_record_of_it_says_why(tmp_path: Path) -> None:
    records = record(tmp_path, exchange(b"", error="Connection was refused by other side: 111."), exchange())
    records += record(tmp_path, exchange(b"", sent=b"", error="No such host."))
    failed = [*records[:2], records[-1]]
    assert [one.type for one in failed] == ["request", "metadata", "metadata"]
    for one, why in zip(failed, ["Connection was refused by other side: 111"] * 2 + ["No such host"], strict=True):
        said = f"({one.id}) is a {one.type} record and comes with no bytes received: {why}."
        with pytest.raises(ArchiveError, match=re.escape(said) + "$") as told:
            restore(one)
        assert f"{one.path.name}: the record at {one.offset} (" in str(told.value)
    with pytest.raises(ArchiveError, match=re.escape(f"({records[-1].id}) comes with no request record.")):
        restore(records[-1], request=True)


def test_every_record_of_a_capture_leads_to_its_bytes(tmp_path: Path) -> None:
    records = record(tmp_path, exchange(CHUNKED))
    assert {one.type for one in records} >= {"response", "request", "metadata"}
    for one in records:
        assert (restore(one).data, restore(one).flaw) == (CHUNKED, None)
        assert restore(one, request=True).data == SENT


def test_a_warcinfo_record_has_no_bytes_to_give(tmp_path: Path) -> None:
    one = next(iter_records(record(tmp_path, exchange(CHUNKED))[0].path))
    assert one.type == "warcinfo"
    with pytest.raises(ArchiveError, match=r" is a warcinfo record and comes with no bytes received\.$"):
        restore(one)
    with pytest.raises(ArchiveError, match=r" comes with no request record\.$"):
        restore(one, request=True)


def change(path: Path, old: bytes, new: bytes) -> Path:
    """A copy of a file in which some bytes are different and every gzip member is right."""
    data, members = path.read_bytes(), []
    for one in iter_records(path):
        text = gzip.decompress(data[one.offset : one.offset + one.length])
        members.append(gzip.compress(text.replace(old, new)))
    changed = path.with_name("changed.warc.gz")
    changed.write_bytes(b"".join(members))
    assert gzip.decompress(changed.read_bytes()) != gzip.decompress(data)
    return changed


@pytest.mark.parametrize(
    ("received", "old", "new"),
    [(PLAIN, b"hello", b"jello"), (CHUNKED, b"hello", b"jello"), (CHUNKED, b"NTtuYW1l", b"NTtuYW1m"),
     (CHUNKED, b"wireDigest: sha256:", b"wireDigest: sha256:0"), (CHUNKED, b"\r\nwireDigest: ", b"\r\nwireOther_: ")],
)  # fmt: skip
def test_changed_bytes_are_noticed(tmp_path: Path, received: bytes, old: bytes, new: bytes) -> None:
    first = record(tmp_path, exchange(received))[0]
    changed = change(first.path, old, new)
    response = next(one for one in iter_records(changed) if one.type == "response")
    sentence = f"changed.warc.gz: the record at {response.offset} ({first.id}): the bytes differ from those received, "
    assert restore(response).flaw == sentence + "whose digest was noted."


def test_a_framing_that_does_not_fit_is_a_sentence(tmp_path: Path) -> None:
    first = record(tmp_path, exchange(CHUNKED))[0]
    changed = change(first.path, b"wireFraming: =17", b"wireFraming: =16")
    response = next(one for one in iter_records(changed) if one.type == "response")
    with pytest.raises(ArchiveError, match=r"cannot be turned back into the bytes received: the framing covers"):
        restore(response)


@pytest.mark.parametrize(
    ("block_digest", "flaw"),
    [(None, "has no digest noted at capture, so nothing proves its bytes"), ("good", None),
     ("sha1:" + "A" * 32, "the bytes differ from those received, whose digest was noted"),
     ("crc9:12", "cannot be proven: the digest algorithm 'crc9' is not known")],
)  # fmt: skip
def test_records_of_others(tmp_path: Path, block_digest: str | None, flaw: str | None) -> None:
    path = tmp_path / "theirs.warc.gz"
    block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        headers = StatusAndHeaders("200 OK", [("Transfer-Encoding", "chunked")], protocol="HTTP/1.1")
        body = io.BytesIO(block.partition(b"\r\n\r\n")[2])
        one = writer.create_warc_record(URL, "response", io.BytesIO(body.read()), http_headers=headers)
        writer.write_record(one)
    noted = base32_sha1(block) if block_digest == "good" else block_digest
    line = f"WARC-Block-Digest: {noted}\r\n".encode() if noted else b""
    path.write_bytes(gzip.compress(re.sub(rb"WARC-Block-Digest: .*?\r\n", line, gzip.decompress(path.read_bytes()))))
    wire = restore(read_record(path, 0))
    assert wire.data == block
    assert (wire.flaw is None) == (flaw is None)
    assert flaw is None or flaw in (wire.flaw or "")


@pytest.mark.parametrize(
    ("noted", "right"),
    [("sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N", True), ("sha1:vl2mmho4yxukfwv63yhtwsbm3gxksq2n", True),
     ("SHA-1:aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d", True), ("md5:5d41402abc4b2a76b9719d911017c592", True),
     ("sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", True),
     ("sha256:FTZE3OS7WCRQ4JXIHMVMLOPCTYNRMHS4D6TUEXTTAQZWFE4LTASA====", True),
     ("sha256:FTZE3OS7WCRQ4JXIHMVMLOPCTYNRMHS4D6TUEXTTAQZWFE4LTASA", True), ("sha256:", False), ("sha1:", False)],
)  # fmt: skip
def test_digests_in_all_writings(noted: str, right: bool) -> None:
    assert agrees(noted, b"hello") == right
