"""The captures of a WARC file, with the bytes that each takes: what a package is put together from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.reader import iter_records
from kcnacrawl.archive.record import Record

HTML = ("text/html", "application/xhtml+xml")

_MAIN = ("response", "revisit", "resource", "conversion")
_HEAD = 1 << 16
_STATUS = re.compile(rb"HTTP/[0-9.]+[ \t]+([1-9][0-9]{2})")
_TYPE = re.compile(rb"\ncontent-type[ \t]*:[ \t]*([^;,\s]+)", re.IGNORECASE)


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
    """Of a revisit: id of the original as ``record_id``."""

    refers_date: str | None = None
    is_page: bool | None = False
    """Whether a browser would show it as a page of its own; null when only the original can tell."""

    _ids: set[str] = field(default_factory=set)
    _links: set[str] = field(default_factory=set)
    _method: bytes = b"GET"

    def belongs(self, record: Record) -> bool:
        """Whether a record was made in the same event as these."""
        return record.id in self._links or not self._ids.isdisjoint(record.get_all("WARC-Concurrent-To"))

    def add(self, record: Record) -> None:
        """Take a record that follows these in the file."""
        self.end = record.offset + record.length
        self._ids.add(record.id)
        self._links.update(record.get_all("WARC-Concurrent-To"))
        if record.type == "request":
            self._method = bytes(record.block[:8]).partition(b" ")[0]
        if not self.kind or (self.kind not in _MAIN and record.type in _MAIN):
            self._lead(record)
        if self._method != b"GET":
            self.is_page = False

    def _lead(self, record: Record) -> None:
        self.kind, self.offset, self.url = record.type, record.offset, record.uri
        self.record_id = bare(record.id)
        self.date = record.get("WARC-Date") or ""
        if record.type == "revisit":
            self.refers_to = bare(record.get("WARC-Refers-To") or "") or None
            self.refers_date = record.get("WARC-Refers-To-Date")
        self.is_page = _is_page(record)


def scan(path: Path) -> Iterator[Capture]:
    """All captures of a file in their order; ``warcinfo`` records are captures of their own.

    :raises ArchiveError: when a record is damaged, or the file is not compressed record by record
    """
    capture: Capture | None = None
    for record in iter_records(path):
        if not record.length:
            raise ArchiveError(f"{path} is not compressed record by record, so it cannot stand in a package.")
        if capture is not None and not capture.belongs(record):
            yield capture
            capture = None
        if capture is None:
            capture = Capture(record.offset, record.offset)
        capture.add(record)
    if capture is not None:
        yield capture


def bare(record_id: str) -> str:
    """A record id without what all of them have."""
    return record_id.removeprefix("<urn:uuid:").removesuffix(">")


def _is_page(record: Record) -> bool | None:
    if record.type not in ("response", "revisit"):
        return False
    if not record.uri.startswith(("http://", "https://")):
        return False
    if record.type == "revisit" and not record.block:
        return None
    if record.type == "response" and record.get("WARC-Truncated") is not None:
        return False
    head = bytes(record.block[:_HEAD])
    head = head[: head.find(b"\r\n\r\n") + 2 or None]
    status, media_type = _STATUS.match(head), _TYPE.search(head)
    return bool(status and media_type and status[1] == b"200" and media_type[1].decode("latin-1").lower() in HTML)
