"""Files that are not there, or damaged: told once each, with how much leads into them, however many places say so."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from kcnacrawl.archive.lint.finding import Finding, Lack, shown
from kcnacrawl.archive.lint.remedies import RESTORE, UPDATE, restore
from kcnacrawl.archive.mapped import is_inside
from kcnacrawl.archive.named import ELSEWHERE

_BEGUN = re.compile(r"-(\d{14})-")
_NEVER = "9" * 14
_KINDS = {
    "article": ("article", "articles"),
    "photo": ("photo", "photos"),
    "revisit": ("revisit", "revisits"),
    "line": ("line of an index", "lines of indexes"),
}


@dataclass(slots=True)
class Absent:
    """Takes in findings that a missing or damaged file is the reason of, and gives one for each such file."""

    damaged: Mapping[str, Path] = field(default_factory=dict)
    """Files that records are lost of, by their names, as is known once WARC files are checked."""

    whole_until: Mapping[str, int] = field(default_factory=dict)
    """Where their first damage begins: what does not lead behind that is no consequence of it."""

    _counts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By name of the missing file, and by what leads into it."""

    _files: dict[str, str] = field(default_factory=dict)
    """Which missing file a record was in, by its id."""

    _revisits: list[Finding] = field(default_factory=list)
    """Those of which it is to be found out."""

    @property
    def is_empty(self) -> bool:
        """Whether no finding was taken in."""
        return not self._counts and not self._revisits

    def note(self, finding: Finding) -> Finding:
        """What becomes of a finding that was taken in."""
        path = self.damaged.get((finding.lack and finding.lack.file) or "")
        return replace(finding, level="note", remedy=restore(path) if path else finding.remedy)

    def takes(self, finding: Finding) -> bool:
        """Take a finding in, unless it has another reason; a package is told of as a whole, and its files are there."""
        lack = finding.lack
        if lack is None or is_inside(Path(finding.file)) or (lack.is_there and not self._is_lost(lack)):
            return False
        if lack.file is None:
            self._revisits.append(finding)
        else:
            self._counts[lack.file][lack.what] += 1
            if lack.record is not None:
                self._files[lack.record] = lack.file
        return True

    def _is_lost(self, lack: Lack) -> bool:
        """Whether what a finding misses in a file that is there may be in what was damaged."""
        if lack.file is None or lack.file not in self.damaged:
            return False
        return lack.offset is None or lack.offset >= self.whole_until.get(lack.file, 0)

    def answer(
        self, folder: Path, present: Iterable[str] | None, ends: Mapping[str, str] | None = None
    ) -> Iterator[Finding]:
        """A finding for each missing file, and for each file with revisits of which nothing tells where they lead.

        :param folder: where the missing files should be
        :param present: names of the WARC files that are there; null when the folder itself is missing, and is told
            instead of its files
        :param ends: until when files were written at most, as accounts of runs say, in 14 digits by name
        """
        there = {*(present or ())}
        spans = _Spans(({*self._counts, *(ends or ())} - there) | {*self.damaged}, there, ends or {})
        unknown: defaultdict[str, list[Finding]] = defaultdict(list)
        for finding in self._revisits:
            assert finding.lack is not None
            file = self._files.get(finding.lack.record or "") or spans.file_at(finding.lack.date)
            if file is None:
                unknown[finding.file].append(finding)
            else:
                self._counts[file]["revisit"] += 1
        if present is None and self._counts:
            clause = f"there is no such folder, and {_told(sum(self._counts.values(), Counter()))} into its files"
            yield Finding(str(folder), None, None, clause, ELSEWHERE)
        for file in sorted(self._counts) if present is not None else ():
            if (path := self.damaged.get(file)) is not None:
                if told := _told(self._counts[file]):
                    yield Finding(str(path), None, None, f"{told} into what is damaged in it", RESTORE)
                continue
            clause = f"it is not there, and {_told(self._counts[file])} into it"
            remedy = RESTORE if self._counts[file].keys() - {"line"} else f"{RESTORE}, or {UPDATE}"
            yield Finding(str(folder / shown(file)), None, None, clause, remedy)
        for findings in unknown.values():
            yield findings[0] if len(findings) == 1 else _several(findings)


class _Spans:
    """Which missing file was being written at an instant, when only one can have been."""

    def __init__(self, missing: Iterable[str], present: Iterable[str], ends: Mapping[str, str]) -> None:
        begun = sorted(filter(None, map(begun_at, present)))
        changes: list[tuple[str, bool, str]] = []
        for name in missing:
            if start := begun_at(name):
                # Of a run without account: until another file was begun. That may be in the very second.
                later = bisect_right(begun, start)
                end = ends.get(name) or (begun[later] if later < len(begun) else _NEVER)
                changes += [(start, True, name), (f"{end}~", False, name)]
        self._instants: list[str] = []
        self._files: list[str | None] = []
        written: dict[str, None] = {}
        for instant, begins, name in sorted(changes):
            if begins:
                written[name] = None
            else:
                written.pop(name, None)
            self._instants.append(instant)
            self._files.append(next(iter(written)) if len(written) == 1 else None)

    def file_at(self, date: str) -> str | None:
        """:param date: ISO 8601"""
        place = bisect_right(self._instants, re.sub(r"\D", "", date)[:14])
        return self._files[place - 1] if place else None


def begun_at(name: str) -> str:
    """The instant in the name of a WARC file, in 14 digits; empty when there is none."""
    stamp = _BEGUN.search(name)
    return stamp[1] if stamp else ""


def _told(counts: Counter[str]) -> str:
    parts = [f"{counts[kind]:,} {forms[counts[kind] != 1]}" for kind, forms in _KINDS.items() if counts[kind]]
    if not parts:
        return ""
    listed = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
    return f"{listed} {'leads' if sum(counts[kind] for kind in _KINDS) == 1 else 'lead'}"


def _several(findings: list[Finding]) -> Finding:
    days = sorted(finding.lack.date for finding in findings if finding.lack and finding.lack.date)
    span = f"at {days[0]}" if len(set(days)) == 1 else f"from {days[0]} to {days[-1]}" if days else "then"
    clause = f"the originals of {len(findings):,} revisits in it, from here on, are in none of the files"
    remedy = f"bring back what was being written {span}"
    return replace(findings[0], sentence=clause, remedy=remedy, lack=None)
