"""Look-ups in an index give what reading it from end to end would give."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.cdxj import find, find_prefix, sorted_lines, write_zipnum
from kcnacrawl.archive.cdxj.lookup import Line, lower_bound, parse_line
from kcnacrawl.archive.cdxj.zipnum import write_summary
from tests.cdxj.reference import record, reference, write


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    dice = random.Random(1)
    pages = [
        record(url=f"http://{dice.choice('ab')}.kp/{dice.randrange(40)}", date=f"2026-03-01T04:05:{number % 60:02d}Z")
        for number in range(400)
    ]
    path = write(tmp_path_factory.mktemp("find") / "a.warc.gz", pages)
    return list(sorted_lines([path]))


@pytest.fixture(params=["plain", 1, 7, 400, 3000])
def index(request: pytest.FixtureRequest, lines: list[bytes], tmp_path: Path) -> Path:
    """A plain index, or ZipNum with so many lines in a block."""
    if request.param == "plain":
        (tmp_path / "index.cdxj").write_bytes(b"".join(lines))
        return tmp_path / "index.cdxj"
    with (tmp_path / "index.cdx.gz").open("wb") as data, (tmp_path / "index.idx").open("wb") as idx:
        write_zipnum(lines, data, idx, block_lines=request.param)
    return tmp_path / "index.idx"


def test_every_address_and_prefix_is_found(index: Path, lines: list[bytes]) -> None:
    parsed = [parse_line(line) for line in lines]
    for prefix in ("", "kp,", "kp,a)/", "kp,a)/1", "kp,b)/39 ", "kp,b)/39 20260301040559", "kp,c", "a", "~"):
        assert list(find_prefix(index, prefix)) == [
            line for line in parsed if f"{line.key} {line.timestamp}".startswith(prefix)
        ]
    for url in {line.fields["url"] for line in parsed} | {"http://a.kp/4000", "http://0.kp/", "http://z.kp/"}:
        assert list(find(index, url)) == [line for line in parsed if line.fields["url"] == url]


def test_a_line_is_taken_apart(index: Path, lines: list[bytes]) -> None:
    first = next(find(index, "HTTP://WWW.A.kp:80/1/"))
    assert isinstance(first, Line)
    assert first.key == "kp,a)/1"
    assert first.fields["filename"] == "a.warc.gz"
    assert first.timestamp.startswith("20260301")


@given(
    st.lists(st.binary(max_size=3).map(lambda line: line.replace(b"\n", b"") + b"\n")),
    st.binary(max_size=3),
    st.integers(1, 20),
    st.booleans(),
)
def test_lower_bound(some: list[bytes], wanted: bytes, near: int, skip: bool) -> None:
    some.sort()
    if skip:
        some.insert(0, b"\xff" * 9 + b"\n")  # before the start, in no order
    expected = len(b"".join(line for line in some if line < wanted or (skip and line is some[0])))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kcnacrawl.archive.cdxj.lookup.NEAR", near)
        assert lower_bound(BytesIO(b"".join(some)), wanted, len(some[0]) if skip else 0) == expected


def test_nothing_is_found_in_an_empty_index(tmp_path: Path) -> None:
    (tmp_path / "index.cdxj").touch()
    assert list(find(tmp_path / "index.cdxj", "http://a.kp/")) == []
    with (tmp_path / "index.cdx.gz").open("wb") as data, (tmp_path / "index.idx").open("wb") as idx:
        write_zipnum([], data, idx)
    assert list(find(tmp_path / "index.idx", "http://a.kp/")) == []


@pytest.mark.parametrize("name", ["index.cdxj", "index.idx"])
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveError, match=name):
        list(find(tmp_path / name, "http://a.kp/"))
    (tmp_path / name).write_bytes(b"kp,a)/ nonsense\n")
    with pytest.raises(ArchiveError, match=f"{name} cannot be read"):
        list(find(tmp_path / name, "http://a.kp/"))


def blocks_of(lines: list[bytes], size: int) -> tuple[bytes, list[bytes]]:
    data, idx = BytesIO(), BytesIO()
    write_zipnum(lines, data, idx, name="my.cdx.gz", block_lines=size)
    return data.getvalue(), idx.getvalue().splitlines(keepends=True)


def test_blocks_are_where_their_list_says(lines: list[bytes]) -> None:
    data, (meta, *places) = blocks_of(lines, 30)
    assert meta == b'!meta 0 {"format": "cdxj-gzip-1.0", "filename": "my.cdx.gz"}\n'
    end = 0
    for number, place in enumerate(places):
        key, _, text = place.partition(b" {")
        block = lines[number * 30 :][:30]
        said = json.loads(b"{" + text)
        member = data[said["offset"] :][: said["length"]]
        assert list(said) == ["offset", "length", "digest"]
        assert gzip.decompress(member) == b"".join(block)
        assert block[0].startswith(key + b" {")
        assert said["offset"] == end
        assert said["digest"] == "sha256:" + hashlib.sha256(member).hexdigest()
        end += said["length"]
    assert end == len(data)
    assert gzip.decompress(data) == b"".join(lines)


def test_blocks_are_those_of_the_reference_but_for_their_compression(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", [record(url=f"http://a.kp/{number}") for number in range(20)])
    out = BytesIO()
    listed = reference([path], compress=out, data_out_name="my.cdx.gz", lines=6, digest_records=True)
    data, (meta, *places) = blocks_of(list(sorted_lines([path])), 6)
    assert meta == listed[0]
    for ours, theirs in zip(places, listed[1:], strict=True):
        assert ours.partition(b" {")[0] == theirs.partition(b" {")[0]
        assert json.loads(ours[ours.index(b"{") :]).keys() == json.loads(theirs[theirs.index(b"{") :]).keys()
    assert strip(gzip.decompress(out.getvalue())) == strip(gzip.decompress(data))


def strip(index: bytes) -> list[bytes]:
    """Lines without the digest of the record, which the reference adds when it is to digest blocks."""
    return [line.partition(b', "recordDigest"')[0].rstrip(b"}\n") for line in index.splitlines()]


def test_the_list_as_pywb_reads_it(lines: list[bytes]) -> None:
    data, summary, loc = BytesIO(), BytesIO(), BytesIO()
    blocks = write_zipnum(lines, data, BytesIO(), block_lines=150)
    write_summary(blocks, "index.cdx.gz", summary, loc)
    rows = [row.split(b"\t") for row in summary.getvalue().splitlines()]
    assert [len(row) for row in rows] == [5, 5, 5]
    assert [row[4] for row in rows] == [b"1", b"2", b"3"]
    for row, first in zip(rows, lines[::150], strict=True):
        assert first.startswith(row[0] + b" {")
        assert gzip.decompress(data.getvalue()[int(row[2]) :][: int(row[3])]).startswith(first)
    assert loc.getvalue() == b"index.cdx.gz\tindex.cdx.gz\n"
