"""The header of a record read back by its place, as the checks across files need it."""

from __future__ import annotations

import zlib
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lint.heads import MAX_HEAD, find_head
from kcnacrawl.archive.lint.seeing import Seen
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.source import Source

_USUAL = 1 << 13
"""Bytes that nearly all headers are within."""


def seen_at(path: Path, offset: int) -> Seen:
    """The record that begins at *offset*, without its block: that may be large, and was read before.

    :raises ArchiveError: when none does
    """
    record = Record(path, offset, 0, _head_at(path, offset), b"")
    return Seen(
        id=record.id.encode(),
        kind=record.type,
        offset=offset,
        date=(record.get("WARC-Date") or "").encode(),
        uri=record.uri.encode(),
        concurrent=tuple(value.encode() for value in record.get_all("WARC-Concurrent-To")),
        block=memoryview(b""),
    )


def _head_at(path: Path, offset: int) -> bytes:
    with Source(path) as source:
        for size in (_USUAL, MAX_HEAD):
            data = source.data[offset : offset + size]
            if source.is_gzip:
                try:
                    data = zlib.decompressobj(31).decompress(data, size)
                except zlib.error:
                    break
            if (found := find_head(data, 0)) is not None:
                return data[: found[0]]
    raise ArchiveError(f"{path}: no record begins at {offset}.")
