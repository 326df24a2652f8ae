"""Lines of articles in a package: each is proven by its record, wherever in the package that is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from kcnacrawl.archive.lines import Line, read_item
from kcnacrawl.archive.lint.finding import Finding, quoted, shown
from kcnacrawl.archive.proving import prove
from kcnacrawl.archive.wacz.check_captures import Captures
from kcnacrawl.archive.wacz.steps import Steps
from kcnacrawl.archive.wacz.subject import REFETCH, Subject

_GONE = "is not in the package"
_ARTICLES = re.compile(r"data/articles-.+\.jsonl")


def check_articles(subject: Subject, captures: Captures, *, processes: int | None, steps: Steps) -> Iterator[Finding]:
    """Findings on the lines of all files of articles; those without any are noted as proven."""
    names = list(filter(_ARTICLES.fullmatch, subject.below("data")))
    progress = steps.begin(sum(_count(subject, name) for name in names))
    for name in names:
        places = _Places(subject, captures, name)
        found = prove(places.lines(), subject.inside("archive"), whole=False, processes=processes, progress=progress)
        for finding in found:
            yield from places.told()
            yield replace(finding, remedy=REFETCH)
            if finding.level == "error" and finding.offset is not None:
                captures.proven.take_back(name, finding.offset)
        yield from places.told()


def _count(subject: Subject, name: str) -> int:
    return sum(1 for _ in subject.lines(name))


@dataclass(slots=True)
class _Places:
    """Puts places in the package into receipts: captures may have been copied there out of their files."""

    subject: Subject
    captures: Captures
    name: str
    _findings: list[Finding] = field(default_factory=list)

    def lines(self) -> Iterator[Line]:
        """The lines whose records are there."""
        for number, text in enumerate(self.subject.lines(self.name), 1):
            item = read_item(text)
            if item is None or self._place(item, number):
                if item is not None:
                    self.captures.proven.add(self.name, number, item)
                yield Line(self.subject.inside(self.name), number, item)

    def told(self) -> list[Finding]:
        """Findings since this was asked for last."""
        findings, self._findings = self._findings, []
        return findings

    def _place(self, item: dict[str, Any], number: int) -> bool:
        receipt = item.get("receipt")
        for one in (receipt, receipt.get("revisit") if isinstance(receipt, dict) else None):
            if isinstance(one, dict) and (clause := self._place_one(one)) is not None:
                sentence = f"{item['id']}: {clause}"
                self._findings.append(self.subject.finding(self.name, sentence, REFETCH, offset=number))
                return False
        photos = item.get("photos")
        for count, photo in enumerate(photos if isinstance(photos, list) else (), 1):
            if isinstance(photo, dict) and isinstance(photo.get("receipt"), dict):
                self._place_photo(item["id"], photo, count, number)
        return True

    def _place_photo(self, identity: str, photo: dict[str, Any], count: int, number: int) -> None:
        clause = self._place_one(photo["receipt"])
        if clause is None:
            return
        # What pages need may have been left out of the package, and photographs with it.
        level: Literal["error", "note"] = "note" if clause.endswith(_GONE) else "error"
        sentence = f"{identity}: photo {count}: {clause}"
        self._findings.append(self.subject.finding(self.name, sentence, REFETCH, offset=number, level=level))
        photo |= {"receipt": None, "sha256": None}

    def _place_one(self, receipt: dict[str, Any]) -> str | None:
        """Put the place in; a clause when the record is not there, or from elsewhere."""
        warc, record_id = receipt.get("warc"), receipt.get("record_id")
        if not isinstance(warc, str) or not isinstance(record_id, str) or self.captures.holds(warc):
            return None  # as it stands it is right, or told as wrong
        place = self.captures.place(record_id)
        if place is None:
            return f"its record, {shown(record_id)}, {_GONE}"
        source = self.captures.source(*place)
        if source is not None and source != warc:
            return f"field receipt.warc is {quoted(warc)}, but its record, {shown(record_id)}, is from {quoted(source)}"
        receipt |= {"warc": place[0].name, "offset": place[1]}
        return None
