"""``scrapy mend`` as a person meets it: a line for each file, and an exit status that says whether all is well."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kcnacrawl.archive.writer import WarcWriter
from tests.archive.leftovers import CAPTURES, INFO, LeftOver, left_over

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dead(tmp_path_factory: pytest.TempPathFactory) -> LeftOver:
    return left_over(tmp_path_factory.mktemp("dead"), CAPTURES[:1])


STOPPED = """
from scrapy.cmdline import execute
import kcnacrawl.archive.mend as module

mend = module.mend

def stopped(path):
    if path.name.startswith("c"):
        raise KeyboardInterrupt
    return mend(path)

module.mend = stopped
execute()
"""


def scrapy_mend(
    *arguments: str | Path, warc: Path = Path("none"), program: tuple[str, str] = ("-m", "scrapy")
) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    command = [sys.executable, *program, "mend", *map(str, arguments), "-s", f"WARC_DIR={warc}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_named_files_are_mended(tmp_path: Path, dead: LeftOver) -> None:
    first, second = tmp_path / "a.warc.gz.open", tmp_path / "b.warc.gz.open"
    first.write_bytes(dead.data)
    second.write_bytes(dead.data[:-1])
    start = dead.ends[0]
    torn = len(dead.data) - 1 - start
    assert scrapy_mend(first, second) == (
        0,
        f"{tmp_path}/a.warc.gz: closed with 4 whole records.\n"
        f"{tmp_path}/b.warc.gz: closed with 1 whole record; from {start} on it was torn, {torn} bytes cut off.\n",
        "",
    )
    assert sorted(tmp_path.iterdir()) == [tmp_path / "a.warc.gz", tmp_path / "b.warc.gz"]


def test_without_names_all_files_of_dead_runs_are_mended(tmp_path: Path, dead: LeftOver) -> None:
    writer = WarcWriter(tmp_path, "alive", info=INFO)
    dead.put(tmp_path, dead.data)
    line = f"{tmp_path / dead.name}: closed with 4 whole records.\n"
    assert scrapy_mend(warc=tmp_path) == (0, line, "")
    assert scrapy_mend(warc=tmp_path) == (0, f"No dead run left a file open in {tmp_path}.\n", "")
    writer.close()


def test_files_that_cannot_be_mended_do_not_keep_others_from_it(tmp_path: Path, dead: LeftOver) -> None:
    writer = WarcWriter(tmp_path, "alive", info=INFO)
    path = dead.put(tmp_path, dead.data)
    damaged = tmp_path / "damaged.warc.gz"
    damaged.write_bytes(dead.data[:-1])
    missing = tmp_path / "missing.warc.gz.open"
    status, out, err = scrapy_mend(writer.path, missing, damaged, path)
    assert status == 1
    assert err == (
        f"scrapy mend: {writer.path} is being written by another process.\nscrapy mend: {missing} does not exist.\n"
    )
    assert out == (
        f"{damaged}: damaged at {dead.ends[0]} and left as it is; {damaged}.repaired holds its 1 whole record, "
        f"without {len(dead.data) - 1 - dead.ends[0]} bytes that are not.\n"
        f"{tmp_path / dead.name}: closed with 4 whole records.\n"
    )
    writer.close()


def test_a_folder_stands_for_the_files_that_dead_runs_left_in_it(tmp_path: Path, dead: LeftOver) -> None:
    dead.put(tmp_path, dead.data)
    assert scrapy_mend(tmp_path) == (0, f"{tmp_path / dead.name}: closed with 4 whole records.\n", "")
    assert scrapy_mend(tmp_path) == (0, f"No dead run left a file open in {tmp_path}.\n", "")


def test_a_file_of_the_folder_that_cannot_be_mended_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz.open"
    path.write_bytes(b"text")
    assert scrapy_mend(warc=tmp_path) == (1, f"{path} holds no whole record; it is left as it is.\n", "")


def test_what_was_mended_before_ctrl_c_is_told(tmp_path: Path, dead: LeftOver) -> None:
    for name in "abc":
        (tmp_path / f"{name}.warc.gz.open").write_bytes(dead.data)
    status, out, err = scrapy_mend(warc=tmp_path, program=("-c", STOPPED))
    assert (status, err) == (130, "scrapy mend: Stopped.\n")
    assert out == "".join(f"{tmp_path}/{name}.warc.gz: closed with 4 whole records.\n" for name in "ab")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.warc.gz", "b.warc.gz", "c.warc.gz.open"]


def test_what_makes_no_sense_is_a_sentence(tmp_path: Path) -> None:
    assert scrapy_mend(warc=tmp_path / "none") == (1, "", f"scrapy mend: There is no folder {tmp_path}/none.\n")
    status, out, err = scrapy_mend("--nonsense")
    assert (status, out) == (2, "")
    assert "There is no option --nonsense;" in err
