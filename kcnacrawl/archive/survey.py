"""What of a WARC file is whole: where its good records are, and where its last capture that is whole ends."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.source import Source
from kcnacrawl.archive.writer import CRAWL_URN

_LEADING = ("response", "revisit")
TOLD_BY_METADATA = ("request", "resource")
"""Types of records that, standing first in a capture, do not name what must follow: a record that says why."""

_OURS = b"software: kcnacrawl/"
_TORN_START = b"WARC/1.1\r\nWARC-Type: warcinfo\r\n"
_STEP = 1 << 20


@dataclass(slots=True)
class Survey:
    """The result for one file."""

    size: int
    """Bytes of the file."""

    records: int = 0
    """Whole records that are worth keeping."""

    runs: list[tuple[int, int]] = field(default_factory=list)
    """Start and end of each stretch of such records, in order."""

    ours: bool = False
    """Whether this program wrote the file. Of other files it is not known which records belong to a capture."""

    has_ending: bool = False
    """Whether the last record of an open file, which says how the run ended, is left out of what is good."""

    is_blank: bool = False
    """Whether nothing is in the file but zeros, or the beginning of a first record of ours."""

    @property
    def end(self) -> int:
        """Where the last good record ends."""
        return self.runs[-1][1] if self.runs else 0

    @property
    def lost(self) -> int:
        """Bytes that are in no good record."""
        return self.size - sum(end - start for start, end in self.runs)

    @property
    def first_loss(self) -> int:
        """Where the first of these bytes is; the size of the file when there are none."""
        return self.runs[0][1] if self.runs else 0

    @property
    def holes(self) -> int:
        """Damaged places that good records follow."""
        return max(0, len(self.runs) - 1)


class _Capture:
    """The records at the end of a file that belong together."""

    def __init__(self) -> None:
        self.start = 0
        self.records = 0
        self.is_whole = True
        self.is_ending = False
        """Whether it is the record that says how the run ended."""
        self._leader = ""
        self._awaited: set[str] = set()

    def add(self, record: Record) -> None:
        named = record.get_all("WARC-Concurrent-To")
        kind = record.type
        if self._leader and named == [self._leader]:
            self.records += 1
            self._awaited.discard(record.id)
            self._awaited.discard(kind)
        else:
            self.start, self.records, self._leader = record.offset, 1, record.id
            # A response names what is to follow. Behind anything else there is a record that says why there is none.
            self._awaited = set(named) if kind in _LEADING else {"metadata"} if kind in TOLD_BY_METADATA else set()
        self.is_whole = not self._awaited
        self.is_ending = kind == "metadata" and record.uri.startswith(CRAWL_URN)


def survey(path: Path) -> Survey:
    """Look at every record of a file.

    :raises ArchiveError: when it cannot be read, is no WARC file, or is one of which no record can be told apart
    """
    with Source(path) as source:
        # A file may have been zeroed from its first byte on.
        source.is_gzip |= ".warc.gz" in path.name
        if len(source.data) and source.is_foreign():
            raise ArchiveError(f"{path} is no WARC file with a gzip member for each record; it cannot be mended here.")
        return _Surveyor(source).survey()


class _Surveyor:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._found = Survey(len(source.data))
        self._capture = _Capture()
        self._warcinfo = ""

    def survey(self) -> Survey:
        found, source, position = self._found, self._source, 0
        damaged = False
        while position < found.size:
            record = self._record_at(position)
            if record is None or (damaged and not self._belongs(record)):
                damaged = True
                position = source.next_start(position + 1)
                continue
            self._keep(record)
            position += record.length
        # A run that came to its end leaves no file open: what its last record says did not come true.
        found.has_ending = self._capture.is_ending and source.path.name.endswith(OPEN)
        if found.ours and (found.has_ending or not self._capture.is_whole):
            self._drop_capture()
        found.is_blank = not found.runs and self._is_blank()
        return found

    def _record_at(self, position: int) -> Record | None:
        try:
            return self._source.record_at(position)
        except ArchiveError:
            return None

    def _belongs(self, record: Record) -> bool:
        """Whether a record behind damage is the file's own: the damaged body may have held a WARC file itself."""
        if self._found.ours:
            return record.get("WARC-Warcinfo-ID") == self._warcinfo
        raise ArchiveError(
            f"{self._source.path} is damaged and records follow, but its first record does not tell which are its own; "
            f"it is left as it is."
        )

    def _keep(self, record: Record) -> None:
        runs, end = self._found.runs, record.offset + record.length
        if record.offset == 0 and record.type == "warcinfo":
            self._warcinfo, self._found.ours = record.id, _OURS in bytes(record.block)
        if runs and runs[-1][1] == record.offset:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((record.offset, end))
        self._found.records += 1
        self._capture.add(record)

    def _drop_capture(self) -> None:
        """Leave out a last capture that is not whole, unless it is a hole that it lacks something for."""
        start, _ = self._found.runs[-1]
        if self._capture.start < start:
            return
        self._found.records -= self._capture.records
        self._found.runs[-1] = (start, self._capture.start)
        if start == self._capture.start:
            self._found.runs.pop()

    def _is_blank(self) -> bool:
        data, end = self._source.data, self._found.size
        while end > 0 and not any(data[max(0, end - _STEP) : end]):
            end = max(0, end - _STEP)
        written = data[:end][:_STEP].rstrip(b"\0")
        try:
            return _TORN_START.startswith(zlib.decompressobj(31).decompress(written, len(_TORN_START)))
        except zlib.error:
            return False
