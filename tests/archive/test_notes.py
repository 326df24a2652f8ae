"""Notes in temporary files: when the disk with these is full, that is one sentence."""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kcnacrawl.archive.doubles import Doubles
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lines import Line
from kcnacrawl.archive.notes import NotesError
from kcnacrawl.archive.wacz.check_index import Line as IndexLine
from kcnacrawl.archive.wacz.check_index import Lines
from kcnacrawl.archive.wacz.scan import Capture
from kcnacrawl.archive.wacz.scratch import Scratch
from tests.crawl.running import environment
from tests.limits import file_size_limit

FULL = (
    r"Notes on the archive cannot be kept in a temporary file: (database or disk is full|disk I/O error); "
    r"the variable TMPDIR says in which folder such files are made\.\n?"
)
MANY = 120_000


def fill_doubles() -> None:
    with Doubles() as doubles:
        deque(doubles.watch(Line(Path("a.jsonl"), number, {"id": f"a:{number}"}) for number in range(MANY)), 0)


def fill_lines() -> None:
    with Lines() as lines:
        for number in range(MANY):
            lines.add(IndexLine("index.cdx", number, "a.warc.gz", number, "http://a.example/", "2026", b"text"))


def fill_scratch() -> None:
    with Scratch() as scratch:
        scratch.add(0, ((Capture(number, number, url="http://a.example/"), True) for number in range(MANY)))


@pytest.mark.parametrize("fill", [fill_doubles, fill_lines, fill_scratch])
def test_full_temporary_disk_is_a_sentence(fill: Callable[[], None]) -> None:
    with file_size_limit(100_000), pytest.raises(NotesError, match=f"^{FULL}$"):
        fill()
    fill()


def test_what_was_noted_before_damage_stays() -> None:
    def captures() -> Iterator[tuple[Capture, bool]]:
        yield Capture(0, 1, record_id="a"), True
        raise ArchiveError("The record at 1 is damaged.")

    with Scratch() as scratch:
        with pytest.raises(ArchiveError, match="at 1 is damaged"):
            scratch.add(0, captures())
        assert scratch.value("SELECT COUNT(*) FROM capture") == 1
        scratch.add(1, [(Capture(0, 1), True)])
        assert scratch.value("SELECT COUNT(*) FROM capture") == 2


def test_verify_ends_with_the_sentence(tmp_path: Path) -> None:
    (tmp_path / "output/warc").mkdir(parents=True)
    (tmp_path / "many.jsonl").write_text("".join(f'{{"id":"a:{number}"}}\n' for number in range(MANY)))
    command = ["prlimit", "--fsize=204800", sys.executable, "-m", "scrapy", "verify", "many.jsonl"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    (told,) = done.stderr.splitlines()
    assert told.startswith("scrapy verify: Notes on the archive cannot be kept in a temporary file: ")
