"""A record read back by its place, as the checks across files need it."""

from __future__ import annotations

from pathlib import Path

from kcnacrawl.archive.lint.captures import Seen
from kcnacrawl.archive.reader import read_record


def seen_at(path: Path, offset: int) -> Seen:
    """The record that begins at *offset*.

    :raises ArchiveError: when none does
    """
    record = read_record(path, offset)
    return Seen(
        id=record.id.encode(),
        kind=record.type,
        offset=offset,
        date=(record.get("WARC-Date") or "").encode(),
        uri=record.uri.encode(),
        concurrent=tuple(value.encode() for value in record.get_all("WARC-Concurrent-To")),
        block=memoryview(bytes(record.block)),
    )
