"""What a package of ours holds, noted as it was when it was made: its captures, and where each of them is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lint.finding import Finding, told_elsewhere
from kcnacrawl.archive.mapped import size_of
from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.wacz.check_index import Lines
from kcnacrawl.archive.wacz.check_line import milliseconds_flaw
from kcnacrawl.archive.wacz.plan import Plan
from kcnacrawl.archive.wacz.proven import Proven
from kcnacrawl.archive.wacz.scan import Capture, bare, scan
from kcnacrawl.archive.wacz.scratch import Scratch
from kcnacrawl.archive.wacz.selection import FileInfo
from kcnacrawl.archive.wacz.steps import Steps
from kcnacrawl.archive.wacz.subject import Subject

_NOT_ASKED_FOR = re.compile(r"(?:originals|requisites)-[0-9]{14}(?:-repaired)?\.warc\.gz")


class Captures:
    """Notes on the captures of a package. Use it as a context manager."""

    def __init__(self, subject: Subject) -> None:
        self.plan = Plan(Scratch(), subject.path, [FileInfo(path, size_of(path)) for path in subject.warcs()])
        self.proven = Proven(self.plan.scratch)
        self._subject = subject
        self._sources: dict[str, str | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        self.plan.scratch.__exit__(*unused)

    def note(self, lines: Lines, steps: Steps) -> Iterator[Finding]:
        """Take notes; findings on index lines whose milliseconds are not those of their captures."""
        scratch = self.plan.scratch
        progress = steps.begin(sum(info.size for info in self.plan.files))
        for number, info in enumerate(self.plan.files):
            flaws: list[Finding] = []
            captures = _captures(info.path, progress)
            scratch.add(number, ((one, self._is_chosen(one, info, lines, flaws)) for one in captures))
            yield from flaws
        scratch.index()
        scratch.take_originals()

    def place(self, record_id: str) -> tuple[Path, int] | None:
        """Where the main record of a capture with this id is; null when there is none."""
        query = "SELECT file, offset FROM capture WHERE record_id = ?"
        found = next(self.plan.scratch.rows(query, bare(record_id)), None)
        return (self.plan.files[found[0]].path, found[1]) if found else None

    def source(self, path: Path, offset: int) -> str | None:
        """Name of the WARC file that a record was written to, as its ``warcinfo`` record says; null if none does."""
        try:
            info = read_record(path, offset).get("WARC-Warcinfo-ID") or ""
            if info not in self._sources:
                place = self.place(info)
                self._sources[info] = read_record(*place).get("WARC-Filename") if place else None
        except ArchiveError:
            return None  # a damaged record has its own finding
        return self._sources[info]

    def holds(self, warc: str) -> bool:
        """Whether a WARC file is in the package as a whole."""
        return f"archive/{warc}" in self._subject.entries

    def _is_chosen(self, capture: Capture, info: FileInfo, lines: Lines, flaws: list[Finding]) -> bool:
        name = info.path.name
        for _, entry, number, text in lines.at(name, capture.offset):
            if (clause := milliseconds_flaw(text, capture.date)) is not None:
                sentence = clause.replace("{where}", f"the record at {capture.offset} of {name}")
                record = f"<urn:uuid:{capture.record_id}>"
                flaws.append(self._subject.finding(entry, sentence, offset=number, record=record))
        return capture.kind != "warcinfo" and _NOT_ASKED_FOR.fullmatch(name) is None


def _captures(path: Path, progress: Callable[[int], None]) -> Iterator[Capture]:
    try:
        yield from scan(path, told_elsewhere, progress)
    except ArchiveError:
        return
