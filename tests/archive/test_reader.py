"""Files of ours, files of others, files that are broken: read exactly, or told of in one sentence."""

from __future__ import annotations

import gzip
import io
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from kcnacrawl.archive import ArchiveError, source
from kcnacrawl.archive.ranges import Range, read_records, split
from kcnacrawl.archive.reader import find_file, find_record, iter_records, read_record
from kcnacrawl.archive.record import parse_record, read_fields
from kcnacrawl.archive.stored import stored_response
from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.replica import Replica
from tests.archive.checklist import raw_records
from tests.archive.samples import NASTY, PLAIN, SENT, URL, exchange


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every sample, and bodies that hold gzip members themselves."""
    writer = WarcWriter(tmp_path_factory.mktemp("warc"), "a", info={"software": "kcnacrawl/0"})
    for received in NASTY.values():
        writer.write(exchange(received))
    for size in (10, 1_000, 100_000, 3_000_000):
        body = gzip.compress(random.Random(size).randbytes(size)) * 2
        writer.write(
            exchange(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        )
    return writer.close()[0]


def test_all_records_come_out_as_they_went_in(whole: Path) -> None:
    expected = raw_records(whole)
    found = list(iter_records(whole))
    assert [(one.offset, one.length, one.fields(), bytes(one.block)) for one in found] == [
        (one.offset, one.length, one.fields, one.block) for one in expected
    ]
    for one in expected[:: len(expected) // 7]:
        record = read_record(whole, one.offset)
        assert (record.id, record.length, bytes(record.block)) == (one["WARC-Record-ID"], one.length, one.block)


@pytest.mark.parametrize("size", [100, 5_000, 1_000_000, 10**9])
def test_ranges_are_the_file(whole: Path, size: int) -> None:
    ranges = split(whole, size)
    assert ranges[0][0] == 0
    assert ranges[-1][1] == whole.stat().st_size
    assert all(one[1] == other[0] for one, other in pairwise(ranges))
    assert len(ranges) >= 2 or size > 1_000_000
    assert ids_of(whole, ranges) == [record.id for record in iter_records(whole)]


def ids_of(path: Path, ranges: list[tuple[int, int]]) -> list[str]:
    ids: list[str] = []
    for start, end in ranges:
        assert read_records(Range(path, 0, start, end), lambda record: ids.append(record.id), fail) == end
    return ids


def fail(error: ArchiveError) -> None:
    pytest.fail(str(error))


def test_fields_are_found_in_any_writing() -> None:
    text = (
        b"WARC/1.0\nwarc-type:response\nA: b\n c\nA: d\nno colon\nB:\nContent-Length: 2\nTarget: \xeb\xb6\x81\n\nok\n\n"
    )
    record, end = parse_record(text, path=Path("x"), offset=0)
    assert end == len(text)
    assert (record.type, record.get("a"), record.get_all("A"), record.get("B")) == ("response", "b c", ["b c", "d"], "")
    assert (record.get("Target"), record.get("Target2"), bytes(record.block)) == ("북", None, b"ok")


def test_a_folded_field_is_found() -> None:
    text = b"WARC/1.1\r\nA: b\r\n  c\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    record, _ = parse_record(text, path=Path("x"), offset=0)
    assert record.get("A") == "b c"


def test_a_file_is_found_under_its_open_name(tmp_path: Path, whole: Path) -> None:
    path = tmp_path / "a.warc.gz"
    with pytest.raises(ArchiveError) as caught:
        find_file(path)
    assert str(caught.value) == f"{path} does not exist."
    shutil.copy(whole, tmp_path / "a.warc.gz.open")
    assert find_file(path).name == "a.warc.gz.open"
    assert read_record(path, 0).type == "warcinfo"
    assert len(list(iter_records(path))) == len(raw_records(whole))


def test_a_record_is_found_by_its_id(whole: Path, tmp_path: Path) -> None:
    other = WarcWriter(tmp_path, "b", info={"software": "x"}).close()[0]
    wanted = raw_records(whole)[5]
    for name in (wanted["WARC-Record-ID"], wanted["WARC-Record-ID"].strip("<>")):
        assert find_record([other, whole], name).offset == wanted.offset
    with pytest.raises(ArchiveError, match=r"^No record has the id <urn:uuid:0>\.$"):
        find_record([other, whole], "urn:uuid:0")


BROKEN: dict[str, tuple[Callable[[bytes, list[int]], bytes], str]] = {
    "cut in a member": (lambda data, at: data[: at[4] + 50], "the file ends inside it"),
    "cut in the last bytes": (lambda data, at: data[: at[5] - 2], "the file ends inside it"),
    "zeros at the end": (lambda data, at: data[: at[4]] + bytes(300), "no gzip member begins here"),
    "rubbish that could be a size": (
        lambda data, at: data[: at[4]] + (5_000).to_bytes(4, "little") * 50,
        "no gzip member begins here",
    ),
    "a flipped bit": (lambda data, at: flip(data, at[4] + 60), ""),
    "a wrong checksum": (lambda data, at: flip(data, at[5] - 6), "the CRC-32 of its gzip member is not"),
    "a wrong mark": (lambda data, at: flip(data, at[4]), "no gzip member begins here"),
    "no WARC header": (lambda data, at: data[: at[4]] + gzip.compress(b"hello"), "it does not begin with a whole WARC"),
    "no length": (
        lambda data, at: data[: at[4]] + gzip.compress(b"WARC/1.1\r\nA: b\r\n\r\n"),
        "its header has no Content-Length that is a number",
    ),
    "a short block": (
        lambda data, at: data[: at[4]] + gzip.compress(b"WARC/1.1\r\nContent-Length: 9\r\n\r\nhello"),
        "its block has 5 of 9 bytes",
    ),
    "a long block": (
        lambda data, at: data[: at[4]] + gzip.compress(b"WARC/1.1\r\nContent-Length: 3\r\n\r\nhello\r\n\r\n"),
        "more bytes follow its block",
    ),
}


def flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :]


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("goes_on", [False, True])
def test_a_damaged_record_is_a_sentence(whole: Path, tmp_path: Path, name: str, goes_on: bool) -> None:
    records = raw_records(whole)
    places = [record.offset for record in records]
    damage, why = BROKEN[name]
    path = tmp_path / "broken.warc.gz"
    data = whole.read_bytes()
    broken = damage(data, places)
    rest = data[places[5] : places[9]] if goes_on else b""
    path.write_bytes((broken if len(broken) < len(data) else broken[: places[5]]) + rest)
    with pytest.raises(ArchiveError) as caught:
        list(iter_records(path))
    sentence = str(caught.value)
    assert sentence.startswith(f"{path}: the record at {places[4]} is damaged: ")
    assert why in sentence or goes_on
    damages: list[ArchiveError] = []
    found = [record.id for record in iter_records(path, on_damage=damages.append)]
    ids = [record["WARC-Record-ID"] for record in records]
    assert found == ids[:4] + (ids[5:9] if goes_on else [])
    assert [str(error) for error in damages] == [sentence]
    with pytest.raises(ArchiveError, match=rf"( is damaged: |no record begins at {places[4]}\.)"):
        read_record(path, places[4])


def test_every_cut_gives_the_records_before_it(whole: Path, tmp_path: Path) -> None:
    records = raw_records(whole)[:8]
    data = whole.read_bytes()[: records[-1].offset]
    path = tmp_path / "cut.warc.gz"
    ends = [record.offset for record in records]
    for size in range(1, len(data), 3):
        path.write_bytes(data[:size])
        damages: list[ArchiveError] = []
        found = list(iter_records(path, on_damage=damages.append))
        assert len(found) == sum(end <= size for end in ends[1:])
        assert bool(damages) == (size not in ends)
        assert all(
            str(error).startswith(f"{path}: the record at {found[-1].offset + found[-1].length if found else 0} ")
            for error in damages
        )


@pytest.mark.parametrize("offset", [-1, 10**9])
def test_an_offset_outside_the_file_is_a_sentence(whole: Path, offset: int) -> None:
    with pytest.raises(ArchiveError, match=rf" bytes; no record begins at {offset}\.$"):
        read_record(whole, offset)


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_RECORD", 1 << 24)
    path = tmp_path / "bomb.warc.gz"
    path.write_bytes(gzip.compress(b"WARC/1.1\r\nContent-Length: 99999999\r\n\r\n" + bytes(1 << 27), 1))
    with pytest.raises(ArchiveError, match=r"the record at 0 is damaged: it is larger than 16777216 bytes\.$"):
        list(iter_records(path))


def test_files_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"")
    assert list(iter_records(path)) == []
    path.write_bytes(b"hello world\n" * 20)
    with pytest.raises(ArchiveError, match=rf"^{re.escape(str(path))} is not a WARC file, or is damaged near 0: "):
        list(iter_records(path))
    with pytest.raises(ArchiveError, match="is a folder; name a file"):
        list(iter_records(tmp_path))


@pytest.mark.parametrize("packing", ["none", "one member", "two members"])
def test_other_packings_are_read(whole: Path, tmp_path: Path, packing: str) -> None:
    plain = gzip.decompress(whole.read_bytes())
    middle = plain.find(b"WARC/1.1\r\nWARC-Type: request")
    path = tmp_path / "a.warc"
    path.write_bytes(
        {
            "none": lambda: plain,
            "one member": lambda: gzip.compress(plain, 1),
            "two members": lambda: gzip.compress(plain[:middle], 1) + gzip.compress(plain[middle:], 1),
        }[packing]()
    )
    expected = raw_records(whole)
    found = list(iter_records(path))
    assert [(one.fields(), bytes(one.block)) for one in found] == [(one.fields, one.block) for one in expected]
    if packing == "none":
        for one in found:
            assert read_record(path, one.offset).id == one.id
        assert len(split(path, 100_000)) >= 3
        assert ids_of(path, split(path, 100_000)) == [one.id for one in found]


def test_a_plain_file_that_is_cut_is_a_sentence(whole: Path, tmp_path: Path) -> None:
    plain = gzip.decompress(whole.read_bytes())
    path = tmp_path / "a.warc"
    path.write_bytes(plain[: plain.index(b"hello") + 2])
    with pytest.raises(ArchiveError, match=r"is damaged: its block has \d+ of \d+ bytes\.$"):
        list(iter_records(path))


def test_warcio_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "theirs.warc.gz"
    body = b"5\r\nhello\r\n0\r\n\r\n"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        headers = StatusAndHeaders("200 OK", [("Transfer-Encoding", "chunked")], protocol="HTTP/1.1")
        writer.write_record(writer.create_warcinfo_record("a", {"software": "warcio"}))
        writer.write_record(writer.create_warc_record(URL, "response", io.BytesIO(body), http_headers=headers))
    info, response = iter_records(path)
    assert info.type == "warcinfo"
    stored = stored_response(response)
    assert stored is not None
    assert (stored.status, stored.body, response.uri) == (200, b"hello", URL)


def test_wget_files_are_read(tmp_path: Path) -> None:
    with Replica(articles=20, chunked=True) as site:
        paths = list(site.paths())[:5]
        for version in ([], ["--no-warc-compression"]):
            options = ["-q", "-O", "/dev/null", f"--warc-file={tmp_path / 'theirs'}", *version]
            subprocess.run(["wget", *options, *(site.url + path for path in paths)], check=True)
        asked = [site.url + path for path in paths]
    for name in ("theirs.warc.gz", "theirs.warc"):
        responses = [record for record in iter_records(tmp_path / name) if record.type == "response"]
        assert [record.uri for record in responses] == asked
        for record in responses:
            stored = stored_response(record)
            assert stored is not None
            assert stored.body.rstrip().endswith(b"</html>")
            assert read_record(record.path, record.offset).id == record.id


def test_brotli_stays_coded(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info={"software": "x"})
    body = b"\x0b\x02\x80hello\x03"
    writer.write(
        exchange(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    )
    stored = stored_response(list(iter_records(writer.close()[0]))[1])
    assert stored is not None
    assert (stored.body, stored.header("content-encoding")) == (body, "br")


def test_headers_are_chosen_as_browsers_do(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info={"software": "x"})
    head = (
        b"HTTP/1.1 200 OK\nContent-Type: text/plain\nCONTENT-TYPE :\n text/html;\n\tcharset=\xe9\nContent-Length: 0\n\n"
    )
    writer.write(exchange(head, sent=SENT))
    stored = stored_response(list(iter_records(writer.close()[0]))[1])
    assert stored is not None
    assert stored.header("content-type") == "text/html; charset=é"
    assert stored.headers("content-type")[0] == "text/plain"
    assert stored.header("content-encoding") == ""
    assert PLAIN.startswith(b"HTTP")


def test_fields_of_a_block_end_with_their_line_and_nowhere_else() -> None:
    block = 'arguments: {"query": "쌀\u2028 값\x85"}\r\nno field\r\ncrawl:  a \r\n'.encode()
    assert read_fields(block) == {"arguments": '{"query": "쌀\u2028 값\x85"}', "crawl": "a"}
