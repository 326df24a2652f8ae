"""CDXJ files held against the WARC files they index: every line leads to its record, and no record is left out."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.lint.finding import Finding, Lack, quoted, shown
from kcnacrawl.archive.lint.indexline import IndexLine, Meaning, is_offset, lines_at, read_meaning
from kcnacrawl.archive.lint.members import GZIP
from kcnacrawl.archive.lint.remedies import REINDEX, UPDATE, restore
from kcnacrawl.archive.reader import read_record

MOST = 1_000_000
"""Lines held back because they are not just those expected; beyond them only their number is told."""

_NO_RECORD = "it leads to no record"


@dataclass(slots=True)
class _Comparison:
    """Lines that one side has and the other has not, at least not with the same bytes."""

    found: list[IndexLine] = field(default_factory=list)
    expected: list[bytes] = field(default_factory=list)
    passed_over: int = 0

    def add_found(self, line: IndexLine) -> None:
        if len(self.found) < MOST:
            self.found.append(line)
        else:
            self.passed_over += 1

    def add_expected(self, line: bytes) -> None:
        if len(self.expected) < MOST:
            self.expected.append(line)
        else:
            self.passed_over += 1


def lint_indexes(
    indexes: Sequence[Iterable[IndexLine]], expected: Iterator[bytes], warcs: Iterable[Path]
) -> Iterator[Finding]:
    """Everything that is wrong with indexes that together name all records of some WARC files.

    Lines are compared in sorted order as they are read, so memory stays flat while they agree.

    :param indexes: the lines of each
    :param expected: the lines that they must have
    :param warcs: what they index
    """
    comparison = _Comparison()
    found = heapq.merge(*(_in_order(lines, comparison) for lines in indexes))
    for line in _compare(found, expected, comparison):
        yield _finding(line, "it stands there more than once")
    yield from _explain(comparison, {path.name.removesuffix(OPEN): path for path in warcs})


def lint_order(lines: Iterable[IndexLine]) -> Iterator[Finding]:
    """Lines that do not stand where ``LC_ALL=C sort`` puts them, and lines that are none."""
    before = b""
    for line in lines:
        if line.text < before:
            yield _finding(line, "it stands behind a line that sorts after it")
        if read_meaning(line.text) is None:
            yield _finding(line, f"it is no line of CDXJ: {quoted(line.text.rstrip())}")
        before = line.text


def _in_order(lines: Iterable[IndexLine], comparison: _Comparison) -> Iterator[IndexLine]:
    """The lines that rise; the others are put aside."""
    before = b""
    for line in lines:
        if line.text < before:
            comparison.add_found(line)
        else:
            before = line.text
            yield line


def _compare(found: Iterator[IndexLine], expected: Iterator[bytes], comparison: _Comparison) -> Iterator[IndexLine]:
    """Walk down both; lines that stand in one file more than once."""
    wanted = next(expected, None)
    last: IndexLine | None = None
    for line in found:
        while wanted is not None and wanted < line.text:
            comparison.add_expected(wanted)
            wanted = next(expected, None)
        if line.text == wanted:
            wanted = next(expected, None)
        elif last is None or line.text != last.text:
            comparison.add_found(line)
        elif line.file == last.file:
            yield line
        last = line
    for rest in (wanted, *expected) if wanted is not None else ():
        comparison.add_expected(rest)


def _explain(comparison: _Comparison, warcs: dict[str, Path]) -> Iterator[Finding]:
    """Lines that mean the same in other words are right; what is wrong with the others."""
    wanted = {meaning: line for line in comparison.expected if (meaning := read_meaning(line)) is not None}
    places = set()
    astray: set[Meaning] = set()
    for line in comparison.found:
        meaning = read_meaning(line.text)
        if meaning is None:
            continue  # told by lint_order
        if wanted.pop(meaning, None) is None:
            places.add((meaning.filename, meaning.offset))
            for clause, remedy in _why(meaning, warcs):
                is_there = meaning.filename in warcs
                may_be_lost = not is_there or (clause.startswith(_NO_RECORD) and is_offset(meaning.offset))
                at = int(meaning.offset) if is_there and may_be_lost else None
                lack = Lack("line", meaning.filename, is_there=is_there, offset=at) if may_be_lost else None
                if may_be_lost:
                    astray.add(meaning._replace(offset=""))
                yield replace(_finding(line, clause), remedy=remedy, lack=lack)
    for meaning in wanted:
        if (meaning.filename, meaning.offset) not in places:
            # Bytes lost in a file put all records behind them where no line leads; the lines are there, and go astray.
            yield _missing(meaning, warcs[meaning.filename], is_astray=meaning._replace(offset="") in astray)
    if comparison.passed_over:
        clause = f"{comparison.passed_over} more lines are not those expected"
        yield Finding(comparison.found[0].file if comparison.found else "the index", None, None, clause, REINDEX)


def _missing(meaning: Meaning, path: Path, *, is_astray: bool) -> Finding:
    try:
        identity = read_record(path, int(meaning.offset)).id
    except ArchiveError:
        identity = ""
    lack = Lack("other", meaning.filename, is_there=True, offset=int(meaning.offset)) if is_astray else None
    clause = "no line of the index leads to it"
    return Finding(str(path), int(meaning.offset), identity or None, clause, REINDEX, lack=lack)


def _why(meaning: Meaning, warcs: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """What is wrong with a line that no record gives, and what to do."""
    path = warcs.get(meaning.filename)
    if path is None:
        yield f"it leads to {shown(meaning.filename)}, which is not there", UPDATE
        return
    try:
        lines = lines_at(path, meaning.offset)
    except ArchiveError as error:
        # Where a gzip member does begin, the line is right and the file is not: no index would be better.
        remedy = restore(path) if _begins_member(path, meaning.offset) else REINDEX
        yield f"{_NO_RECORD} ({str(error).rstrip('.')})", remedy
        return
    where = f"the record at {meaning.offset} of {path}"
    if meaning in lines:
        return  # the same in other words, as indexers do that know nothing of POST
    if not lines:
        yield f"it leads to {where}, which belongs into no index", REINDEX
    for true in lines[:1]:
        for what, here, there in meaning.differences(true):
            yield f"its {what} is {quoted(here)}, but {where} gives {quoted(there)}", REINDEX


def _begins_member(path: Path, offset: str) -> bool:
    try:
        with path.open("rb") as file:
            file.seek(int(offset))
            return file.read(len(GZIP)) == GZIP
    except (OSError, ValueError, OverflowError):
        return False


def _finding(line: IndexLine, clause: str) -> Finding:
    return Finding(line.file, line.number, None, clause, REINDEX)
