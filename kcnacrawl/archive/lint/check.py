"""Checks WARC files with all cores, then what their records say of each other."""

from __future__ import annotations

import shlex
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.lint.finding import Finding
from kcnacrawl.archive.lint.ranges import Checked, lint_range
from kcnacrawl.archive.lint.references import References
from kcnacrawl.archive.lint.remedies import KNOW, RECOMPRESS, RESTORE
from kcnacrawl.archive.locks import is_left_behind, is_locked
from kcnacrawl.archive.ranges import RANGE, RangeReader, split
from kcnacrawl.archive.source import Source

WAITS, WAIT = 20, 0.05
"""How often an empty file is looked at again before it is said to be left behind, and seconds between."""


@dataclass(slots=True)
class Counts:
    """What was checked."""

    files: int = 0
    records: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    """By level."""

    damaged: dict[str, Path] = field(default_factory=dict)
    """Files that records are lost of, by their names without ``.open``."""

    whole_until: dict[str, int] = field(default_factory=dict)
    """Where the first damage of each begins, at the earliest; 0 for one that is not here."""

    kinds: dict[str, Counter[str]] = field(default_factory=dict)
    """Records by type, by the name of their file."""

    endings: dict[str, str] = field(default_factory=dict)
    """By run: how it ended, as the last record that it wrote says."""


def lint(
    paths: Sequence[Path],
    counts: Counts,
    *,
    others: Sequence[Path] = (),
    processes: int | None = None,
    progress: Callable[[int], None] = lambda size: None,
) -> Iterator[Finding]:
    """Everything that is wrong with WARC files, in the order of the files; what crosses them at the end.

    :param counts: is filled on the way
    :param others: files that are not checked, but may hold the originals of revisits
    :param processes: how many to use; all cores when null
    :param progress: is told how many more bytes of the files are done
    """
    for finding in _lint(paths, counts, others, processes, progress):
        counts.findings[finding.level] += 1
        yield finding


def _lint(
    paths: Sequence[Path],
    counts: Counts,
    others: Sequence[Path],
    processes: int | None,
    progress: Callable[[int], None],
) -> Iterator[Finding]:
    files: list[Path] = []
    for path in paths:
        if _is_just_begun(path):
            yield _being_written(path)
        elif (finding := _unreadable(path)) is not None:
            counts.damaged[path.name.removesuffix(OPEN)] = path
            yield finding
        else:
            files.append(path)
            yield from _left_open(path)
    if not files:
        return
    references = References(files, others)
    answered: set[tuple[int, int, bytes]] = set()
    with RangeReader(files, processes) as reader:
        for checked in reader.read(lint_range):
            _drop_answered(checked, answered)
            if checked.damaged_at is not None:
                name = files[checked.number].name.removesuffix(OPEN)
                counts.damaged[name] = files[checked.number]
                counts.whole_until.setdefault(name, checked.damaged_at)
            yield from checked.findings
            yield from references.add(checked)
            counts.records += checked.records
            counts.kinds.setdefault(files[checked.number].name, Counter()).update(checked.kinds)
            counts.endings.update(checked.endings)
            progress(checked.size)
    counts.files += len(files)
    yield from references.answer(processes)


def _drop_answered(checked: Checked, answered: set[tuple[int, int, bytes]]) -> None:
    """Drop the questions of a range that the one before it has answered, and note what it answers itself."""
    checked.links = [
        link
        for link in checked.links
        if link.what != "concurrent" or (checked.number, link.offset, link.to) not in answered
    ]
    answered.update((checked.number, *one) for one in checked.answered)


def _left_open(path: Path) -> Iterator[Finding]:
    if path.suffix != OPEN:
        return
    if is_left_behind(path):
        remedy = f"close it with `scrapy mend {shlex.quote(str(path))}`; the next crawl does it as well"
        yield Finding(str(path), None, None, "it was left open by a run that was broken off", remedy)
    else:
        yield _being_written(path)


def _being_written(path: Path) -> Finding:
    return Finding(str(path), None, None, "it is being written at this moment", KNOW, "note")


def _is_just_begun(path: Path) -> bool:
    """Whether a run has created the file and has written nothing yet; it locks it a moment after it was created."""
    for _ in range(WAITS):
        try:
            if path.suffix != OPEN or path.stat().st_size:
                return False
            if is_locked(path):
                return True
        except (OSError, ArchiveError):
            return False  # it was closed
        time.sleep(WAIT)
    return False


def _unreadable(path: Path) -> Finding | None:
    """Why the records of a file cannot be looked at one by one."""
    try:
        split(path, RANGE)
        with Source(path) as source:
            if not source.is_foreign():
                return None
            if source.is_gzip:
                return Finding(str(path), None, None, "several records share a gzip member", RECOMPRESS)
            return Finding(str(path), None, None, "it does not begin as a WARC file does", RESTORE)
    except ArchiveError as error:
        sentence = str(error).removeprefix(f"{path}").removeprefix(":").strip().rstrip(".")
        mend = f"scrapy mend {shlex.quote(str(path))}"
        remedy = f"remove it with `{mend}`; the next crawl does it as well" if _is_empty(path) else RESTORE
        said = f"it {sentence}" if sentence.startswith(("is", "does", "cannot")) else sentence
        return Finding(str(path), None, None, said, remedy)


def _is_empty(path: Path) -> bool:
    """Whether a run has left a file in which it wrote nothing."""
    try:
        return path.suffix == OPEN and path.stat().st_size == 0
    except OSError:
        return False
