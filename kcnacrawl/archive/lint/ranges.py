"""A part of a file, checked by one process."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.lint.alike import mark_of
from kcnacrawl.archive.lint.blocks import value_of
from kcnacrawl.archive.lint.captures import WINDOW, Captures, Link
from kcnacrawl.archive.lint.finding import Finding, quoted, shown
from kcnacrawl.archive.lint.http import Message
from kcnacrawl.archive.lint.index import NOTHING, fingerprint, key, pack, place
from kcnacrawl.archive.lint.members import GZIP, MemberError, is_our_header, take_member
from kcnacrawl.archive.lint.origin import origin_of
from kcnacrawl.archive.lint.ours import is_ending, is_loss, our_flaws, warcinfo_flaws
from kcnacrawl.archive.lint.parts import LostRecordError, Parts, take_apart
from kcnacrawl.archive.lint.record import Level, check_record
from kcnacrawl.archive.lint.remedies import ANEW, KNOW, MEND, RESTORE
from kcnacrawl.archive.lint.seeing import Seen
from kcnacrawl.archive.locks import is_left_behind
from kcnacrawl.archive.loss import lost_ids
from kcnacrawl.archive.mapped import is_inside
from kcnacrawl.archive.ranges import Range
from kcnacrawl.archive.source import Source

ONWARD = 1 << 16
"""Bytes behind a range in which records are looked for that are to be compared with those in it."""

MOST = 1000
"""Findings of one range and level that are told; a damaged file may have one for every byte."""


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

    revisits: list[tuple[int, bytes, bytes, int]] = field(default_factory=list)
    """Offset, key of the original, fingerprint of what the revisit says of it, and ``mark_of`` its own head or 0."""

    captures: list[tuple[int, bytes]] = field(default_factory=list)
    """Offset and fingerprint of each record that an index of addresses must name, when asked for."""

    damaged_at: int | None = None
    """Where the first bytes are that are no record, or the capture that they cut into; null when there are none."""

    kinds: Counter[str] = field(default_factory=Counter)
    """Records by type."""

    endings: dict[str, str] = field(default_factory=dict)
    """By run: how it ended, as its last record says."""

    links: list[Link] = field(default_factory=list)

    lost: list[bytes] = field(default_factory=list)
    """Ids of records that the file lost before it was mended, as its last record says."""

    answered: list[tuple[int, bytes]] = field(default_factory=list)
    """Questions of ranges behind it that need not be asked: offset of the record, and id of the one that it names."""


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
        self.captures = Captures(self.origin.ours, self.origin.incomplete)
        self.position = part.start
        self.id = b""
        self.told: Counter[Level] = Counter()
        # Excerpts in packages are put together from several files; a file in a folder is one.
        self.is_excerpt = is_inside(part.path)
        self.wrong = RESTORE if self.origin.ours else ANEW

    def run(self) -> int:
        while self.position < self.part.end:
            self.id = b""
            try:
                end = self._record(self.position)
            except (LostRecordError, MemberError) as error:
                end = self._skip(error)
            self.position = end
        behind = self._look_on(self.position)
        self._tell_of(self.captures.finish(at_end=behind >= len(self.source.data) and self.part.path.suffix != OPEN))
        self.checked.links += self.captures.links
        self.checked.answered += self.captures.answered
        return self.position

    def _look_on(self, place: int) -> int:
        """Hold the records of the range against those behind it, each of which is checked with its own; how far."""
        for _ in range(WINDOW):
            if place >= len(self.source.data) or (place > self.part.end + ONWARD and not self.captures.is_open):
                break
            try:
                parts, length = self._take(place)
            except (LostRecordError, MemberError):
                place = self.source.next_start(place + 1)
                continue
            message = check_record(parts, lambda clause, level: None)
            self._tell_of(self.captures.follow(_seen(parts, message, place)))
            place += length
            if place < len(self.source.data) and not self._begins_at(place):
                place = self.source.next_start(place)
        return place

    def _tell_of(self, flaws: Iterable[tuple[Seen, str]]) -> None:
        for wrong, clause in flaws:
            self.id = wrong.id
            self.tell(clause, offset=wrong.offset)

    def tell(self, clause: str, level: Level = "error", remedy: str = "", offset: int | None = None) -> None:
        self.told[level] += 1
        if self.told[level] > MOST:
            return
        remedy = remedy or (KNOW if level == "note" else self.wrong)
        # Files in packages cannot be mended.
        remedy = RESTORE if self.is_excerpt and remedy == MEND else remedy
        remedy = remedy.replace("{file}", shlex.quote(str(self.part.path)))
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
        self._note_damage(self.position)
        self.tell(str(error), remedy=MEND if last else RESTORE)
        return following

    def _note_damage(self, at: int) -> None:
        if self.checked.damaged_at is None:
            begun = self.captures.begun_at
            self.checked.damaged_at = at if begun is None else begun

    def _is_being_written(self) -> bool:
        # A record may be half written at this moment, or have been so when the file was mapped that is closed now.
        return self.part.path.suffix == OPEN and not is_left_behind(self.part.path)

    def _record(self, offset: int) -> int:
        parts, length = self._take(offset)
        self._check(parts, length)
        return self._after(offset + length)

    def _take(self, offset: int) -> tuple[Parts, int]:
        """The record that begins at *offset*, and its length in the file."""
        if not self.source.is_gzip:
            parts = take_apart(self.source.data, offset, ours=self.origin.ours, whole=False)
            return parts, parts.next - offset
        member = take_member(self.source.data, offset)
        parts = take_apart(member.data, 0, ours=self.origin.ours, whole=True)
        if self.origin.ours and not is_our_header(self.source.data, offset):
            parts.flaws.append("the header of its gzip member is not as this program writes it")
        return parts, member.length

    def _after(self, end: int) -> int:
        """Where the next record begins: at *end*, unless there is something that is none."""
        if end >= len(self.source.data) or self._begins_at(end):
            return end
        following = self.source.next_start(end)
        self._note_damage(end)
        self.tell(f"{following - end} bytes that belong to no record follow it", remedy=MEND, offset=self.position)
        return following

    def _begins_at(self, place: int) -> bool:
        """Whether a record, or what looks like one, begins there."""
        data = self.source.data
        return data[place : place + 3] == GZIP or data[place : place + 5] == b"WARC/"

    def _check(self, parts: Parts, length: int) -> None:
        self.id = parts.id
        self.checked.records += 1
        self.checked.kinds[parts.kind] += 1
        if self.position == 0:
            self._first(parts)
        elif self.origin.ours and parts.kind == "warcinfo" and not self.is_excerpt:
            self.tell("it is a second warcinfo record in this file")
        if self.origin.ours and is_ending(parts):
            self._end(parts, length)
        if self.origin.ours and is_loss(parts):
            self._loss(parts, length)
        message = check_record(parts, self.tell)
        for clause, level in our_flaws(parts, message, self.origin) if self.origin.ours else ():
            self.tell(clause, level)
        offset, kind = self.position, parts.kind
        info = parts.get("warc-warcinfo-id")
        if info and info != self.origin.warcinfo_id:
            self.checked.links.append(Link("warcinfo", offset, parts.id, info))
        date, uri, digest = parts.get("warc-date"), parts.uri, parts.get("warc-payload-digest")
        is_capture = kind in ("response", "resource", "revisit")
        check = fingerprint(uri, date, digest) if is_capture else NOTHING
        mark = self._mark(parts, message)
        self.checked.entries += pack(key(parts.id), check, place(self.part.number, offset), kind, mark)
        if kind == "revisit" and (original := parts.get("warc-refers-to")):
            claim = (parts.get("warc-refers-to-target-uri").strip(b"<>"), parts.get("warc-refers-to-date"), digest)
            self.checked.revisits.append((offset, key(original), fingerprint(*claim), mark * self.origin.ours))
        self._tell_of(self.captures.see(_seen(parts, message, offset)))

    def _end(self, parts: Parts, length: int) -> None:
        """The record that tells how a run ended."""
        if self._begins_at(self.position + length):
            self.tell("records follow it, but it is the last that a run writes")
        run, ended = (value_of(parts.block(), name).decode("utf-8", "replace") for name in (b"run", b"ended"))
        self.checked.endings[run] = ended

    def _loss(self, parts: Parts, length: int) -> None:
        """The record that tells what the file lost before it was mended."""
        if self._begins_at(self.position + length):
            self.tell("records follow it, but it is the last of a file that was mended")
        self.checked.lost += lost_ids(parts.block())
        size, damaged = (shown(value_of(parts.block(), name)) for name in (b"lostBytes", b"damaged"))
        self.tell(f"{size} bytes of the file were damaged when it was mended; {damaged} is the file as it was", "note")

    def _mark(self, parts: Parts, message: Message | None) -> int:
        if message is None or not message.status:
            return 0
        return mark_of(message.status, bytes(parts.data[parts.start : message.body]))

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


def _seen(parts: Parts, message: Message | None, offset: int) -> Seen:
    seen = Seen(
        id=parts.id,
        kind=parts.kind,
        offset=offset,
        date=parts.get("warc-date"),
        uri=parts.uri,
        concurrent=tuple(parts.head.values[place] for place in parts.layout.concurrent),
        block=parts.block(),
        head=parts.head,
        layout=parts.layout,
        refers_to=parts.get("warc-refers-to"),
    )
    if message is not None:
        seen.method, seen.only_after_head = message.method, message.only_after_head
        seen.was_changed, seen.has_body = message.was_changed, message.body < parts.end
    return seen
