"""Finds records by their ids in files that are not checked: only the beginning of each record is decompressed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lint.index import key
from kcnacrawl.archive.source import Source

_ID = re.compile(rb"\r?\n[Ww][Aa][Rr][Cc]-[Rr]ecord-I[Dd]:[ \t]*([^\r\n]+?)[ \t]*\r?\n")
_HEAD = 2048


def scan_ids(path: Path, wanted: Collection[bytes]) -> Iterator[tuple[bytes, int]]:
    """Key and offset of each record of a file that is wanted; nothing of a file that cannot be read."""
    try:
        source = Source(path)
    except ArchiveError:
        return
    with source:
        position = source.next_start(0)
        while position < len(source.data):
            found = _ID.search(_begin(source, position))
            if found and (identity := key(found[1])) in wanted:
                yield identity, position
            position = source.next_start(position + 1)


def _begin(source: Source, offset: int) -> bytes:
    begin = source.data[offset : offset + _HEAD]
    if not source.is_gzip:
        return begin
    try:
        return zlib.decompressobj(31).decompress(begin, _HEAD)
    except zlib.error:
        return b""
