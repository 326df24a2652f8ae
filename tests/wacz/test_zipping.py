"""ZIP files as the standard library reads them, large ones too."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kcnacrawl.archive.output import open_output
from kcnacrawl.archive.wacz import zipping
from kcnacrawl.archive.wacz.zipping import ZipWriter

FILES = {"a/one.bin": bytes(range(256)) * 20, "two.txt": b"text " * 500, "세째.txt": b"", "a/four": b"4"}


def write(path: Path, *, known: bool) -> ZipWriter:
    with open_output(str(path)) as output:
        writer = ZipWriter(output, datetime(2026, 11, 24, 1, 2, 4, tzinfo=UTC))
        for name, data in FILES.items():
            with writer.entry(name, deflate=name.endswith("txt"), size=len(data) if known else None) as entry:
                for at in range(0, len(data), 1000):
                    entry.write(data[at : at + 1000])
        writer.finish()
    return writer


@pytest.mark.parametrize("known", [True, False], ids=["sizes known", "sizes unknown"])
@pytest.mark.parametrize("limit", [2000, 0xFFFFFFFF], ids=["large", "small"])
@pytest.mark.parametrize("many", [3, 0xFFFF], ids=["many", "few"])
def test_everything_is_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool, limit: int, many: int
) -> None:
    monkeypatch.setattr(zipping, "WIDE_FROM", limit)
    monkeypatch.setattr(zipping, "MANY_FROM", many)
    write(tmp_path / "a.zip", known=known)
    with zipfile.ZipFile(tmp_path / "a.zip") as package:
        assert package.testzip() is None
        assert {name: package.read(name) for name in package.namelist()} == FILES
        infos = package.infolist()
    assert {info.date_time for info in infos} == {(2026, 11, 24, 1, 2, 4)}
    assert [info.compress_type for info in infos] == [0, 8, 8, 0]


def test_both_headers_have_extra_fields_or_none(tmp_path: Path) -> None:
    # ReplayWeb.page takes the place of the bytes from the directory alone when that has none.
    write(tmp_path / "a.zip", known=True)
    data = (tmp_path / "a.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as package:
        for info in package.infolist():
            local = int.from_bytes(data[info.header_offset + 28 : info.header_offset + 30], "little")
            assert (local, len(info.extra)) == (0, 0)


def test_nothing_is_there_when_writing_is_broken_off(tmp_path: Path) -> None:
    class BrokenOffError(Exception):
        pass

    def break_off() -> None:
        with open_output(str(tmp_path / "a.zip")) as output:
            writer = ZipWriter(output, datetime(2026, 11, 24, tzinfo=UTC))
            with writer.entry("one") as entry:
                entry.write(b"some")
                raise BrokenOffError

    with pytest.raises(BrokenOffError):
        break_off()
    assert list(tmp_path.iterdir()) == []
