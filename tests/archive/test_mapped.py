"""Files in packages are read as if they stood in a folder."""

from __future__ import annotations

import random
import shutil
import zipfile
from pathlib import Path

import pytest

from kcnacrawl.archive.mapped import is_inside, is_there, map_file, size_of
from kcnacrawl.archive.named import files_in
from kcnacrawl.archive.reader import iter_records, read_record
from tests.archive.conftest import Recorded
from tests.crawl.running import scrapy


@pytest.fixture
def package(tmp_path: Path) -> tuple[Path, dict[str, bytes]]:
    """A ZIP file with entries that begin at odd places."""
    dice = random.Random(3)
    files = {f"archive/{size}.warc.gz": dice.randbytes(size) for size in (1, 4095, 4096, 10_001, 70_000)}
    files["archive/0.warc.gz"] = b""
    files["archive/plain.warc"] = dice.randbytes(9000)
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as package:
        for name, data in files.items():
            package.writestr(name, data)
        package.writestr("archive/deflated.warc.gz", bytes(5000), zipfile.ZIP_DEFLATED)
    return path, files


def test_what_is_in_a_package_is_seen_as_a_file(package: tuple[Path, dict[str, bytes]]) -> None:
    path, files = package
    assert {str(inside) for inside in files_in(Path(f"{path}!/archive"), ("",))} == {
        f"{path}!/{name}" for name in (*files, "archive/deflated.warc.gz")
    }
    for name, truth in files.items():
        inside = Path(f"{path}!/{name}")
        assert is_inside(inside)
        assert is_there(inside)
        assert size_of(inside) == len(truth)
        data = map_file(inside)
        assert len(data) == len(truth)
        assert data[:] == truth
        for start, stop in ((0, 10), (5, 5), (-3, None), (4000, 4200), (len(truth) - 1, len(truth) + 50), (None, None)):
            assert data[start:stop] == truth[start:stop]
        for mark in filter(None, (truth[:3], truth[-3:], truth[4090:4100], b"none of it")):
            for start, end in ((0, len(truth)), (1, len(truth)), (0, 5), (4090, 9999)):
                assert data.find(mark, start, end) == truth.find(mark, start, end)
                assert data.rfind(mark, start, end) == truth.rfind(mark, start, end)


def test_what_is_not_there_or_cannot_be_read_in_place(package: tuple[Path, dict[str, bytes]]) -> None:
    path, _ = package
    for name in ("archive/none.warc.gz", "archive", ""):
        assert not is_there(Path(f"{path}!/{name}"))
    with pytest.raises(FileNotFoundError):
        map_file(Path(f"{path}!/archive/none.warc.gz"))
    assert is_there(Path(f"{path}!/archive/deflated.warc.gz"))
    with pytest.raises(OSError, match="it is compressed once more by the ZIP file"):
        map_file(Path(f"{path}!/archive/deflated.warc.gz"))


def test_a_folder_may_end_in_an_exclamation_mark(tmp_path: Path) -> None:
    folder = tmp_path / "news!"
    folder.mkdir()
    (folder / "a.warc.gz").write_bytes(b"abc")
    assert not is_inside(folder / "a.warc.gz")
    assert map_file(folder / "a.warc.gz")[:] == b"abc"
    assert files_in(folder, ("",)) == [folder / "a.warc.gz"]


def test_a_package_that_was_replaced_is_read_anew(package: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    path, _ = package
    inside = Path(f"{path}!/archive/1.warc.gz")
    assert size_of(inside) == 1
    with zipfile.ZipFile(tmp_path / "b.wacz", "w") as other:
        other.writestr("archive/1.warc.gz", b"another")
    (tmp_path / "b.wacz").replace(path)
    assert map_file(inside)[:] == b"another"


@pytest.mark.parametrize("packed", [True, False])
def test_records_in_a_package_are_those_of_the_file(recorded: Recorded, tmp_path: Path, packed: bool) -> None:
    name = "archive/a.warc.gz" if packed else "archive/a.warc"
    data = recorded.path.read_bytes() if packed else b"".join(_plain(recorded.path))
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as package:
        package.writestr("first", b"odd")
        package.writestr(name, data)
        package.writestr("last", data[:500])
    found = list(iter_records(tmp_path / f"a.wacz!/{name}"))
    truth = list(iter_records(recorded.path))
    assert [(record.head, bytes(record.block)) for record in found] == [
        (record.head, bytes(record.block)) for record in truth
    ]
    last = found[-1]
    assert read_record(last.path, last.offset).id == last.id


def _plain(path: Path) -> list[bytes]:
    return [record.head + b"\r\n\r\n" + bytes(record.block) + b"\r\n\r\n" for record in iter_records(path)]


def test_the_bytes_of_a_record_in_a_package(recorded: Recorded, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as package:
        package.write(recorded.path, "archive/a.warc.gz")
    record = next(record for record in iter_records(recorded.path) if record.type == "response")
    done = scrapy(tmp_path, "wire", f"a.wacz!/archive/a.warc.gz:{record.offset}")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("HTTP/1.1 200 OK\n")


def test_commands_that_read_warc_files_read_those_in_a_package(recorded: Recorded, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as package:
        package.write(recorded.path, "archive/a.warc.gz")
    shutil.copy(recorded.path, tmp_path / "a.warc.gz")
    for command in ("cdxj", "reextract"):
        truth = scrapy(tmp_path, command, "a.warc.gz")
        for name in ("a.wacz!/archive/a.warc.gz", "a.wacz!/archive"):
            done = scrapy(tmp_path, command, name)
            assert (done.status, done.out, done.err) == (truth.status, truth.out, truth.err)
        assert truth.out


@pytest.mark.parametrize("data", [b"", b"no ZIP file", b"PK\x03\x04" + bytes(100)])
@pytest.mark.parametrize("command", ["verify", "cdxj", "reextract", "wire"])
def test_a_file_that_is_no_package_is_told_in_a_sentence(tmp_path: Path, data: bytes, command: str) -> None:
    (tmp_path / "cut.wacz").write_bytes(data)
    warc = "cut.wacz!/archive/a.warc.gz"
    for name, argument in ((warc, f"{warc}:0" if command == "wire" else warc), ("cut.wacz!/archive",) * 2):
        if command != "wire" or name == warc:
            done = scrapy(tmp_path, command, argument)
            said = f"scrapy {command}: {name} cannot be read: cut.wacz is no whole ZIP file.\n"
            assert (done.status, done.out, done.err) == (1, "", said)


def test_a_folder_of_warc_files_that_is_in_no_package_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    assert scrapy(tmp_path, "catalog", "rebuild", "-s", "WARC_DIR=warc").status == 0
    (tmp_path / "cut.wacz").write_bytes(b"no ZIP file")
    for arguments in (("verify",), ("catalog",), ("cdxj",), ("replay",)):
        done = scrapy(tmp_path, *arguments, "-s", "WARC_DIR=cut.wacz!/archive")
        said = f"scrapy {arguments[0]}: cut.wacz!/archive cannot be read: cut.wacz is no whole ZIP file.\n"
        assert (done.status, done.err) == (1, said)
