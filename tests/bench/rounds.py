"""Runs the contenders in turn, checks that each did its work, and keeps what it took."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.contenders import ROOT, Contender, Work, reextract, warc_files
from tests.bench.measure import Usage, run

OTHERS = ("SCRAPY_", "PYTHON", "PYTEST_")
"""Environment variables by these beginnings could change what is measured and are not passed on."""


class RunError(RuntimeError):
    """A contender did not do its work, so its figures mean nothing; the message is one sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One run of one contender over ``pages`` pages."""

    pages: int
    usage: Usage
    warc_bytes: int

    @property
    def rate(self) -> float:
        """Pages a second of wall-clock time."""
        return self.pages / self.usage.seconds

    @property
    def cpu(self) -> float:
        """CPU seconds for 1,000 pages."""
        return self.usage.cpu / self.pages * 1000

    @property
    def warc(self) -> float:
        """WARC bytes a page."""
        return self.warc_bytes / self.pages


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
    return kept | {"PYTHONPATH": str(ROOT)}  # the spider of (b) and (c) is in tests/


def alternate(contenders: Sequence[Contender], work: Work, pages: int, rounds: int) -> Iterator[tuple[str, Outcome]]:
    """Run every contender once a round, in turn, so that a slow minute of the machine meets all of them."""
    for _ in range(rounds):
        for contender in contenders:
            yield contender.key, attempt(contender, work, pages)


def attempt(contender: Contender, work: Work, pages: int) -> Outcome:
    """Run one contender in an empty folder.

    :raises RunError: it failed, or wrote fewer articles than there are pages, or no archive
    """
    clear(work.folder)
    work.warc.mkdir()
    log = work.folder / "log.txt"
    cwd = ROOT if contender.in_project else work.folder
    usage = run(contender.command(work), cwd=cwd, env=environment(), log=log)
    if usage.status:
        raise RunError(f"({contender.key}) ended with status {usage.status}: {last_words(log)}")
    if contender.extracts and (found := count_lines(work.lines)) != pages:
        raise RunError(f"({contender.key}) wrote {found} articles from {pages} pages: {last_words(log)}")
    size = sum(path.stat().st_size for path in warc_files(work))
    if contender.archives and not size:
        raise RunError(f"({contender.key}) left no WARC file in {work.warc}.")
    return Outcome(pages=pages, usage=usage, warc_bytes=size)


def read_again(work: Work, pages: int) -> Outcome:
    """Re-extract the archive that the last run left in the work folder."""
    log = work.folder / "log.txt"
    usage = run(reextract(work), cwd=ROOT, env=environment(), log=log)
    found = count_lines(work.folder / "again.jsonl")
    if usage.status or found != pages:
        raise RunError(f"scrapy reextract gave {found} articles from {pages} pages: {last_words(log)}")
    return Outcome(pages=pages, usage=usage, warc_bytes=0)


def clear(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def count_lines(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


def last_words(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else f"it said nothing ({Path(sys.executable).name})"
