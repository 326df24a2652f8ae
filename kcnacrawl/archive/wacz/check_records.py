"""The WARC files of a package: each record by itself, and held against the index, line by line."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kcnacrawl.archive.cdxj.many import read_parts, readable
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lint.check import Counts, lint
from kcnacrawl.archive.lint.finding import Finding, shown, told_elsewhere
from kcnacrawl.archive.lint.indexline import Meaning, read_meaning
from kcnacrawl.archive.lint.remedies import ANEW, KNOW, LOST, MENDED, RECOMPRESS
from kcnacrawl.archive.mapped import size_of
from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.wacz.check_index import Lines
from kcnacrawl.archive.wacz.check_line import line_flaws
from kcnacrawl.archive.wacz.steps import Steps
from kcnacrawl.archive.wacz.subject import REFETCH, UNREADABLE, Subject

_ARCHIVE = "archive/"


def check_records(
    subject: Subject, lines: Lines, *, ours: bool, processes: int | None, steps: Steps
) -> Iterator[Finding]:
    """Findings on records, on records without line, and on lines that are not those of their records."""
    paths = subject.warcs()
    yield from _forms(subject)
    kept = (KNOW, LOST, MENDED, RECOMPRESS) if ours else (KNOW, LOST, MENDED, RECOMPRESS, ANEW)
    size = sum(map(size_of, paths))
    for finding in lint(paths, Counts(), processes=processes, progress=steps.begin(size)):
        yield finding if finding.remedy in kept else replace(finding, remedy=REFETCH)
    whole = readable(paths, told_elsewhere)
    progress = steps.begin(size)
    for part in read_parts(whole, processes=processes):
        for line in part.lines:
            if (true := read_meaning(line)) is not None:
                yield from _hold(subject, lines, whole[part.number], true, line if ours else b"")
        progress(part.size)
    yield from _unseen(subject, lines)


def _forms(subject: Subject) -> Iterator[Finding]:
    for name in subject.below("archive"):
        info = subject.entries[name]
        if not info.file_size:
            yield subject.finding(name, "it is empty")
        elif info.compress_type == zipfile.ZIP_STORED and _is_gzip(subject, name) != name.endswith(".gz"):
            yield subject.finding(name, "its name does not say whether it is compressed", "call it .warc.gz or .warc")


def _is_gzip(subject: Subject, name: str) -> bool:
    try:
        with subject.open(name) as file:
            return file.read(2) == b"\x1f\x8b"
    except UNREADABLE:
        return name.endswith(".gz")


def _hold(subject: Subject, lines: Lines, path: Path, true: Meaning, whole: bytes) -> Iterator[Finding]:
    """Hold the lines that lead to a record against it.

    :param whole: of packages of ours the line that it must have, but for its time; else empty
    """
    filename, offset = str(path).removeprefix(f"{subject.inside(_ARCHIVE)}/"), int(true.offset)
    rows = list(lines.at(filename, offset))
    if not rows:
        sentence = "the index has no line for it, so it will not be found"
        yield subject.finding(f"{_ARCHIVE}{filename}", sentence, offset=offset, record=_id(path, offset))
    where = f"the record at {offset} of {filename}"
    before: dict[str, int] = {}
    for row, entry, number, text in rows:
        lines.see(row)
        if entry in before:
            yield subject.finding(entry, f"it leads to {where}, as line {before[entry]} does", offset=number)
        before[entry] = number
        for clause in line_flaws(text, true, path, whole):
            sentence = clause.replace("{where}", where)
            yield subject.finding(entry, sentence, offset=number, record=_id(path, offset))


def _id(path: Path, offset: int) -> str | None:
    try:
        return read_record(path, offset).id or None
    except ArchiveError:
        return None


def _unseen(subject: Subject, lines: Lines) -> Iterator[Finding]:
    for entry, number, filename, offset in lines.unseen():
        if f"{_ARCHIVE}{filename}" not in subject.entries:
            sentence = f"it leads to {shown(filename)}, which is not in archive/"
        else:
            sentence = f"no record that an index has lines for begins at {offset} of {filename}"
        yield subject.finding(entry, sentence, offset=number)
