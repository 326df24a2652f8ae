"""Where commands write: never over anything, whole or not at all, and without a traceback when it cannot be done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.output import open_first, open_output
from kcnacrawl.archive.reextract import Summary, reextract
from tests.archive.conftest import Recorded
from tests.archive.test_commands import ROOT, scrapy


def write(path: Path) -> None:
    with open_output(str(path)) as output:
        output.write(b"line\n")


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.jsonl"
    write(path)
    assert path.read_bytes() == b"line\n"
    assert list(path.parent.iterdir()) == [path]


TAKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "file": (lambda path: path.write_text("before"), "{path} is there already; name another file."),
    "link that leads nowhere": (lambda path: path.symlink_to("none"), "{path} is there already; name another file."),
    "folder": (lambda path: path.mkdir(), "{path} is a folder; name a file."),
    "file being written": (
        lambda path: path.with_name(f"{path.name}.open").write_text("before"),
        "{path}.open is there already, left by a command that was broken off or is running; delete it or name another "
        "file.",
    ),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_is_there_is_left_alone(tmp_path: Path, what: str) -> None:
    make, sentence = TAKEN[what]
    path = tmp_path / "taken"
    make(path)
    before = [(one, one.is_file() and one.read_text()) for one in tmp_path.iterdir()]
    with pytest.raises(ArchiveError) as raised:
        write(path)
    assert str(raised.value) == sentence.format(path=path)
    assert [(one, one.is_file() and one.read_text()) for one in tmp_path.iterdir()] == before


def test_the_file_behind_a_link_gives_way_and_the_link_stays(tmp_path: Path) -> None:
    path, link = tmp_path / "elsewhere" / "file", tmp_path / "link"
    path.parent.mkdir()
    path.write_text("before")
    link.symlink_to("elsewhere/file")
    with open_output(str(link), replace=True) as output:
        output.write(b"line\n")
    assert link.is_symlink()
    assert path.read_bytes() == b"line\n"


def test_a_device_does_not_give_way(tmp_path: Path) -> None:
    """The administrator could put a file in the place of ``/dev/null``."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with (
        pytest.raises(ArchiveError, match=f"^{path} is no regular file; name another.$"),
        open_output(str(path), replace=True),
    ):
        pass
    assert path.is_fifo()
    assert list(tmp_path.iterdir()) == [path]


def test_files_begun_at_once_have_names_of_their_own(tmp_path: Path) -> None:
    def write_one(number: int) -> Path:
        with open_first(tmp_path / f"{count}.jsonl" for count in range(200)) as (path, output):
            output.write(b"%d" % number)
        return path

    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(write_one, range(200)))
    assert [path.read_bytes() for path in paths] == [b"%d" % number for number in range(200)]
    assert sorted(tmp_path.iterdir()) == sorted(paths)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("file/a", "{folder}/file is no folder"), ("file/a/b", "Not a directory"), ("n" * 254, "File name too long")],
)
def test_a_file_that_cannot_be_is_a_sentence(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveError) as raised:
        write(tmp_path / name)
    assert str(raised.value) == f"{tmp_path / name} cannot be written: {reason.format(folder=tmp_path)}."
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_failure_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with open_output(str(tmp_path / "a.jsonl")) as output:
            output.write(b"line\n")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_stays_full_is_one_sentence(tmp_path: Path) -> None:
    program = (
        "from kcnacrawl.archive.output import open_output\n"
        "with open_output('a.jsonl') as output:\n"
        "    for _ in range(20):\n"
        "        output.write(bytes(1_000))"
    )
    limited = ["prlimit", "--fsize=6000", sys.executable, "-c", program]
    ended = subprocess.run(
        limited, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert ended.stderr.endswith("OutputError: a.jsonl cannot be written: File too large.\n"), ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["reextract", "wire"])
def test_an_archive_is_never_overwritten(recorded: Recorded, tmp_path: Path, command: str) -> None:
    warc = tmp_path / recorded.path.name
    whole = recorded.path.read_bytes()
    warc.write_bytes(whole)
    receipt = recorded.receipts[5][1]
    assert receipt is not None
    what = {"reextract": str(warc), "wire": receipt.record_id}[command]
    sentence = f"scrapy {command}: {warc} is there already; name another file.\n"
    assert scrapy(command, what, "-o", warc, warc=tmp_path) == (1, b"", sentence)
    folder = f"scrapy {command}: {tmp_path} is a folder; name a file.\n"
    assert scrapy(command, what, "-o", tmp_path, warc=tmp_path) == (1, b"", folder)
    assert warc.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [warc]


def ways(recorded: Recorded, folder: Path) -> dict[str, list[str]]:
    """A command line for each command that writes to standard output."""
    (folder / "items.jsonl").write_bytes(b"".join(reextract([recorded.path], Summary(), 1)) * 20)
    receipt = recorded.receipts[5][1]
    assert receipt is not None
    return {
        "verify": ["verify", str(folder / "items.jsonl"), "-s", f"WARC_DIR={folder}"],
        "reextract": ["reextract", str(recorded.path), "--processes", "2"],
        "wire": ["wire", f"{recorded.path}:{receipt.offset}"],
        "schema": ["schema"],
        "record": [
            "record",
            "new",
            "--warc",
            str(recorded.path),
            "--offset",
            str(receipt.offset),
            "--folder",
            str(folder),
        ],
    }


COMMANDS = ("verify", "reextract", "wire", "schema", "record")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_that_goes_ends_it_quietly(recorded: Recorded, tmp_path: Path, command: str) -> None:
    arguments = [sys.executable, "-m", "scrapy", *ways(recorded, tmp_path)[command]]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_a_sentence(recorded: Recorded, tmp_path: Path, command: str) -> None:
    arguments = [sys.executable, "-m", "scrapy", *ways(recorded, tmp_path)[command]]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(arguments, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False)
    sentence = f"scrapy {command}: Standard output cannot be written: No space left on device.\n"
    assert (done.returncode, done.stderr.decode()) == (1, sentence)
