"""ZIP files made to mislead: each is told in sentences, and what comes after it is checked."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kcnacrawl.archive.wacz.check import check_wacz
from tests.crawl.running import scrapy
from tests.wacz.packing import Packed
from tests.wacz.rebuilding import rebuild
from tests.wacz.test_memory import peak


def entry(data: bytes, number: int) -> int:
    """Where an entry of the directory begins."""
    (position,) = struct.unpack("<L", data[(end := data.rindex(b"PK\x05\x06")) + 16 : end + 20])
    for _ in range(number):
        position += 46 + sum(struct.unpack("<3H", data[position + 28 : position + 34]))
    return int(position)


def newer(data: bytes, at: int) -> bytes:
    """One that needs a program to come."""
    return data[: at + 6] + struct.pack("<H", 99) + data[at + 8 :]


def wide(field: int, value: int) -> Callable[[bytes, int], bytes]:
    """One that has the value of a field of 32 bits in an extra field of 64."""

    def change(data: bytes, at: int) -> bytes:
        moved = bytearray(data)
        (name, extra) = struct.unpack("<2H", data[at + 28 : at + 32])
        assert not extra
        moved[at + field : at + field + 4] = b"\xff" * 4
        moved[at + 30 : at + 32] = struct.pack("<H", 12)
        moved[at + 46 + name : at + 46 + name] = struct.pack("<2HQ", 1, 8, value)
        end = moved.rindex(b"PK\x05\x06")
        moved[end + 12 : end + 16] = struct.pack("<L", struct.unpack("<L", moved[end + 12 : end + 16])[0] + 12)
        return bytes(moved)

    return change


def streamed(change: Callable[[bytes, int], bytes]) -> Callable[[bytes, int], bytes]:
    """The same of an entry said to have its sizes behind it."""
    return lambda data, at: change(data[: at + 8] + b"\x08\x00" + data[at + 10 :], at)


PLACE, PACKED_SIZE, SIZE = 42, 20, 24
HOSTILE: dict[str, tuple[Callable[[bytes, int], bytes], str]] = {
    "a version to come": (newer, "it is no whole ZIP file (zip file version 9.9); get an undamaged copy"),
    "a place beyond all files": (wide(PLACE, (1 << 64) - 1), "no entry begins at 18446744073709551615"),
    "a place beyond most files": (wide(PLACE, (1 << 63) - 1), "no entry begins at 9223372036854775807"),
    "a packed size beyond all files": (streamed(wide(PACKED_SIZE, (1 << 64) - 1)), "its packed size is"),
    "a size beyond all files": (wide(SIZE, (1 << 64) - 1), "it has 18446744073709551615 bytes, but datapackage.json"),
}


@pytest.fixture(params=HOSTILE)
def hostile(request: pytest.FixtureRequest, second: Packed, tmp_path: Path) -> tuple[Path, str]:
    """A package with one WARC file made hostile, and a sentence that tells it."""
    change, said = HOSTILE[request.param]
    data = second.path.read_bytes()
    with zipfile.ZipFile(second.path) as package:
        names = package.namelist()
    (number,) = (number for number, name in enumerate(names) if name.startswith("archive/kcnawatch"))
    path = tmp_path / "hostile.wacz"
    path.write_bytes(change(data, entry(data, number)))
    return path, said


def test_checking_goes_on_after_a_hostile_package(hostile: tuple[Path, str], tmp_path: Path) -> None:
    path, said = hostile
    (tmp_path / "next.wacz").write_bytes(b"no ZIP file")
    done = scrapy(tmp_path, "verify", path.name, "next.wacz")
    assert done.status == 1
    assert done.err in ("", "hostile.wacz: not signed.\n")
    assert any(said in line for line in done.out.splitlines() if line.startswith("hostile.wacz")), done.out
    assert "next.wacz: it is no whole ZIP file" in done.out


@pytest.mark.parametrize("command", ["wire", "cdxj", "reextract", "verify"])
def test_no_command_falls_over_a_hostile_package(command: str, hostile: tuple[Path, str], tmp_path: Path) -> None:
    path, _ = hostile
    archive = f"{path.name}!/archive"
    done = scrapy(tmp_path, command, f"{archive}/a.warc.gz:0" if command == "wire" else archive)
    assert done.status in (0, 1)
    assert "Traceback" not in done.err
    assert done.status or done.out


LIST = b'{"resources": [{"path": "pages/pages.jsonl"}]}'
BOMB = 1 << 30


def bomb(path: Path, name: str, method: int) -> None:
    """A package with an entry that unpacks to a gigabyte."""
    with zipfile.ZipFile(path, "w", method) as package:
        for other in {"datapackage.json", "datapackage-digest.json"} - {name}:
            package.writestr(other, LIST, zipfile.ZIP_STORED)
        with package.open(name, "w") as file:
            for _ in range(BOMB >> 20):
                file.write(b" " * (1 << 20))


@pytest.mark.parametrize(
    ("name", "method", "said"),
    [
        (
            "datapackage.json",
            zipfile.ZIP_DEFLATED,
            "it unpacks to 1073741824 bytes; of more than 16777216 it is not read;",
        ),
        ("datapackage-digest.json", zipfile.ZIP_DEFLATED, "it unpacks to 1073741824 bytes; of more than"),
        ("pages/pages.jsonl", zipfile.ZIP_DEFLATED, "it is no JSON object;"),
        ("pages/pages.jsonl", zipfile.ZIP_BZIP2, "its method of compression, 12, is none that readers of packages"),
    ],
)
def test_what_unpacks_to_much_is_told_and_not_held_in_memory(tmp_path: Path, name: str, method: int, said: str) -> None:
    bomb(tmp_path / "bomb.wacz", name, method)
    assert peak(tmp_path, "-c", TELL, "bomb.wacz", "bomb") < BOMB / 2
    told = (tmp_path / "told").read_text("utf-8").splitlines()
    assert any(line.startswith(f"bomb.wacz!/{name}") and said in line for line in told[1:]), told
    assert told[0] == "None"


TELL = """
import pathlib, sys
from kcnacrawl.archive.wacz.check import check_wacz
from kcnacrawl.archive.wacz.same import same_package
same = same_package(pathlib.Path(), sys.argv[2], "sha256:", print)
told = [str(same), *map(str, check_wacz(pathlib.Path(sys.argv[1]), 1))]
pathlib.Path("told").write_text("\\n".join(told), "utf-8")
"""


@pytest.fixture(params=["both", "only"])
def packed_again(request: pytest.FixtureRequest, second: Packed, tmp_path: Path) -> Path:
    """A package with a WARC file that is compressed once more, beside one that is not or alone."""
    path = tmp_path / "again.wacz"
    name = next(name for name in second.names() if name.startswith("archive/kcnawatch"))
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("archive/b.warc.gz", second.read(name), zipfile.ZIP_DEFLATED)
        if request.param == "both":
            package.writestr("archive/a.warc.gz", second.read(name))
    return path


@pytest.mark.parametrize("command", ["wire", "cdxj", "reextract", "verify"])
def test_a_file_left_out_of_a_package_is_told(command: str, packed_again: Path) -> None:
    warc = f"{packed_again.name}!/archive/b.warc.gz"
    said = "cannot be read: it is compressed once more by the ZIP file"
    arguments = [f"{warc}:0"] if command == "wire" else [warc, f"{packed_again.name}!/archive"]
    for argument in arguments:
        done = scrapy(packed_again.parent, command, argument)
        assert (done.status, "Traceback" in done.err) == (1, False)
        assert said in (done.out if command == "verify" else done.err)


def test_a_file_that_is_not_where_the_directory_says_is_told(second: Packed, tmp_path: Path) -> None:
    data = second.path.read_bytes()
    number = next(number for number, name in enumerate(second.names()) if name.startswith("archive/kcnawatch"))
    at = entry(data, number) + PLACE
    (tmp_path / "astray.wacz").write_bytes(data[:at] + struct.pack("<L", 7) + data[at + 4 :])
    for command in ("cdxj", "reextract", "verify"):
        done = scrapy(tmp_path, command, "astray.wacz!/archive")
        assert done.status == 1
        assert "cannot be read: the ZIP file is damaged: no entry begins at 7" in done.out + done.err


@pytest.mark.parametrize(
    "name", ["archive//b.warc.gz", "archive/./b.warc.gz", "archive/../b.warc.gz", "archive/b!/c.warc.gz"]
)
def test_a_name_that_is_no_path_is_told_and_the_rest_checked(name: str, second: Packed, tmp_path: Path) -> None:
    warc = next(one for one in second.names() if one.startswith("archive/kcnawatch"))
    path = rebuild(second.path, tmp_path / "a.wacz", lambda parts: parts.files.update({name: parts.files[warc]}))
    told = [str(finding) for finding in check_wacz(path, 1)]
    assert [line.partition(";")[0] for line in told] == [
        f"{path}!/{name}: its name, '{name}', is no path, so what it holds is not checked",
        f"{path}!/{name}: this program puts no file of this name into a package",
    ]
    for command in ("cdxj", "reextract"):
        done = scrapy(tmp_path, command, "a.wacz!/archive")
        assert (done.status, "Traceback" in done.err, "a.wacz!/archive" in done.err) == (1, False, True)
