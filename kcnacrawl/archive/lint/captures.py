"""Records of one capture: that both sides exist, agree, and give back the bytes that were received."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from kcnacrawl.archive.capture import WIRE_URN
from kcnacrawl.archive.lint.finding import shown
from kcnacrawl.archive.lint.promises import capture_flaws, follower_flaws, named_flaws
from kcnacrawl.archive.lint.seeing import LEADING, Seen
from kcnacrawl.archive.lint.wire import wire_flaw

WINDOW = 32
"""Records that are remembered: those of one capture are written together."""


class Link(NamedTuple):
    """A question that the records at hand could not answer, for when all files are read."""

    what: Literal["concurrent", "head", "wire", "warcinfo"]
    offset: int
    id: bytes
    to: bytes
    """Id of the record it is concurrent to."""

    method: bytes = b""
    original: bytes = b""
    """Id of the record whose payload belongs to the bytes in question."""

    raw: bytes = b""
    """Id of the record that is said to hold them as they came."""


@dataclass(slots=True)
class Captures:
    """Looks at the records of a range in their order."""

    ours: bool
    incomplete: frozenset[bytes] = frozenset()
    """Ids of records whose capture lost something, as their file says."""

    links: list[Link] = field(default_factory=list)
    answered: list[tuple[int, bytes]] = field(default_factory=list)
    """Offset of each record behind the range that was compared with one in it, and the id by which it names that."""

    _recent: dict[bytes, Seen] = field(default_factory=dict)
    _with_block: list[Seen] = field(default_factory=list)
    _awaited: dict[bytes, list[Seen]] = field(default_factory=dict)

    def see(self, record: Seen) -> Iterator[tuple[Seen, str]]:
        """What is wrong between a record and those before it: the record it is wrong with, and a clause."""
        yield from self._compare(record)
        if record.kind == "metadata":
            yield from self._wire(record)
        if not self._continues(record):
            yield from self._end_capture()
        self._with_block.append(record)
        self._recent[record.id] = record
        if len(self._recent) > WINDOW:
            yield from self._forget()

    def follow(self, record: Seen) -> Iterator[tuple[Seen, str]]:
        """What is wrong between the records of the range and one behind it, which is no other's to look at so."""
        yield from self._compare(record, behind=True)
        if self.is_open and not self._continues(record):
            yield from self._end_capture()
        elif self.is_open:
            self._with_block.append(record)

    def _continues(self, record: Seen) -> bool:
        """Whether a record belongs to the capture at hand: not if the one that it belongs to was lost before it."""
        if record.kind in LEADING or not record.concurrent or not self._with_block:
            return False
        first = self._with_block[0]
        names = (record.id, *record.concurrent)
        return first.id in record.concurrent or any(name in first.concurrent for name in names)

    @property
    def is_open(self) -> bool:
        """Whether the next record may belong to a capture that began in the range."""
        return bool(self._with_block)

    @property
    def begun_at(self) -> int | None:
        """Where the first record of the capture at hand is; null when there is none."""
        return self._with_block[0].offset if self._with_block else None

    def _compare(self, record: Seen, *, behind: bool = False) -> Iterator[tuple[Seen, str]]:
        for waiting in self._awaited.pop(record.id, ()):
            if self.ours and waiting.kind in ("request", "metadata") and record.kind in ("response", "revisit"):
                yield waiting, f"it stands before the {record.kind} it belongs to, {shown(record.id)}"
            # Records that name each other are compared once, below.
            for sentence in disagreements(waiting, record) if waiting.id not in record.concurrent else ():
                yield waiting, sentence
            for sentence in named_flaws(record, waiting) if self.ours and waiting.id not in record.concurrent else ():
                yield record, sentence
        for leader_id in record.concurrent:
            leader = self._recent.get(leader_id)
            if leader is not None:
                if behind:
                    self.answered.append((record.offset, leader_id))
                if record.method == b"HEAD":
                    leader.only_after_head = False
                for sentence in disagreements(record, leader):
                    yield record, sentence
                for sentence in follower_flaws(record, leader) if self.ours else ():
                    yield record, sentence
            elif not behind:
                self._awaited.setdefault(leader_id, []).append(record)

    def finish(self, *, at_end: bool) -> Iterator[tuple[Seen, str]]:
        """Turn what is still open into links.

        :param at_end: nothing follows in the file, now or later
        """
        if at_end:
            yield from self._end_capture()
        for leader_id, waiting in self._awaited.items():
            self.links += [Link("concurrent", one.offset, one.id, leader_id, one.method) for one in waiting]
        self.links += [Link("head", one.offset, one.id, one.id) for one in self._recent.values() if one.only_after_head]
        self._recent.clear()
        self._with_block.clear()
        self._awaited.clear()

    def _end_capture(self) -> Iterator[tuple[Seen, str]]:
        """Look at a capture as a whole, and let go of its blocks: a few of the largest would fill the memory."""
        if self.ours and self._with_block and self._with_block[0].id not in self.incomplete:
            yield from capture_flaws(self._with_block)
        for one in self._with_block:
            one.block = memoryview(b"")
        self._with_block.clear()

    def _forget(self) -> Iterator[tuple[Seen, str]]:
        old = self._recent.pop(next(iter(self._recent)))
        if old.only_after_head:
            yield old, NO_BODY

    def _wire(self, record: Seen) -> Iterator[tuple[Seen, str]]:
        notes = record.notes
        if "wireDigest" not in notes:
            return
        leader = self._recent.get(record.concurrent[0]) if record.concurrent else None
        raw = self._recent.get(notes.get("wireRecord", "").encode())
        if leader is None or ("wireRecord" in notes and raw is None):
            target = record.concurrent[0] if record.concurrent else b""
            self.links.append(Link("wire", record.offset, record.id, target, raw=notes.get("wireRecord", "").encode()))
            return
        if raw is None and leader.kind == "revisit" and len(leader.block):
            # The other part of the bytes is the payload of its original.
            self.links.append(Link("wire", record.offset, record.id, leader.id, original=leader.refers_to))
            return
        if (sentence := wire_flaw((raw or leader).block, notes)) is not None:
            yield record, sentence


NO_BODY = "its head says that a body follows, but none is stored, and the request was not HEAD"


def disagreements(record: Seen, leader: Seen) -> Iterator[str]:
    """What two records of one capture say differently."""
    if record.date != leader.date:
        yield (
            f"its WARC-Date is {shown(record.date)}, that of the record it is concurrent to, {shown(leader.id)}, "
            f"is {shown(leader.date)}"
        )
    exchanged = {"request", "response", "revisit"}
    both = record.kind in exchanged and leader.kind in exchanged
    raw = record.uri.startswith(WIRE_URN.encode()) and record.uri != WIRE_URN.encode() + leader.uri
    if (both and record.uri != leader.uri) or raw:
        yield (
            f"its WARC-Target-URI is {shown(record.uri)}, that of the record it is concurrent to, {shown(leader.id)}, "
            f"is {shown(leader.uri)}"
        )
