"""A folder stands for its closed WARC files; the others are told of, not passed over."""

from __future__ import annotations

import re
import shlex
import shutil
import zipfile
from pathlib import Path

import pytest

from kcnacrawl.archive.writer import WarcWriter
from tests.archive.conftest import Recorded
from tests.crawl.running import scrapy
from tests.verify.museum.piece import exchange, page


@pytest.mark.parametrize("command", ["reextract", "cdxj"])
def test_files_that_are_not_closed_are_told(recorded: Recorded, tmp_path: Path, command: str) -> None:
    folder = tmp_path / "warc"
    folder.mkdir()
    shutil.copy(recorded.path, folder / "a.warc.gz")
    whole = scrapy(tmp_path, command, "warc/a.warc.gz")
    writer = WarcWriter(folder, "kcnawatch", info={"software": "kcnacrawl/1"})
    writer.write(exchange("/a", page(), 0))
    living = scrapy(tmp_path, command, "warc")
    said = f"scrapy {command}: warc/{writer.files[0]}.open is still being written; it is left out.\n"
    assert (living.status, living.out) == (whole.status, whole.out)
    assert living.err == said + whole.err
    shutil.copy(recorded.path, folder / "b.warc.gz.open")
    dead = scrapy(tmp_path, command, "warc")
    assert (dead.status, dead.out) == (1, whole.out)
    assert dead.err.replace(whole.err, "") == (
        f"{said}scrapy {command}: warc/b.warc.gz.open was left open by a run that was broken off; it is left out: "
        "close it with `scrapy mend warc/b.warc.gz.open`, as the next crawl does.\n"
    )
    writer.close()
    shutil.copy(recorded.path, folder / "c.warc.gz.open")
    several = scrapy(tmp_path, command, "warc")
    assert several.status == 1
    assert "2 files in warc were left open by a run that was broken off; they are left out: close them" in several.err
    assert "with `scrapy mend warc`, as the next crawl does." in several.err


def test_commands_can_be_pasted_whatever_folders_are_called(recorded: Recorded, tmp_path: Path) -> None:
    left = tmp_path / "all that's left" / "a.warc.gz.open"
    left.parent.mkdir()
    left.write_bytes(recorded.path.read_bytes()[:-9])
    told = scrapy(tmp_path, "cdxj", str(left.parent)).err + scrapy(tmp_path, "verify", str(left)).out
    found = re.findall(r"`(scrapy mend [^`]+)`", told)
    assert [shlex.split(command) for command in found] == [["scrapy", "mend", str(left)]] * 3


def test_files_in_packages_are_not_to_be_mended(recorded: Recorded, tmp_path: Path) -> None:
    """That command knows files of their own only."""
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as package:
        package.writestr("archive/a.warc.gz", recorded.path.read_bytes()[:-9])
    told = scrapy(tmp_path, "verify", "a.wacz!/archive")
    assert told.status == 1
    assert "the file ends inside it; bring the file back from a copy.\n" in told.out
