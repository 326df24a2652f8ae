"""Writes one run's exchanges to a WARC file."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from kcnacrawl.archive.capture import make_records
from kcnacrawl.archive.dedup import Dedup
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.files import WarcFile
from kcnacrawl.archive.members import gzip_member
from kcnacrawl.archive.originals import Originals
from kcnacrawl.archive.receipts import written_receipt
from kcnacrawl.archive.records import Draft, make_warcinfo, warc_date
from kcnacrawl.archive.redact import Redaction
from kcnacrawl.items import Receipt

DEFAULT_LEVEL = 4
"""Of libdeflate. On pages of 15 kB (2026-11): one per cent larger than level 6, for a fifth less time."""

FORMAT = {
    "format": "WARC File Format 1.1",
    "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
}


def new_id() -> str:
    """A fresh ``WARC-Record-ID``."""
    # Digits of a random UUID, version 4; uuid.uuid4() takes three times as long.
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"<urn:uuid:{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}>"


class WarcWriter:
    """One file, from its ``warcinfo`` record to its final name."""

    def __init__(
        self,
        folder: Path,
        spider: str,
        *,
        info: Mapping[str, str],
        level: int = DEFAULT_LEVEL,
        redaction: Redaction | None = None,
        originals: Originals | None = None,
    ) -> None:
        """Create the file and write its first record.

        :param info: fields of the ``warcinfo`` record, without secrets
        :param level: compression level of libdeflate, 1 to 12
        :param originals: payloads that need not be stored again; null to store all
        :raises ArchiveError: when the file cannot be created or written
        """
        if not 1 <= level <= 12:
            raise ArchiveError(f"The WARC compression level is {level}; it must be between 1 and 12.")
        self.records: Counter[str] = Counter()
        """Records written, by type."""
        self._level = level
        self._redaction = redaction or Redaction()
        self._dedup = Dedup(folder, originals)
        started = datetime.now(UTC)
        self._file = WarcFile(folder, spider, started)
        self._warcinfo_id = new_id()
        self._write_info(warc_date(started), {**FORMAT, **info})

    @property
    def bytes_written(self) -> int:
        """Size of the file in bytes."""
        return self._file.position

    @property
    def path(self) -> Path:
        """Where the file is while it is being written (``….warc.gz.open``)."""
        return self._file.path

    def write(self, exchange: Exchange) -> Receipt | None:
        """Write the records of one exchange; the receipt of its response or revisit, or null when it has none.

        :raises ArchiveError: when they cannot be written; what was written before stays readable
        """
        drafts = make_records(
            exchange,
            warcinfo_id=self._warcinfo_id,
            redaction=self._redaction,
            new_id=new_id,
            plan=self._dedup.plan,
        )
        offset = self._file.position
        length = self._append(drafts)[0]
        self._dedup.remember(exchange, drafts[0], warc=self._file.name, offset=offset, length=length)
        return written_receipt(
            drafts[0], warc=self._file.name, offset=offset, length=length, date=warc_date(exchange.started)
        )

    def close(self) -> Path:
        """Sync the file to disk and give it its final name; where it is now.

        :raises ArchiveError: when that fails; the file then keeps its ``.open`` name
        """
        return self._file.close()

    def _write_info(self, date: str, info: Mapping[str, str]) -> None:
        try:
            self._append(
                [make_warcinfo(record_id=self._warcinfo_id, date=date, filename=self._file.name, info=info.items())]
            )
        except ArchiveError:
            self._file.abandon()
            raise

    def _append(self, drafts: list[Draft]) -> list[int]:
        with self._file.all_or_nothing():
            lengths = self._file.write(gzip_member(draft, self._level) for draft in drafts)
        for draft in drafts:
            self.records[draft.kind] += 1
        return lengths
