"""Where the reference ends, without a word or with all lines lost: reading goes on, and each damage is told."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.cdxj import index_lines, sorted_lines
from tests.cdxj.reference import record, write

PAGES = [
    record(url=f"http://example.org/{name}", block=b"HTTP/1.1 200 OK\r\n\r\n" + name.encode() * 500) for name in "abc"
]
MEMBERS = [gzip.compress(page) for page in PAGES]
STARTS = [0, len(MEMBERS[0]), len(MEMBERS[0] + MEMBERS[1])]


def index(path: Path) -> tuple[list[str], list[str]]:
    """Keys and damages, in order; the same whether asked for a file or for many."""
    damages: list[str] = []
    keys = [
        line.split(b" ")[0].decode() for line in index_lines(path, on_damage=lambda damage: damages.append(str(damage)))
    ]
    again: list[str] = []
    lines = list(sorted_lines([path], on_damage=lambda damage: again.append(str(damage))))
    assert sorted(keys) == [line.split(b" ")[0].decode() for line in lines]
    assert again == damages
    return keys, damages


def key(*names: str) -> list[str]:
    return [f"org,example)/{name}" for name in names]


def test_torn_tail(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(MEMBERS)[:-20])
    keys, damages = index(path)
    assert keys == key("a", "b")
    assert damages == [f"{path}: the record at {STARTS[2]} is damaged: the file ends inside it."]


def test_damage_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    data = bytearray(b"".join(MEMBERS))
    data[STARTS[1] + 40] ^= 0xFF
    path.write_bytes(data)
    keys, damages = index(path)
    assert keys == key("a", "c")
    assert [damage.partition(" is damaged")[0] for damage in damages] == [f"{path}: the record at {STARTS[1]}"]


def test_the_first_damage_is_raised_to_who_does_not_want_to_be_told(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(MEMBERS)[:-20])
    with pytest.raises(ArchiveError, match="the file ends inside it"):
        list(index_lines(path))
    with pytest.raises(ArchiveError, match="the file ends inside it"):
        list(sorted_lines([path]))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (record(date=None), "its WARC-Date '' is no date"),
        (record(date="yesterday"), "its WARC-Date 'yesterday' is no date"),
        (record(url=None), "it has no WARC-Target-URI"),
    ],
)
def test_records_that_cannot_be_indexed(tmp_path: Path, bad: bytes, reason: str) -> None:
    path = write(tmp_path / "a.warc", [PAGES[0], bad, PAGES[1]])
    keys, damages = index(path)
    assert keys == key("a", "b")
    assert damages == [f"{path}: the record at {len(PAGES[0])} cannot be indexed: {reason}."]


def test_a_record_without_length_is_damaged(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", [PAGES[0], record().replace(b"Content-Length", b"Content-Lenght"), PAGES[1]])
    keys, damages = index(path)
    assert keys == key("a", "b")
    (damage,) = damages
    assert "no Content-Length" in damage


def test_dates_that_end_the_reference_are_understood(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", [record(date=date) for date in ("2026-03", "2026-03-01T04:05:06+09:00")])
    assert [line.split(b" ")[1] for line in sorted_lines([path])] == [b"20260228190506", b"20260301000000"]


@pytest.mark.parametrize("kind", ["application/warc-fields; charset=utf-8", "Application/WARC-Fields"])
def test_fields_by_any_name_do_not_hide_the_page(tmp_path: Path, kind: str) -> None:
    path = write(
        tmp_path / "a.warc.gz", [PAGES[0], record("metadata", b"a: b", url="http://example.org/a", Content_Type=kind)]
    )
    keys, damages = index(path)
    assert (keys, damages) == (key("a"), [])


def test_versions_to_come_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", [record(version="1.2")])
    assert index(path) == (["org,example)/"], [])


def test_an_empty_digest_is_computed(tmp_path: Path) -> None:
    with_empty = write(tmp_path / "a.warc", [record(WARC_Payload_Digest="")])
    (line,) = index_lines(with_empty)
    assert b'"digest": "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N"' in line  # of "hello"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("one member", gzip.compress(b"".join(PAGES)), "not compressed one by one"),
        ("ARC", b"filedesc://a.arc 0.0.0.0 20260301040506 text/plain 10\n1 0 x\n\n", "it is no WARC file"),
        ("text", b"nothing of the kind", "it is no WARC file"),
        ("empty", b"", "is empty"),
    ],
)
def test_files_of_which_no_index_can_be_made(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data)
    whole = write(tmp_path / "b.warc.gz", PAGES)
    with pytest.raises(ArchiveError, match=reason) as told:
        list(index_lines(path))
    assert str(path) in str(told.value)
    damages: list[ArchiveError] = []
    assert len(list(sorted_lines([path, whole, tmp_path / "missing"], on_damage=damages.append))) == 3
    assert [str(damage) for damage in damages] == [str(told.value), f"{tmp_path / 'missing'} does not exist."]


def test_a_body_that_is_a_warc_file_has_no_lines(tmp_path: Path) -> None:
    # Compressed again it is stored as it is: what looks like the next member is inside of this one. And a server can
    # know how long the record will be, which the four bytes at the end of a member tell.
    inner = gzip.compress(record(url="http://forged.example/"))
    size = len(record(block=b"HTTP/1.1 200 OK\r\n\r\n" + (b"size" + inner) * 50))
    outer = record(block=b"HTTP/1.1 200 OK\r\n\r\n" + (size.to_bytes(4, "little") + inner) * 50)
    assert len(outer) == size
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(outer, 0) + MEMBERS[1])
    keys, damages = index(path)
    assert (keys, damages) == (key("", "b"), [])


def test_a_length_with_a_sign_is_damage(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", [PAGES[0], record(Content_Length="+49"), PAGES[1]])
    damage: list[str] = []
    lines = list(index_lines(path, on_damage=lambda error: damage.append(str(error))))
    assert len(lines) == 2
    assert "no Content-Length that is a number" in damage[0]
