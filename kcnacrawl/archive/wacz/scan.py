"""The captures of a WARC file, with the bytes that each takes: what a package is put together from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.mapped import size_of
from kcnacrawl.archive.reader import iter_records
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.source import OnDamage

HTML = ("text/html", "application/xhtml+xml")

MAPPED = 32 << 20
"""Bytes of a file that are in memory at a time."""

_MAIN = ("response", "revisit", "resource", "conversion")
_HEAD = 1 << 16
_STATUS = re.compile(rb"HTTP/[0-9.]+[ \t]+([1-9][0-9]{2})")
# For a head in lower case: an expression that ignores case takes four times as long.
_TYPE = re.compile(rb"\ncontent-type[ \t]*:[ \t]*([^;,\s]+)")
_CONCURRENT = re.compile(rb"\nwarc-concurrent-to:[ \t]*([^\r\n]+)")


@dataclass(slots=True)
class Capture:
    """Records that belong together and stand side by side in a file: a response, its request, notes on it."""

    start: int
    end: int
    """Their bytes in the file; ``end`` is where the next capture begins."""

    offset: int = 0
    """Where the main record of them begins."""

    kind: str = ""
    """Type of the main record: of response, revisit, resource and conversion the first, else of the first record."""

    record_id: str = ""
    """``WARC-Record-ID`` of the main record, without ``<urn:uuid:`` and ``>``."""

    date: str = ""
    url: str = ""
    refers_to: str | None = None
    """Of a revisit: id of the original, as ``record_id``; null when it does not tell."""

    refers_url: str | None = None
    refers_date: str | None = None
    """Of a revisit: address and date of the original."""

    status: int | None = None
    """Of a whole answer to GET; 0 of a revisit when only its original can tell, null of everything else, as of a
    request that got no answer."""

    mime: str = ""
    """Media type that comes with the status."""

    _other_method: bool = False
    """Whether what was asked is known, and is no GET."""

    _ids: set[bytes] = field(default_factory=set)
    _links: set[bytes] = field(default_factory=set)

    def take(self, record: Record) -> bool:
        """Take in a record that follows these in the file, unless it is of another capture."""
        identity, links = record.id.lower().encode(), _CONCURRENT.findall(record.head.lower())
        if self._ids and identity not in self._links and self._ids.isdisjoint(links):
            return False
        self._ids.add(identity)
        self._links.update(links)
        self.end = record.offset + record.length
        kind = record.type
        if not self.kind or (self.kind not in _MAIN and kind in _MAIN):
            self._lead(record, kind)
        elif kind == "request" and bytes(record.block[:4]) != b"GET ":
            self.status = None
        return True

    def _lead(self, record: Record, kind: str) -> None:
        self.kind, self.offset, self.url = kind, record.offset, record.uri
        self.record_id = bare(record.id)
        self.date = record.get("WARC-Date") or ""
        if kind == "request":
            # It may stand before its answer.
            self._other_method = bytes(record.block[:4]) != b"GET "
            return
        if kind == "revisit":
            self.refers_to = bare(record.get("WARC-Refers-To") or "") or None
            self.refers_url = record.get("WARC-Refers-To-Target-URI")
            self.refers_date = record.get("WARC-Refers-To-Date")
        self.status, self.mime = (None, "") if self._other_method else _answer(record, kind)


def scan(
    path: Path, on_damage: OnDamage | None = None, progress: Callable[[int], None] = lambda size: None
) -> Iterator[Capture]:
    """All captures of a file in their order; ``warcinfo`` records are captures of their own.

    :param on_damage: is told of each damaged record, and reading goes on
    :param progress: is told, from time to time, how many more bytes were read
    :raises ArchiveError: when the file is not compressed record by record, and at the first damaged record when there
        is no *on_damage*
    """
    capture: Capture | None = None
    for record in _records(path, on_damage, progress):
        if not record.length:
            raise ArchiveError(f"{path} is not compressed record by record, so it cannot stand in a package.")
        if capture is not None and not capture.take(record):
            yield capture
            capture = None
        if capture is None:
            capture = Capture(record.offset, record.offset)
            capture.take(record)
    if capture is not None:
        yield capture


def _records(path: Path, on_damage: OnDamage | None, progress: Callable[[int], None]) -> Iterator[Record]:
    """The records of a file, which is mapped into memory anew from time to time, or all of it would stay there."""
    position = 0
    size = size_of(path)
    while position < size:
        start = position
        for record in iter_records(path, start, on_damage=on_damage):
            yield record
            position = record.offset + record.length
            if position - start > MAPPED:
                break
        else:
            progress(size - start)
            return
        progress(position - start)


def bare(record_id: str) -> str:
    """A record id without what all of them have."""
    return record_id.removeprefix("<urn:uuid:").removesuffix(">")


def _answer(record: Record, kind: str) -> tuple[int | None, str]:
    if kind not in ("response", "revisit") or not record.uri.startswith(("http://", "https://")):
        return None, ""
    if kind == "revisit" and not record.block:
        return 0, ""
    if kind == "response" and record.get("WARC-Truncated") is not None:
        return None, ""
    head = bytes(record.block[:_HEAD])
    end = head.find(b"\r\n\r\n")
    status = _STATUS.match(head)
    media_type = _TYPE.search(head[: end + 2 if end >= 0 else None].lower())
    return (int(status[1]) if status else None), media_type[1].decode("latin-1") if media_type else ""
