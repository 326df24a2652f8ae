"""A part of a file, checked by one process."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.lint.blocks import value_of
from kcnacrawl.archive.lint.captures import Captures, Link, Seen
from kcnacrawl.archive.lint.finding import Finding, quoted, shown
from kcnacrawl.archive.lint.index import NOTHING, fingerprint, key, pack, place
from kcnacrawl.archive.lint.members import MemberError, is_our_header, take_member
from kcnacrawl.archive.lint.ours import CRAWL_URN, end_flaws, warcinfo_flaws
from kcnacrawl.archive.lint.parts import LostRecordError, Parts, take_apart
from kcnacrawl.archive.lint.record import Level, check_record
from kcnacrawl.archive.lint.remedies import ANEW, KNOW, MEND, RESTORE
from kcnacrawl.archive.locks import is_locked
from kcnacrawl.archive.ranges import Range
from kcnacrawl.archive.source import Source

MOST = 1000
"""Findings of one range that are told; a damaged file may have one for every byte."""


@dataclass(slots=True)
class Checked:
    """What checking a range gave."""

    number: int
    """Of the file."""

    size: int
    findings: list[Finding] = field(default_factory=list)
    records: int = 0
    entries: bytearray = field(default_factory=bytearray)
    """For ``RecordIndex.add``."""

    revisits: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    """Offset, key of the original, and fingerprint of what the revisit says of it."""

    captures: list[tuple[int, bytes]] = field(default_factory=list)
    """Offset and fingerprint of each record that an index of addresses must name, when asked for."""

    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wrote a file, by its first record."""

    ours: bool
    warcinfo_id: bytes


def origin_of(path: Path) -> Origin:
    """Read the first record of a file; a file whose first record cannot be read is anybody's."""
    known = path.stat()
    return _origin(path, known.st_ino, known.st_size, known.st_mtime_ns)


@lru_cache(64)
def _origin(path: Path, *_: int) -> Origin:
    with suppress(LostRecordError, MemberError), Source(path) as source:
        data = take_member(source.data, 0).data if source.is_gzip else source.data
        parts = take_apart(data, 0, ours=False, whole=source.is_gzip)
        if parts.kind == "warcinfo":
            return Origin(value_of(parts.block(), b"software").startswith(b"kcnacrawl/"), parts.id)
    return Origin(False, b"")


def lint_range(part: Range) -> tuple[Checked, int]:
    """Check the records of a range; what came of it and where the first record after it begins."""
    with Source(part.path) as source:
        lint = _RangeLint(part, source)
        return lint.checked, lint.run()


class _RangeLint:
    def __init__(self, part: Range, source: Source) -> None:
        self.part = part
        self.source = source
        self.origin = origin_of(part.path)
        self.checked = Checked(part.number, part.end - part.start)
        self.captures = Captures(self.origin.ours)
        self.position = part.start
        self.id = b""
        self.wrong = RESTORE if self.origin.ours else ANEW

    def run(self) -> int:
        while self.position < self.part.end:
            self.id = b""
            try:
                end = self._record(self.position)
            except (LostRecordError, MemberError) as error:
                end = self._skip(error)
            self.position = end
        self.captures.finish()
        self.checked.links += self.captures.links
        return self.position

    def tell(self, clause: str, level: Level = "error", remedy: str = "", offset: int | None = None) -> None:
        if len(self.checked.findings) >= MOST:
            return
        remedy = (remedy or (KNOW if level == "note" else self.wrong)).replace("{file}", str(self.part.path))
        at = self.position if offset is None else offset
        self.checked.findings.append(
            Finding(str(self.part.path), at, shown(self.id, 120) or None, clause, remedy, level)
        )

    def _skip(self, error: LostRecordError | MemberError) -> int:
        """Tell why a record is lost; where the next one begins."""
        following = self.source.next_start(self.position + 1)
        last = following == len(self.source.data)
        if last and error.torn and self._is_being_written():
            return following
        self.tell(str(error), remedy=MEND if last else RESTORE)
        return following

    def _is_being_written(self) -> bool:
        # A record may be half written at this moment.
        return self.part.path.suffix == OPEN and is_locked(self.part.path)

    def _record(self, offset: int) -> int:
        if not self.source.is_gzip:
            parts = take_apart(self.source.data, offset, ours=self.origin.ours, whole=False)
            self._check(parts, parts.next - offset)
            return self._after(parts.next)
        member = take_member(self.source.data, offset)
        parts = take_apart(member.data, 0, ours=self.origin.ours, whole=True)
        if self.origin.ours and not is_our_header(self.source.data, offset):
            parts.flaws.append("the header of its gzip member is not as this program writes it")
        self._check(parts, member.length)
        return self._after(offset + member.length)

    def _after(self, end: int) -> int:
        """Where the next record begins: at *end*, unless there is something that is none."""
        data = self.source.data
        if end >= len(data) or data[end : end + 3] == b"\x1f\x8b\x08" or data[end : end + 5] == b"WARC/":
            return end
        following = self.source.next_start(end)
        self.tell(f"{following - end} bytes that belong to no record follow it", remedy=MEND, offset=self.position)
        return following

    def _check(self, parts: Parts, length: int) -> None:
        self.id = parts.id
        self.checked.records += 1
        if self.position == 0:
            self._first(parts)
        elif self.origin.ours and parts.kind == "warcinfo":
            self.tell("it is a second warcinfo record in this file")
        elif self.origin.ours and parts.kind == "metadata" and parts.uri.startswith(CRAWL_URN):
            for clause in end_flaws(parts):
                self.tell(clause)
        message = check_record(parts, self.tell)
        offset, kind = self.position, parts.kind
        info = parts.get("warc-warcinfo-id")
        if info and info != self.origin.warcinfo_id:
            self.checked.links.append(Link("warcinfo", offset, parts.id, info))
        date, uri, digest = parts.get("warc-date"), parts.uri, parts.get("warc-payload-digest")
        is_capture = kind in ("response", "resource", "revisit")
        check = fingerprint(uri, date, digest) if is_capture else NOTHING
        self.checked.entries += pack(key(parts.id), check, place(self.part.number, offset), kind)
        if kind == "revisit" and (original := parts.get("warc-refers-to")):
            claim = (parts.get("warc-refers-to-target-uri").strip(b"<>"), parts.get("warc-refers-to-date"), digest)
            self.checked.revisits.append((offset, key(original), fingerprint(*claim)))
        self._capture(parts, message.method if message else b"", message is not None and message.only_after_head)

    def _capture(self, parts: Parts, method: bytes, only_after_head: bool) -> None:
        seen = Seen(
            id=parts.id,
            kind=parts.kind,
            offset=self.position,
            date=parts.get("warc-date"),
            uri=parts.uri,
            concurrent=tuple(parts.head.values[place] for place in parts.layout.concurrent),
            block=parts.block(),
            refers_to=parts.get("warc-refers-to"),
            method=method,
            only_after_head=only_after_head,
        )
        for wrong, clause in self.captures.see(seen):
            self.id = wrong.id
            self.tell(clause, offset=wrong.offset)

    def _first(self, parts: Parts) -> None:
        if parts.kind != "warcinfo":
            lost = "warc-warcinfo-id" in parts.layout.at
            remedy = RESTORE if lost else ""
            self.tell("the first record of the file is no warcinfo record", "error" if lost else "note", remedy)
            return
        name = self.part.path.name.removesuffix(OPEN)
        noted = parts.get("warc-filename").decode("utf-8", "replace")
        if noted and noted != name:
            remedy = f"name it {shown(noted)} again" if self.origin.ours else ""
            self.tell(f"its WARC-Filename is {quoted(noted)}", "error" if self.origin.ours else "note", remedy)
        for clause in warcinfo_flaws(parts) if self.origin.ours else ():
            self.tell(clause)
