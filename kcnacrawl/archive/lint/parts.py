"""A record taken apart: its header, its block, and how both are written."""

from __future__ import annotations

from dataclasses import dataclass, field

from kcnacrawl.archive.lint.heads import Head, find_head, read_head, read_odd_head
from kcnacrawl.archive.lint.layout import Layout, layout_of, places
from kcnacrawl.archive.lint.members import Data

RECORD_END = b"\r\n\r\n"


@dataclass(slots=True)
class Parts:
    """A record taken apart."""

    data: Data
    head: Head
    layout: Layout
    kind: str
    ours: bool
    start: int
    """Where the block begins in the data."""

    end: int
    """Where it ends."""

    next: int
    """Where the next record would begin."""

    flaws: list[str]
    """Clauses on how the header and the end of the record are written."""

    id: bytes = field(init=False)
    uri: bytes = field(init=False)
    """Target URI without the angle brackets of WARC/1.0; empty when absent."""

    def __post_init__(self) -> None:
        self.id = self.get("warc-record-id")
        self.uri = self.get("warc-target-uri").strip(b"<>")

    def get(self, name: str) -> bytes:
        """The first value of a field, by its name in lower case; empty when absent."""
        place = self.layout.at.get(name)
        return b"" if place is None else self.head.values[place]

    def block(self) -> memoryview:
        """A view of the block; must be gone before the file is closed."""
        return memoryview(self.data)[self.start : self.end]


class LostRecordError(Exception):
    """A record has no end that could be found; the message is a clause."""

    def __init__(self, sentence: str, *, torn: bool = False) -> None:
        super().__init__(sentence)
        self.torn = torn
        """True when the file ends inside it."""


def take_apart(data: Data, start: int, *, ours: bool, whole: bool) -> Parts:
    """The record that begins at *start*, and every flaw of how its header is written.

    :param whole: the data is this record and nothing else, as in a gzip member
    :raises LostRecordError: when it has no header, or no length
    """
    if data[start : start + 5] != b"WARC/":
        raise LostRecordError("it does not begin as a WARC record does")
    found = find_head(data, start)
    if found is None:
        raise LostRecordError("its header does not end")
    text = bytes(data[start : found[0]])
    head = read_head(text)
    flaws: list[str] = []
    if head is None:
        odd: list[tuple[str, bool]] = []
        head = read_odd_head(text, odd)
        flaws += [clause for clause, broken in odd if broken or ours]
    at = places(head.names)
    kind = head.values[at["warc-type"]].decode("latin-1") if "warc-type" in at else ""
    layout = layout_of(head.names, kind, ours=ours, old=head.version != b"WARC/1.1")
    parts = Parts(data, head, layout, kind, ours, found[1], found[1], found[1], flaws)
    length = parts.get("content-length")
    if not (length.isdigit() and len(length) < 19):
        if not whole:
            raise LostRecordError("its header has no Content-Length that is a number")
        parts.end = max(found[1], len(data) - len(RECORD_END))
        parts.next = len(data)
        return parts
    parts.end = found[1] + int(length)
    _find_end(parts, whole=whole)
    return parts


def _find_end(parts: Parts, *, whole: bool) -> None:
    data, end = parts.data, parts.end
    if data[end : end + 4] == RECORD_END and (not whole or end + 4 == len(data)):
        parts.next = end + 4
        return
    said = end - parts.start
    following = data.find(RECORD_END + b"WARC/", parts.start)
    if whole and following == end:
        parts.flaws.append("another record follows it in its gzip member")
    elif len(data) - 4 <= end <= len(data):
        parts.flaws.append("its block is not followed by two line ends")
    elif end > len(data) and following < 0 and not whole:
        raise LostRecordError("the file ends inside it", torn=True)
    else:
        parts.end = _true_end(parts, following)
        parts.flaws.append(f"its Content-Length is {said}, but its block has {parts.end - parts.start} bytes")
    parts.next = following + 4 if following >= 0 and not whole else len(data)


def _true_end(parts: Parts, following: int) -> int:
    """Where the block ends, whatever its length is said to be."""
    if following >= 0:
        return following
    closed = parts.data[-4:] == RECORD_END
    return max(parts.start, len(parts.data) - (len(RECORD_END) if closed else 0))
