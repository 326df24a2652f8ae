"""What every command does when it is given what it cannot use: one sentence, and a status that says so."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kcnacrawl.commands
from tests.crawl.running import Run, environment, scrapy
from tests.limits import UNPRIVILEGED
from tests.wacz.nights import Archive, three_nights

ARGUMENTS = {"crawl": ("kcnawatch",), "wire": ("a",), "reextract": ("a",), "record": ("a", "http://a.example/")}
COMMANDS = sorted(path.stem for path in Path(kcnacrawl.commands.__path__[0]).glob("[a-z]*.py"))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_misspelt_setting_is_refused(tmp_path: Path, command: str) -> None:
    run = scrapy(tmp_path, command, *ARGUMENTS.get(command, ()), "-s", "WARC_DRI=elsewhere")
    said = f"scrapy {command}: There is no setting WARC_DRI; did you mean WARC_DIR?\n"
    assert (run.status, run.out, run.err) == (2, "", said)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("warc_dir=a", "There is no setting warc_dir; did you mean WARC_DIR?"),
        ("CDXJ_FOLDER=a", "There is no setting CDXJ_FOLDER; there is CDXJ_DIR, CDXJ_ZIPNUM_BYTES."),
        ("WARC_DIR=", "The setting WARC_DIR is empty; name a folder."),
        ("CATALOG= ", "The setting CATALOG is empty; name a file."),
        ("CDXJ_ZIPNUM_BYTES=x", "The setting CDXJ_ZIPNUM_BYTES='x' is not a whole number."),
        ("WARC_RENEW_RUNS=0", "The setting WARC_RENEW_RUNS='0' must be a whole number, 1 or more."),
        ("WARC_ENABLED=perhaps", "The setting WARC_ENABLED='perhaps' is neither True nor False."),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(tmp_path: Path, setting: str, sentence: str) -> None:
    run = scrapy(tmp_path, "wacz", "-s", setting)
    assert (run.status, run.out, run.err) == (2, "", f"scrapy wacz: {sentence}\n")


def test_settings_of_scrapy_and_of_others_are_taken(tmp_path: Path) -> None:
    run = scrapy(tmp_path, "schema", "-s", "FEED_STORE_EMPTY=0", "-s", "MY_EXTENSION_ENABLED=1", "-s", "EDITOR=vi")
    assert (run.status, run.err) == (0, "")


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"crawl"}))
def test_an_unknown_option_is_no_file(tmp_path: Path, command: str) -> None:
    run = scrapy(tmp_path, command, *ARGUMENTS.get(command, ()), "--colour")
    assert run.status == 2
    assert run.err.endswith(f"There is no option --colour; see scrapy {command} --help.\n")


def test_what_follows_two_hyphens_is_a_file(tmp_path: Path) -> None:
    run = scrapy(tmp_path, "mend", "--", "--colour")
    assert (run.status, run.err) == (1, "scrapy mend: --colour does not exist.\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_how_it_is_called(tmp_path: Path, command: str) -> None:
    run = scrapy(tmp_path, command, "--help")
    assert run.status == 0
    assert f"scrapy {command} " in run.out
    assert "[options]" in run.out


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return three_nights(tmp_path_factory.mktemp("nights") / "output")


def unprivileged(folder: Path, *arguments: str) -> Run:
    """A command for which permissions hold, whoever runs the tests."""
    command = [*UNPRIVILEGED, sys.executable, "-m", "scrapy", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False, timeout=60
    )
    return Run(folder, done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("verify",), "verify: {folder} cannot be read"),
        (("verify", "{file}"), "verify: {file} cannot be read"),
        (("verify", "output"), "verify: {folder} cannot be read"),
        (("reextract", "{file}"), "reextract: {file} cannot be read"),
        (("reextract", "{folder}"), "reextract: {folder} cannot be read"),
        (("mend",), "mend: {folder} cannot be read"),
        (("mend", "{file}"), "mend: {file} cannot be used"),
        (("cdxj",), "cdxj: {folder} cannot be read"),
        (("cdxj", "{folder}"), "cdxj: {folder} cannot be read"),
        (("wacz",), "wacz: {folder} cannot be read"),
        (("wire", "{file}:0"), "wire: {file} cannot be used"),
        (("catalog", "update"), "catalog: {folder} cannot be read"),
        (("catalog", "rebuild"), "catalog: {folder} cannot be read"),
    ],
)
def test_a_folder_that_may_not_be_read_is_a_sentence(
    archive: Archive, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    folder = tmp_path / "output/warc"
    folder.mkdir(parents=True)
    (folder / archive.nights[0].warc.name).write_bytes(archive.nights[0].warc.read_bytes())
    names = {"folder": Path("output/warc"), "file": Path("output/warc") / archive.nights[0].warc.name}
    folder.chmod(0)
    try:
        run = unprivileged(tmp_path, *(argument.format(**names) for argument in arguments))
    finally:
        folder.chmod(0o755)
    assert (run.status, run.out) == (1, "")
    assert run.err == f"scrapy {sentence.format(**names)}: Permission denied.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("verify",), "verify: output/warc cannot be read: Not a directory."),
        (("mend",), "mend: There is no folder output/warc."),
        (("cdxj",), "cdxj: output/warc is a file; WARC files are looked for in a folder."),
        (("replay",), "replay: output/warc is a file; WARC files are looked for in a folder."),
        (("wacz",), "wacz: output/warc is a file; WARC files are looked for in a folder."),
        (
            ("catalog", "update"),
            "catalog: output/warc is no folder; it would be on record that all its files are gone.",
        ),
        (("catalog", "rebuild"), "catalog: output/warc is no folder; there is nothing to make a catalog from."),
        (
            ("cdxj", "-s", "WARC_DIR=output", "-s", "CDXJ_DIR=output/warc"),
            "cdxj: output/warc is a file; indexes are kept",
        ),
        (
            ("wire", "a"),
            "wire: a is no record id and no FILE:OFFSET, and there is no output/articles to look for it in; "
            "--items FILE names another.",
        ),
        (
            ("crawl", "kcnawatch"),
            "crawl: The setting WARC_DIR: output/warc is a file, so nothing can be written there.",
        ),
    ],
)
def test_a_file_in_place_of_a_folder_is_a_sentence(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "output/warc").write_bytes(b"")
    run = scrapy(tmp_path, *arguments)
    assert run.status in (1, 2)
    assert run.err.startswith(f"scrapy {sentence}")
    assert (run.out, run.err.count("\n")) == ("", 1)


def test_an_interrupt_is_no_traceback(tmp_path: Path) -> None:
    # A pipe that nobody writes to: the command waits for it until it is stopped.
    os.mkfifo(tmp_path / "a.jsonl")
    command = [sys.executable, "-m", "scrapy", "verify", "a.jsonl"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True)
    # Opened for reading: it is past its start. Python acts on a signal between two steps, or when it breaks off a wait:
    # one that comes in the instant before the wait begins is acted on only after it.
    descriptor = os.open(tmp_path / "a.jsonl", os.O_WRONLY)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    os.close(descriptor)
    assert (process.returncode, err) == (130, "scrapy verify: Stopped.\n")


def test_a_folder_stands_for_its_files(archive: Archive, tmp_path: Path) -> None:
    folder = str(archive.output / "warc")
    files = [str(night.warc) for night in archive.nights]
    for command in ("reextract", "cdxj"):
        by_folder, by_names = (scrapy(tmp_path, command, *named) for named in ((folder,), files))
        assert (by_folder.status, by_folder.out) == (0, by_names.out)
        assert by_folder.out
    run = scrapy(tmp_path, "verify", str(archive.output), "-s", f"WARC_DIR={folder}")
    assert run.status == 0, run.out
    assert re.fullmatch(r"3 WARC files with \d+ records, 12 articles checked, 0 findings\.( .+)?\n", run.out)


@pytest.mark.parametrize("command", ["reextract", "cdxj", "verify"])
def test_a_folder_without_files_is_a_sentence(tmp_path: Path, command: str) -> None:
    (tmp_path / "empty").mkdir()
    run = scrapy(tmp_path, command, "empty")
    said = f"scrapy {command}: There is no file in the folder empty that this command reads.\n"
    assert (run.status, run.out, run.err) == (1, "", said)


@pytest.mark.parametrize(
    "arguments",
    [
        ("wacz", "-o", "{file}.wacz"),
        ("cdxj", "output/warc", "-o", "{file}.cdxj"),
        ("reextract", "output/warc", "-o", "{file}.jsonl"),
        ("wire", "output/warc/{warc}:0", "-o", "{file}"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_missing_folder_of_the_output_is_not_made(
    archive: Archive, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """Whoever mistypes it would look for the file in vain."""
    warc = archive.nights[0].warc
    (tmp_path / "output/warc").mkdir(parents=True)
    (tmp_path / "output/warc" / warc.name).write_bytes(warc.read_bytes())
    named = [argument.format(file="outptu/new", warc=warc.name) for argument in arguments]
    run = scrapy(tmp_path, *named)
    assert run.status == 2
    assert f"-o {named[-1]}: there is no folder outptu; make it first." in run.out + run.err
    assert not (tmp_path / "outptu").exists()
