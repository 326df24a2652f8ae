"""``scrapy wacz`` as a person runs it, and what is left when it is broken off."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import resource
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from kcnacrawl.archive.wacz.check import check_wacz
from tests.crawl.running import Run, environment, on_terminal, scrapy
from tests.wacz.large import large_archive
from tests.wacz.nights import Archive

COMMAND = [sys.executable, "-m", "scrapy", "wacz"]


@pytest.fixture
def folder(archive: Archive, tmp_path: Path) -> Path:
    """A folder to run commands in, with the archive of three nights."""
    (tmp_path / "output").mkdir()
    for name in ("warc", "articles"):
        (tmp_path / "output" / name).symlink_to(archive.output / name)
    return tmp_path


def packages(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.wacz*"))


def test_package_has_a_name_of_its_own_and_is_sound(folder: Path) -> None:
    run = scrapy(folder, "wacz", "--from", "2026-11-21", "--to", "2026-11-22", "--sign")
    assert (run.status, run.out) == (0, "")
    (name,) = packages(folder)
    assert re.fullmatch(r"output/wacz/kcnawatch-2026-11-21--2026-11-22-\d{14}\.wacz", name)
    made, signed = run.err.splitlines()
    assert made == (
        f"{name}: 4 WARC files; 33 lines of index; 10 pages, 10 of them articles; "
        "6 originals of revisits from other files; 17 earlier captures that its pages need."
    )
    assert signed == f"{name}: signed with a key made for it alone; public key {public_key(folder / name)}."
    assert list(check_wacz(folder / name)) == []


@pytest.mark.parametrize("options", [(), ("--from", "2026-11-21")])
def test_on_a_terminal_bars_tell_what_is_done(folder: Path, options: tuple[str, ...]) -> None:
    status, drawn = on_terminal(folder, "wacz", *options, columns=200)
    assert status == 0, drawn
    for what in ("Reading", "Copying", "Indexing", "Pages"):
        percents = re.findall(rf"{what} +(?:\x1b\[[0-9;]*m|[━╸╺])+ *(?:\x1b\[[0-9;]*m)* *([0-9]+)%", drawn)
        assert percents, (what, drawn)
        assert percents[-1] == "100", (what, percents)
    assert re.search(r"output/wacz/kcnawatch-\S+\.wacz: 3 WARC files; ", drawn)


def public_key(package: Path) -> str:
    """Hash of the key in the signature of a package."""
    with zipfile.ZipFile(package) as opened:
        key = json.loads(opened.read("datapackage-digest.json"))["signedData"]["publicKey"]
    return "sha256:" + hashlib.sha256(base64.b64decode(key)).hexdigest()


def test_titles_and_keys_are_taken(folder: Path) -> None:
    options = ("--title", "A night", "--description", "Of *three*.", "--key", "own.pem", "--no-text", "--no-requisites")
    told = []
    for name in ("one.wacz", "two.wacz"):
        run = scrapy(folder, "wacz", "-o", name, "--spider", "kcnawatch", *options)
        assert run.status == 0
        told.append(run.err.splitlines())
    key = public_key(folder / "one.wacz")
    assert told[0][0].startswith("scrapy wacz: own.pem is not there, so a new key is made in it; ")
    assert [lines[-1] for lines in told] == [
        f"{name}: signed with the key in own.pem; public key {key}." for name in ("one.wacz", "two.wacz")
    ]
    keys = set()
    for name in ("one.wacz", "two.wacz"):
        with zipfile.ZipFile(folder / name) as package:
            about = json.loads(package.read("datapackage.json"))
            keys.add(json.loads(package.read("datapackage-digest.json"))["signedData"]["publicKey"])
        assert (about["title"], about["description"]) == ("A night", "Of *three*.")
    assert len(keys) == 1
    assert (folder / "own.pem").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("options", "status", "sentence"),
    [
        (("-o", "a.zip"), 2, "a.zip must end in .wacz: that is what packages are told by."),
        (("--key", "none/k.pem"), 2, "--key none/k.pem: there is no folder none; make it first."),
        (("--from", "today"), 2, "--from today is no day; write it like 2026-11-23."),
        (("--from", "2026-11-23", "--to", "2026-11-01"), 2, "--from 2026-11-23 is after --to 2026-11-01."),
        (("output/warc",), 2, "What is 'output/warc'? The package is chosen by options."),
        (("--run", "x"), 1, "scrapy wacz: Nothing in output/warc is of run x, so there is nothing to package."),
        (
            ("-s", "WARC_DIR=nowhere"),
            1,
            "scrapy wacz: There is no folder nowhere; a first crawl makes it. If it was there, bring it back from a "
            "copy, or say with -s WARC_DIR=FOLDER where it is.",
        ),
        (
            ("-s", "WARC_DIR=output/articles"),
            1,
            "scrapy wacz: There is no closed WARC file in output/articles, so there is nothing to package.",
        ),
    ],
)
def test_what_cannot_be_is_a_sentence(folder: Path, options: tuple[str, ...], status: int, sentence: str) -> None:
    run = scrapy(folder, "wacz", *options)
    assert run.status == status
    assert run.err.splitlines()[-1].endswith(sentence)
    assert "Traceback" not in run.err
    assert (packages(folder), (folder / "none").exists()) == ([], False)


def test_package_that_is_there_is_left_alone(folder: Path) -> None:
    (folder / "a.wacz").write_text("mine")
    run = scrapy(folder, "wacz", "-o", "a.wacz")
    assert (run.status, run.err) == (1, "scrapy wacz: a.wacz is there already; name another file.\n")
    assert (folder / "a.wacz").read_text() == "mine"


def test_lost_original_is_told_and_fails(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "output/warc").mkdir(parents=True)
    warc = archive.nights[1].warc
    (tmp_path / "output/warc" / warc.name).symlink_to(warc)
    run = scrapy(tmp_path, "wacz", "-o", "a.wacz")
    assert run.status == 1
    lost = "scrapy wacz: 6 records that revisits in a.wacz refer to are in no file of output/warc, "
    assert run.err.splitlines()[-1].startswith(lost)
    assert packages(tmp_path) == ["a.wacz"]


def test_file_that_a_dead_run_left_open_is_told_and_fails(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "output/warc").mkdir(parents=True)
    for night, ending in zip(archive.nights[:2], ("", ".open"), strict=True):
        (tmp_path / "output/warc" / (night.warc.name + ending)).write_bytes(night.warc.read_bytes())
    left = f"output/warc/{archive.nights[1].warc.name}.open"
    run = scrapy(tmp_path, "wacz", "-o", "a.wacz")
    assert (run.status, list(check_wacz(tmp_path / "a.wacz"))) == (1, [])
    told = f"{left} was left open by a run that was broken off; it is left out: close it with `scrapy mend {left}`"
    assert told in run.err
    # Of another run's nothing was asked for.
    run = scrapy(tmp_path, "wacz", "--run", archive.nights[0].run, "-o", "b.wacz")
    assert (run.status, ".open" in run.err) == (0, False)
    assert scrapy(tmp_path, "mend", left).status == 0
    assert scrapy(tmp_path, "wacz", "-o", "c.wacz").status == 0


def test_file_that_no_descriptor_was_left_for_is_not_called_damaged(archive: Archive, folder: Path) -> None:
    warc = f"output/warc/{archive.nights[1].warc.name}"
    fault = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", warc, "-e", "trace=openat"]
    fault += ["-e", "inject=openat:error=EMFILE:when=2"]
    done = subprocess.run(
        [*fault, *COMMAND, "--skip-damaged"], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, "Too many open files" in done.stderr) == (1, True), done.stderr
    assert "damaged" not in done.stderr
    assert packages(folder) == []


def test_full_disk_is_a_sentence_and_leaves_nothing(folder: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    done = subprocess.run(
        [*COMMAND, "-o", "a.wacz"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )
    run = Run(folder, done.returncode, done.stdout, done.stderr)
    assert (run.status, run.err) == (1, "scrapy wacz: a.wacz cannot be written: File too large.\n")
    assert packages(folder) == []


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of 200 MB: it takes seconds to pack."""
    folder = tmp_path_factory.mktemp("large")
    large_archive(folder / "output/warc", 200_000_000)
    return folder


def test_kill_leaves_no_package(large: Path) -> None:
    process = subprocess.Popen([*COMMAND, "-o", "a.wacz"], cwd=large, env=environment(), stderr=subprocess.DEVNULL)
    begun = large / "a.wacz.open"
    while process.poll() is None and not (begun.exists() and begun.stat().st_size > 10_000_000):
        time.sleep(0.001)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert packages(large) == ["a.wacz.open"]
    begun.unlink()


def test_interrupt_leaves_nothing(large: Path) -> None:
    process = subprocess.Popen([*COMMAND, "-o", "b.wacz"], cwd=large, env=environment(), stderr=subprocess.DEVNULL)
    begun = large / "b.wacz.open"
    while process.poll() is None and not (begun.exists() and begun.stat().st_size > 10_000_000):
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)  # Python loses one that comes while it runs a finalizer
    assert process.wait() != 0
    assert packages(large) == []
