"""Bytes of a ZIP file that belong to nothing, and headers that say different things."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kcnacrawl.archive.kinds import Targets
from kcnacrawl.archive.mapped import files_inside
from kcnacrawl.archive.proof import Proof
from kcnacrawl.archive.wacz.check import check_wacz
from tests.wacz.nights import Archive
from tests.wacz.packing import Packed
from tests.wacz.test_hostile import PLACE, entry, wide

ANOTHER = "get an undamaged copy of the package, or make it again from its WARC files (scrapy wacz)"
REFETCH = f"{ANOTHER}, and remove this one."
REMAKE = "make the package again from its WARC files (scrapy wacz)."


def told(path: Path) -> list[str]:
    return [str(finding).removeprefix(f"{path}!/").removeprefix(f"{path}:") for finding in check_wacz(path, 1)]


def directory(data: bytes) -> tuple[int, int, int]:
    """Where the directory begins, how long it is, and where the record of the end is."""
    end = data.rindex(b"PK\x05\x06")
    size, start = struct.unpack("<2L", data[end + 12 : end + 20])
    return int(start), int(size), end


def with_gap(data: bytes, at: int, junk: bytes) -> bytes:
    """The same with bytes put in, and all places behind them put right."""
    start, size, end = directory(data)
    moved = bytearray(data)
    position = start
    while position < start + size:
        (place,) = struct.unpack("<L", moved[position + 42 : position + 46])
        moved[position + 42 : position + 46] = struct.pack("<L", place + len(junk) * (place >= at))
        position += 46 + sum(struct.unpack("<3H", moved[position + 28 : position + 34]))
    moved[end + 16 : end + 20] = struct.pack("<L", start + len(junk))
    return bytes(moved[:at]) + junk + bytes(moved[at:])


def second_entry(data: bytes) -> int:
    """Where the second entry begins."""
    start, _, _ = directory(data)
    position = start + 46 + sum(struct.unpack("<3H", data[start + 28 : start + 34]))
    return int(struct.unpack("<L", data[position + 42 : position + 46])[0])


def changed(at: int, value: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data[:at] + value + data[at + len(value) :]


def with_folder(data: bytes, *, hidden: bytes, header: bool = False, comment: bytes = b"") -> bytes:
    """The same with an entry for a folder, and bytes where it is said to begin."""
    start, size, end = directory(data)
    (count,) = struct.unpack("<H", data[end + 10 : end + 12])
    packed = len(hidden) if header else 0
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, packed, 0, 2, 0) + b"d/" if header else b""
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, packed, 0, 2, 0, len(comment), 0, 0, 0, start)
    more = local + hidden
    counts = (0, 0, count + 1, count + 1, size + len(entry) + 2 + len(comment), start + len(more), 0)
    return data[:start] + more + data[start:end] + entry + b"d/" + comment + struct.pack("<4s4H2LH", b"PK\5\6", *counts)


def with_packed_bytes(data: bytes, hidden: bytes) -> bytes:
    """The same with bytes behind those of the first entry that it is said to have more of."""
    start, _, _ = directory(data)
    moved = bytearray(with_gap(data, second_entry(data), hidden))
    for at in (start + len(hidden) + 20, 18):
        (size,) = struct.unpack("<L", moved[at : at + 4])
        moved[at : at + 4] = struct.pack("<L", size + len(hidden))
    return bytes(moved)


def with_comment(data: bytes) -> bytes:
    *_, end = directory(data)
    return data[: end + 20] + struct.pack("<H", 5) + b"hello"


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], list[str]]] = {
    "junk before the first entry": (
        lambda data: with_gap(data, 0, b"#!/bin/sh\n"),
        [f"0: 10 bytes that belong to no entry stand before {{first}}, and nothing proves them; {REFETCH}"],
    ),
    "junk before everything, places left as they were": (
        lambda data: b"#!/bin/sh\n" + data,
        [f"0: 10 bytes that belong to no entry stand before {{first}}, and nothing proves them; {REFETCH}"],
    ),
    "junk between entries": (
        lambda data: with_gap(data, second_entry(data), b"hidden"),
        [f"{{second}}: 6 bytes that belong to no entry stand before {{other}}, and nothing proves them; {REFETCH}"],
    ),
    "junk before the directory": (
        lambda data: with_gap(data, directory(data)[0], b"hidden"),
        [f"{{start}}: 6 bytes that belong to no entry stand before its directory, and nothing proves them; {REFETCH}"],
    ),
    "a comment": (
        with_comment,
        [f"{{size}}: 5 bytes stand behind the end of the ZIP file, and nothing proves them; {REFETCH}"],
    ),
    "bytes behind the end": (
        lambda data: data + b"hidden",
        [f"{{size}}: 6 bytes stand behind the end of the ZIP file, and nothing proves them; {REFETCH}"],
    ),
    "a byte behind the end": (
        lambda data: data + b"1",
        [f"{{size}}: 1 byte stands behind the end of the ZIP file, and nothing proves it; {REFETCH}"],
    ),
    "a byte before the first entry": (
        lambda data: with_gap(data, 0, b"1"),
        [f"0: 1 byte that belongs to no entry stands before {{first}}, and nothing proves it; {REFETCH}"],
    ),
    "junk where a folder is said to begin": (
        lambda data: with_folder(data, hidden=b"hidden"),
        [f"d/: the ZIP file is damaged: no entry begins at {{start}}; {REFETCH}"],
    ),
    "junk packed in a folder": (
        lambda data: with_folder(data, hidden=b"hidden", header=True),
        [f"d/: it is a folder, but has 6 bytes, which nothing proves; {REMAKE}"],
    ),
    "a comment of an entry": (
        lambda data: with_folder(data, hidden=b"", header=True, comment=b"hello"),
        [f"d/: it has a comment of 5 bytes, which nothing proves; {REMAKE}"],
    ),
    "junk behind what is stored": (
        lambda data: with_packed_bytes(data, b"hidden"),
        [f"{{first}}: 6 packed bytes stand behind its end, and nothing proves them; {REFETCH}"],
    ),
    "a byte behind what is stored": (
        lambda data: with_packed_bytes(data, b"1"),
        [f"{{first}}: 1 packed byte stands behind its end, and nothing proves it; {REFETCH}"],
    ),
    "a CRC of its own before an entry": (
        changed(14, b"\1\2\3\4"),
        [f"{{first}}: its CRC-32 is 67305985 in the header before it, but {{crc}} in the directory; {REFETCH}"],
    ),
}


def without(size: int, at: Callable[[bytes], int]) -> Callable[[bytes], bytes]:
    return lambda data: data[: at(data)] + data[at(data) + size :]


CUTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "in the first entry": (without(1000, lambda data: 200), "1,000 bytes are missing behind 0, where {first} begins"),
    "in the second entry": (
        without(700, lambda data: second_entry(data) + 90),
        "700 bytes are missing behind {second}, where {other} begins",
    ),
    "from one entry into the next": (
        lambda data: data[:100] + data[second_entry(data) + 90 :],
        "{most:,} bytes are missing behind 0, where {first} begins",
    ),
    "the head": (lambda data: data[5000:], "5,000 bytes are missing at its beginning"),
    "all but the end": (lambda data: data[:100] + data[-22:], "bytes are missing before its directory"),
    "the tail": (lambda data: data[:-1000], "there is no directory at its end"),
    "all": (lambda data: b"", "there is no directory at its end"),
}


@pytest.mark.parametrize("what", CUTS)
def test_what_was_cut_out_is_told_once(what: str, second: Packed, tmp_path: Path) -> None:
    damage, clause = CUTS[what]
    data = second.path.read_bytes()
    with zipfile.ZipFile(second.path) as package:
        first, other = package.infolist()[:2]
    path = tmp_path / "cut.wacz"
    path.write_bytes(damage(data))
    clause = clause.format(
        first=first.filename, other=other.filename, second=second_entry(data), most=second_entry(data) - 10
    )
    assert told(path) == [f" it is no whole ZIP file ({clause}); {REFETCH}"]


def test_a_cut_package_gives_no_file_of_its_own(second: Packed, tmp_path: Path) -> None:
    path = tmp_path / "cut.wacz"
    path.write_bytes(without(1000, lambda data: 200)(second.path.read_bytes()))
    with pytest.raises(OSError, match=r"cut\.wacz is no whole ZIP file"):
        files_inside(Path(f"{path}!/archive"))


@pytest.mark.parametrize("change", ["more behind", "more than said"])
def test_deflated_bytes_that_no_reader_unpacks(change: str, tmp_path: Path) -> None:
    path, text = tmp_path / "odd.wacz", b"text" * 50
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("a.txt", text)
        package.writestr("b.txt", b"")
    data = bytearray(with_packed_bytes(path.read_bytes(), b"hidden" if change == "more behind" else b""))
    said = "6 packed bytes stand behind its end, and nothing proves them"
    if change == "more than said":
        for at in (directory(bytes(data))[0] + 24, 22):
            data[at : at + 4] = struct.pack("<L", 4)
        said = "it unpacks to more than the 4 bytes that it is said to have"
    path.write_bytes(data)
    assert f"a.txt: {said}; {REFETCH}" in told(path)


@pytest.mark.parametrize("place", [(1 << 63) - 1, 1 << 63, (1 << 64) - 1])
def test_a_cut_package_with_an_entry_beyond_all_files(place: int, tmp_path: Path) -> None:
    path = tmp_path / "cut.wacz"
    with zipfile.ZipFile(path, "w") as package:
        for name in ("a", "b"):
            package.writestr(name, name * 100)
    data = path.read_bytes()
    path.write_bytes(wide(PLACE, place)(data, entry(data, 1))[10:])
    assert told(path) == [f" it is no whole ZIP file (10 bytes are missing at its beginning); {REFETCH}"]


def test_a_package_that_cannot_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "folder.wacz"
    folder.mkdir()
    assert told(folder) == [f" it cannot be read (Is a directory); {ANOTHER}."]
    assert told(tmp_path / "gone.wacz") == [" it cannot be read (No such file or directory); check its path."]


@pytest.mark.parametrize("what", DAMAGES)
def test_what_belongs_to_no_entry_is_told(what: str, second: Packed, tmp_path: Path) -> None:
    damage, said = DAMAGES[what]
    data = second.path.read_bytes()
    with zipfile.ZipFile(second.path) as package:
        first, other = package.infolist()[:2]
    names = {"first": first.filename, "other": other.filename, "second": second_entry(data), "crc": first.CRC}
    names |= {"start": directory(data)[0], "size": len(data)}
    path = tmp_path / "junk.wacz"
    path.write_bytes(damage(data))
    assert told(path) == [line.format(**names) for line in said]


def test_sizes_behind_an_entry_are_no_junk(second: Packed, tmp_path: Path) -> None:
    """As programs write that do not know the sizes beforehand."""
    path = tmp_path / "streamed.wacz"

    class Pipe:
        """A file that cannot be searched."""

        def __init__(self) -> None:
            self.file = path.open("wb")

        def write(self, data: bytes) -> int:
            return self.file.write(data)

        def flush(self) -> None:
            self.file.flush()

    pipe = Pipe()
    with zipfile.ZipFile(second.path) as source, zipfile.ZipFile(pipe, "w") as target:  # type: ignore[call-overload]
        for info in source.infolist():
            target.writestr(info.filename, source.read(info.filename), info.compress_type)
    pipe.file.close()
    assert path.read_bytes().count(b"PK\x07\x08") >= len(second.names())
    assert told(path) == []


def test_a_folder_with_bytes_is_told(second: Packed, tmp_path: Path) -> None:
    path = tmp_path / "folder.wacz"
    path.write_bytes(second.path.read_bytes())
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("data/", b"hidden")
    assert told(path) == [
        "data/: it is a folder, but has 6 bytes, which nothing proves; make the package again from its WARC files "
        "(scrapy wacz)."
    ]


@pytest.mark.parametrize("damage", ["a byte of a header", "another compression"])
def test_a_file_that_a_package_gives_no_more_is_not_missed_in_the_archive(
    archive: Archive, whole: Packed, tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "damaged.wacz"
    with zipfile.ZipFile(whole.path) as package, zipfile.ZipFile(path, "w") as copy:
        first = next(info for info in package.infolist() if info.filename.startswith("archive/"))
        for info in package.infolist():
            packed = info is first and damage == "another compression"
            copy.writestr(info, package.read(info), zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
    if damage == "a byte of a header":
        with zipfile.ZipFile(path) as package:
            place = package.getinfo(first.filename).header_offset
        path.write_bytes(changed(place, b"Q")(path.read_bytes()))
    found = list(Proof(archive.warcs, 1).check(Targets(packages=[path])))
    assert {str(path) in finding.file for finding in found} == {True}
    assert any(first.filename in str(finding) and finding.level == "error" for finding in found)
    assert not any("it is not there, and" in finding.sentence for finding in found)
