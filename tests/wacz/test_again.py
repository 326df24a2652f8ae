"""A package of what a package holds already is not made again; one of anything else is."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kcnacrawl.archive.output import open_first
from kcnacrawl.archive.reader import iter_records
from kcnacrawl.archive.wacz.check import check_wacz
from kcnacrawl.commands.wacz import numbered
from tests.crawl.running import Run, environment, scrapy
from tests.wacz.nights import Archive


@pytest.fixture
def folder(archive: Archive, tmp_path: Path) -> Path:
    """A folder to run commands in, with the first two of three nights."""
    for name in ("warc", "articles"):
        (tmp_path / "output" / name).mkdir(parents=True)
    for night in archive.nights[:2]:
        shutil.copy(night.warc, tmp_path / "output/warc")
    for path in (archive.output / "articles").glob("*.jsonl"):
        shutil.copy(path, tmp_path / "output/articles")
    return tmp_path


def packages(folder: Path) -> list[Path]:
    return sorted((folder / "output/wacz").glob("*"))


def made(folder: Path, *options: str) -> bool:
    """Whether a package was made; if not, that must be told."""
    before = packages(folder)
    run = scrapy(folder, "wacz", *options)
    assert run.status == 0, run.err
    new = [path for path in packages(folder) if path not in before]
    if not new:
        told = "holds just this already, so no other is made; -o FILE makes one all the same.\n"
        assert run.err.startswith("scrapy wacz: output/wacz/kcnawatch-")
        assert run.err.endswith(told)
    return bool(new)


def test_unchanged_archive_gives_one_package(folder: Path) -> None:
    assert made(folder)
    assert not made(folder)
    for path in (folder / "output").rglob("*.*"):
        path.touch()
    assert not made(folder)


def spoil(path: Path, where: str) -> str:
    """Damage a package; what is then told of it."""
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as package:
        starts = {info.filename: info.header_offset for info in package.infolist()}
    if where == "end":
        del data[-30:]
    else:
        at = {"header": starts["indexes/index.cdx.gz"] + 14, "list": starts["datapackage.json"] + 80}
        data[at.get(where, len(data) // 10)] ^= 1
    path.write_bytes(data)
    unread = "cannot be read, so what it holds is not known"
    return "holds just this, but is damaged" if where in ("record", "header") else unread


@pytest.mark.parametrize("where", ["record", "header", "list", "end"])
def test_damaged_package_is_made_again_and_told(folder: Path, where: str) -> None:
    assert made(folder)
    (package,) = packages(folder)
    sentence = spoil(package, where)
    damaged = package.read_bytes()
    run = scrapy(folder, "wacz")
    name = package.relative_to(folder)
    told, written = run.err.splitlines()
    assert (run.status, told) == (
        0,
        f"scrapy wacz: {name} {sentence}; `scrapy verify {name}` tells what is wrong with it.",
    )
    (other,) = [path for path in packages(folder) if path != package]
    assert written.startswith(f"{other.relative_to(folder)}: 2 WARC files; ")
    assert package.read_bytes() == damaged
    assert scrapy(folder, "verify", str(name)).status == 1
    assert scrapy(folder, "verify", str(other.relative_to(folder))).status == 0
    assert not made(folder)


def test_named_file_is_always_written(folder: Path) -> None:
    assert made(folder)
    assert scrapy(folder, "wacz", "-o", "a.wacz").status == 0
    assert (folder / "a.wacz").exists()


@pytest.mark.parametrize("options", [("--title", "x"), ("--description", "x"), ("--no-text",), ("--sign",)])
def test_other_options_are_another_package(folder: Path, options: tuple[str, ...]) -> None:
    assert made(folder)
    assert made(folder, *options)
    assert not made(folder, *options)
    assert not made(folder)


def test_packages_of_one_second_have_names_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "kcnawatch-all-20261201000000.wacz"
    path.mkdir()
    begun = path.with_name(f"{path.stem}-2.wacz.open")
    begun.touch()
    names = []
    for number in (3, 4):
        with open_first(numbered(path)) as (name, output):
            output.write(b"%d" % number)
            names.append(name)
    assert names == [tmp_path / f"{path.stem}-{number}.wacz" for number in (3, 4)]
    assert [name.read_bytes() for name in names] == [b"3", b"4"]
    assert begun.read_bytes() == b""


def test_packages_made_at_once_are_all_made(folder: Path) -> None:
    command = [sys.executable, "-m", "scrapy", "wacz"]
    for _ in range(3):
        before = packages(folder)
        both = [
            subprocess.Popen(command, cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        told = [process.communicate()[1] for process in both]
        assert [process.returncode for process in both] == [0, 0], told
        new = [path for path in packages(folder) if path not in before]
        # The one that comes late may find what the other made.
        named = {name for text in told for name in re.findall(r"output/wacz/\S+?\.wacz", text)}
        assert named == {str(path.relative_to(folder)) for path in new}
        for path in new:
            assert list(check_wacz(path)) == []
            path.unlink()


def test_other_key_is_another_package(folder: Path) -> None:
    scrapy(folder, "wacz", "--key", "one.pem")
    assert not made(folder, "--key", "one.pem")
    assert made(folder, "--sign")
    scrapy(folder, "wacz", "--key", "two.pem")
    assert len(packages(folder)) == 3


def test_more_is_another_package_but_not_of_the_night_before(folder: Path, archive: Archive) -> None:
    night = ("--to", "2026-11-21")
    assert made(folder)
    assert made(folder, *night)
    shutil.copy(archive.nights[2].warc, folder / "output/warc")
    assert not made(folder, *night)
    assert made(folder)


def test_changed_article_is_another_package(folder: Path) -> None:
    assert made(folder)
    path = min((folder / "output/articles").glob("*.jsonl"))
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    lines[0]["original_url"] = "http://www.example.kp/moved"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    assert made(folder)


class TestDamaged:
    """A damaged file stops a package, unless there is a repaired copy of it, or it may be left out."""

    @pytest.fixture
    def damaged(self, folder: Path) -> list[str]:
        """Names of the two files, of which one is damaged in the middle and one in its first record."""
        names = []
        for number, path in enumerate(sorted((folder / "output/warc").iterdir())):
            data = bytearray(path.read_bytes())
            data[(len(data) // 2, 40)[number]] ^= 255
            path.write_bytes(data)
            names.append(path.name)
        return names

    def wacz(self, folder: Path, *options: str) -> tuple[Run, list[str]]:
        run = scrapy(folder, "wacz", *options)
        return run, [line.removeprefix("scrapy wacz: ") for line in run.err.splitlines()]

    def test_all_of_them_are_named_at_once(self, folder: Path, damaged: list[str]) -> None:
        run, told = self.wacz(folder)
        paths = [f"output/warc/{name}" for name in damaged]
        assert (run.status, len(told)) == (1, 3)
        # Every first record is read before the rest of any file.
        assert told[0].startswith(f"{paths[1]}: the record at 0 is damaged: ")
        assert told[1].startswith(f"{paths[0]}: the record at ")
        # Nothing tells which records are its own behind a first record that is damaged, so it is not promised a copy.
        assert told[2] == (
            f"2 files cannot go into a package, so there is none: `scrapy mend {paths[0]}` copies what is whole in 1 "
            "of them, which the next `scrapy wacz` takes instead; --skip-damaged leaves out those without a copy."
        )
        assert not packages(folder)

    def test_remedy_told_leads_to_a_package(self, folder: Path, damaged: list[str]) -> None:
        first, other = (folder / "output/warc" / name for name in damaged)
        kept = first.with_name("kept")
        first.rename(kept)
        run, told = self.wacz(folder)
        assert (run.status, told[1]) == (
            1,
            "1 file cannot go into a package, so there is none: bring it back from a copy; --skip-damaged leaves it "
            "out.",
        )
        kept.rename(first)
        other.unlink()
        run, told = self.wacz(folder)
        assert run.status == 1
        sentence, command = told[1].split("`")[:2]
        assert sentence == "1 file cannot go into a package, so there is none: "
        assert told[1].endswith("; --skip-damaged leaves it out.")
        assert scrapy(folder, *shlex.split(command)[1:]).status == 1
        run, told = self.wacz(folder)
        assert run.status == 1, "articles lead into the file that was removed"
        assert [line for line in told if "is not there" in line] == told[-1:], told
        assert told[-1].startswith(f"{other}".replace(f"{folder}/", "") + " is not there, and "), told
        assert told[0].endswith(f" {first.name}.repaired, which holds what is whole in it, is taken in its place.")

    def test_repaired_copies_stand_in_their_place(self, folder: Path, damaged: list[str]) -> None:
        assert scrapy(folder, "mend", f"output/warc/{damaged[0]}").status == 1
        run, told = self.wacz(folder, "--skip-damaged", "--description", "Two nights.", "-o", "a.wacz")
        assert run.status == 1
        assert told[1].endswith(f" {damaged[0]}.repaired, which holds what is whole in it, is taken in its place.")
        assert told[-1] == "1 damaged file was left out of a.wacz."
        assert _description(folder / "a.wacz") == (
            f"Two nights. Of damaged files only what is whole: {damaged[0]}. "
            f"Left out, because they are damaged: {damaged[1]}."
        )
        assert [name for name in _names(folder / "a.wacz") if name.startswith("archive/")] == [
            f"archive/{damaged[0].removesuffix('.warc.gz')}-repaired.warc.gz"
        ]
        assert scrapy(folder, "verify", "a.wacz").out == "1 package checked, 0 findings. 2 notes: --notes shows them.\n"

    def test_what_a_later_night_needs_of_a_copy_is_as_lost_as_in_it(self, folder: Path, archive: Archive) -> None:
        path = folder / "output/warc" / archive.nights[0].warc.name
        requests = [one for one in iter_records(path) if one.type == "request"]
        for request in requests:
            data = bytearray(path.read_bytes())
            data[request.offset + request.length - 8] ^= 255  # its CRC
            path.write_bytes(data)
        assert scrapy(folder, "mend", f"output/warc/{path.name}").status == 1
        run, _ = self.wacz(folder, "--run", archive.nights[1].run, "-o", "a.wacz")
        assert (run.status, len(requests) > 20) == (0, True)
        kinds = {name.partition("-2026")[0] for name in _names(folder / "a.wacz") if name.endswith("-repaired.warc.gz")}
        assert kinds == {"archive/originals", "archive/requisites"}
        told = scrapy(folder, "verify", "--notes", "a.wacz").out.splitlines()
        assert told[-1].startswith("1 package checked, 0 findings. 2"), told
        lost = "is in none of the files; it was damaged before this copy was made."
        assert sum("the record it is concurrent to, <urn:uuid:" in line and line.endswith(lost) for line in told) == 23

    def test_without_any_whole_file_there_is_no_package(self, folder: Path, damaged: list[str]) -> None:
        run, told = self.wacz(folder, "--skip-damaged")
        assert (run.status, len(told), len(damaged)) == (1, 3, 2)
        assert told[-1] == "All that was asked for in output/warc is damaged, so there is nothing to package."

    def test_damaged_copy_is_as_good_as_none(self, folder: Path, damaged: list[str]) -> None:
        for name in damaged:
            path = folder / "output/warc" / name
            path.with_name(f"{name}.repaired").write_bytes(path.read_bytes())
        run, told = self.wacz(folder)
        assert run.status == 1
        assert told[-1].startswith("2 files cannot go into a package, so there is none: ")

    def test_whole_file_needs_no_copy(self, folder: Path) -> None:
        for path in list((folder / "output/warc").iterdir()):
            path.with_name(f"{path.name}.repaired").write_bytes(b"x")
        assert made(folder)


def _description(path: Path) -> str:
    with zipfile.ZipFile(path) as package:
        return str(json.loads(package.read("datapackage.json"))["description"])


def _names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as package:
        return package.namelist()
