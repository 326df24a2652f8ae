"""Revisits: that each leads to an original which is there, is none itself, and is what the revisit says of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from pathlib import Path
from struct import Struct

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lint.alike import unlike
from kcnacrawl.archive.lint.digests import differ
from kcnacrawl.archive.lint.finding import Finding, Lack, shown
from kcnacrawl.archive.lint.index import RecordIndex, place, unplace
from kcnacrawl.archive.lint.origin import origin_of
from kcnacrawl.archive.lint.remedies import ANEW, MENDED, RESTORE
from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.revisits import refers_to
from kcnacrawl.archive.stored import stored_response
from kcnacrawl.archive.targets import find_places

_CLAIM = Struct("<Q16s8sI")


class Revisits:
    """Collects revisits, at 36 bytes each, until all records are known."""

    def __init__(
        self, files: Sequence[Path], others: Sequence[Path], index: RecordIndex, lost: Set[tuple[int, bytes]]
    ) -> None:
        """
        :param others: files that are not checked but may hold originals
        :param lost: ids of what files lost before they were mended, each with the number of the file
        """
        self._lost = lost
        self._files = files
        self._others = others
        self._index = index
        self._claims = bytearray()

    def add(self, file: int, revisits: list[tuple[int, bytes, bytes, int]]) -> None:
        """Take in offset, key of the original, fingerprint and mark of each."""
        for offset, original, check, mark in revisits:
            self._claims += _CLAIM.pack(place(file, offset), original, check, mark)

    def answer(self) -> Iterator[Finding]:
        """Findings on all of them."""
        missing: list[int] = []
        for at, original, check, mark in _CLAIM.iter_unpack(self._claims):
            entry = self._index.find(original)
            if entry is None:
                missing.append(at)
            elif (entry.kind, entry.check) != ("response", check) or (mark and entry.mark not in (0, mark)):
                yield from self._compare(at, (self._files[entry.file], entry.offset))
        if missing:
            yield from self._elsewhere(missing)

    def _elsewhere(self, missing: list[int]) -> Iterator[Finding]:
        """Look in files that are not checked: only for their ids, and only now that some are missing."""
        revisits = {at: revisit for at in missing if (revisit := self._read(at)) is not None}
        found = find_places({refers_to(revisit) for revisit in revisits.values()}, self._others)
        for at, revisit in revisits.items():
            original = refers_to(revisit)
            if original in found:
                yield from self._compare(at, found[original])
                continue
            if (unplace(at)[0], original.encode()) in self._lost:
                clause = f"its original, {shown(original)}, is in none of the files"
                yield replace(self._finding(at, revisit, clause, MENDED), level="note")
                continue
            date = revisit.get("WARC-Refers-To-Date") or ""
            remedy = f"bring back the file that was being written at {shown(date, 30) or 'that time'}"
            clause = f"its original, {shown(original)}, is in none of the files"
            yield replace(self._finding(at, revisit, clause, remedy), lack=Lack("revisit", None, original, date))

    def _read(self, at: int) -> Record | None:
        file, offset = unplace(at)
        try:
            return read_record(self._files[file], offset)
        except ArchiveError:
            return None  # a damaged record has its own finding

    def _compare(self, at: int, original_at: tuple[Path, int]) -> Iterator[Finding]:
        revisit = self._read(at)
        try:
            original = read_record(*original_at)
        except ArchiveError:
            return  # as above
        if revisit is None:
            return
        for clause, remedy in _disagreements(revisit, original):
            yield self._finding(at, revisit, clause, remedy)
        if origin_of(self._files[unplace(at)[0]]).ours:
            for clause in _head_flaws(revisit, original):
                yield self._finding(at, revisit, clause, RESTORE)

    def _finding(self, at: int, revisit: Record, clause: str, remedy: str) -> Finding:
        file, offset = unplace(at)
        return Finding(str(self._files[file]), offset, revisit.id, clause, remedy)


def _disagreements(revisit: Record, original: Record) -> Iterator[tuple[str, str]]:
    where = f"{original.path} at {original.offset}"
    if original.type == "revisit":
        yield f"its original, in {where}, is a revisit itself", "store the page anew"
        return
    if original.type not in ("response", "resource"):
        yield f"its original, in {where}, is a {shown(original.type, 20)} record", ANEW
        return
    said = (
        ("WARC-Refers-To-Target-URI", (revisit.get("WARC-Refers-To-Target-URI") or "").strip("<>"), original.uri),
        ("WARC-Refers-To-Date", revisit.get("WARC-Refers-To-Date") or "", original.get("WARC-Date") or ""),
    )
    for name, claimed, true in said:
        if claimed and claimed != true:
            yield f"its {name} is {shown(claimed)}, that of the original, in {where}, is {shown(true)}", RESTORE
    ours, theirs = (record.get("WARC-Payload-Digest") or "" for record in (revisit, original))
    if ours and theirs and differ(ours.encode(), theirs.encode()):
        yield f"its WARC-Payload-Digest is {shown(ours)}, that of the original, in {where}, is {shown(theirs)}", RESTORE


def _head_flaws(revisit: Record, original: Record) -> Iterator[str]:
    own, whole = stored_response(revisit), stored_response(original)
    for name, here, there in unlike(own, whole) if own is not None and whole is not None else ():
        yield f"its {name} is {here}, that of the original, in {original.path} at {original.offset}, is {there}"
