"""Writes one run's exchanges to WARC files, one after the other."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from kcnacrawl.archive.capture import make_records
from kcnacrawl.archive.dedup import Dedup
from kcnacrawl.archive.entries import Entry, draft_entries
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.files import WarcFile
from kcnacrawl.archive.members import gzip_member
from kcnacrawl.archive.originals import Originals
from kcnacrawl.archive.receipts import written_receipt
from kcnacrawl.archive.records import WARC_FIELDS, Draft, make_warcinfo, warc_date, warc_fields
from kcnacrawl.archive.redact import Redaction
from kcnacrawl.items import Receipt

DEFAULT_LEVEL = 5
"""Of libdeflate. On pages of 28 kB (2026-11): 144 us and 0.3 per cent more bytes than zlib's level 6 (302 us); level 4
takes 128 us for 1.7 per cent more, level 6 takes 160 us for 0.5 per cent less."""

FORMAT = {
    "format": "WARC File Format 1.1",
    "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
}

HEADS = 2_048
"""Bytes that the headers of a capture's records take, and what is noted beside them, as a rule."""

CRAWL_URN = "urn:kcnacrawl:crawl:"
"""Target URI of the record that closes a run: this and the name of the crawl."""


def new_id() -> str:
    """A fresh ``WARC-Record-ID``."""
    # Digits of a random UUID, version 4; uuid.uuid4() takes three times as long.
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"<urn:uuid:{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}>"


class WarcWriter:
    """The files of one run: each from its ``warcinfo`` record to its final name."""

    def __init__(
        self,
        folder: Path,
        spider: str,
        *,
        info: Mapping[str, str],
        level: int = DEFAULT_LEVEL,
        redaction: Redaction | None = None,
        max_bytes: int = 1_000_000_000,
        max_seconds: float = 86_400,
        originals: Originals | None = None,
        was_taken: Callable[[str], bool] = lambda name: False,
        on_open: Callable[[str], None] = lambda _: None,
        on_close: Callable[[Path], None] = lambda _: None,
    ) -> None:
        """Create the first file and write its first record.

        :param info: fields of the ``warcinfo`` record of each file, without secrets
        :param level: compression level of libdeflate, 1 to 12
        :param max_bytes: size of a file that is closed before a capture that may make it larger
        :param max_seconds: age from which a file is closed and the next one begun, when there is something to write
        :param originals: payloads that need not be stored again; null to store all
        :param was_taken: whether a name belongs to a file that was removed, and must not mean another one
        :param on_open: is told the final name of each file that was begun
        :param on_close: is told where each file is that was closed
        :raises ArchiveError: when the file cannot be created or written
        """
        if not 1 <= level <= 12:
            raise ArchiveError(f"The WARC compression level is {level}; it must be between 1 and 12.")
        self.records: Counter[str] = Counter()
        """Records written, by type."""
        self.files: list[str] = []
        """Names of the files begun so far, as they are once closed."""
        self.closed: list[Path] = []
        """Files that have their final name."""
        self._new_file = partial(WarcFile, folder, spider, was_taken=was_taken)
        self._info = {**FORMAT, **info}
        self._level = level
        self._redaction = redaction or Redaction()
        self._max_bytes, self._max_seconds = max_bytes, max_seconds
        self._dedup = Dedup(folder, originals)
        self._on_open, self._on_close = on_open, on_close
        self._entries: list[Entry] = []
        self._open()

    @property
    def bytes_written(self) -> int:
        """Size of the file in bytes."""
        return self._file.position

    @property
    def path(self) -> Path:
        """Where the file is while it is being written (``….warc.gz.open``)."""
        return self._file.path

    def write(self, exchange: Exchange) -> Receipt | None:
        """Write the records of one exchange, all to one file; the receipt of its response or revisit, if it has one.

        :raises ArchiveError: when they cannot be written, or no file could be read to prove an original; what was
            written before stays readable
        """
        self._make_room(len(exchange.received) + len(exchange.sent) + HEADS)
        drafts = make_records(
            exchange,
            warcinfo_id=self._warcinfo_id,
            redaction=self._redaction,
            new_id=new_id,
            plan=self._dedup.plan,
        )
        warc, offset = self._file.name, self._file.position
        lengths = self._append(drafts)
        self._entries += draft_entries(warc, offset, drafts, lengths)
        self._dedup.remember(exchange, drafts[0], warc=warc, offset=offset, length=lengths[0])
        return written_receipt(drafts[0], warc=warc, offset=offset, length=lengths[0], date=warc_date(exchange.started))

    def take_entries(self) -> list[Entry]:
        """The entries of everything written since they were last taken."""
        taken, self._entries = self._entries, []
        return taken

    def sync(self) -> None:
        """Return when everything written so far would survive a power cut; may be called from another thread.

        :raises ArchiveError: when it would not; nothing can be written from then on
        """
        self._file.sync()

    def end(self, fields: Iterable[tuple[str, str]]) -> None:
        """Write the record that closes a run.

        :param fields: of its block; ``crawl`` must be among them
        :raises ArchiveError: when it cannot be written
        """
        self._make_room(0)
        fields = list(fields)
        said = [
            ("WARC-Date", warc_date(datetime.now(UTC))),
            ("WARC-Target-URI", CRAWL_URN + dict(fields)["crawl"]),
            ("WARC-Warcinfo-ID", self._warcinfo_id),
        ]
        block = (warc_fields(fields),)
        self._append([Draft(kind="metadata", id=new_id(), fields=said, content_type=WARC_FIELDS, block=block)])

    def close(self) -> list[Path]:
        """Sync the last file to disk and give it its final name; where all files of the run are now.

        :raises ArchiveError: when that fails; the file then keeps its ``.open`` name
        """
        self._close()
        return list(self.closed)

    def _make_room(self, size: int) -> None:
        """Go on in a new file when *size* more bytes, before compression, may be too many or the file is old."""
        file = self._file
        full = file.position + size > self._max_bytes or time.monotonic() - file.opened >= self._max_seconds
        if file.closed or (full and size and file.position > self._begun):
            # The old file is whole before anything can go wrong with the new one.
            self._close()
            self._open(file.serial + 1)

    def _open(self, serial: int = 0) -> None:
        started = datetime.now(UTC)
        self._file = file = self._new_file(started, serial)
        self._warcinfo_id = new_id()
        date, fields = warc_date(started), self._info.items()
        try:
            self._append([make_warcinfo(record_id=self._warcinfo_id, date=date, filename=file.name, info=fields)])
            # Whatever happens from here on, the file says whose it is.
            file.sync()
            file.sync_name()
        except ArchiveError:
            file.abandon()
            raise
        self._begun = file.position
        self.files.append(file.name)
        self._on_open(file.name)

    def _close(self) -> None:
        """Close the file; when it is closed already, say once more what went wrong, if anything did."""
        if not self._file.closed:
            self.closed.append(self._file.close())
            self._on_close(self.closed[-1])
        elif self._file.failure is not None:
            raise self._file.failure

    def _append(self, drafts: list[Draft]) -> list[int]:
        with self._file.all_or_nothing():
            lengths = self._file.write(gzip_member(draft, self._level) for draft in drafts)
        for draft in drafts:
            self.records[draft.kind] += 1
        return lengths
