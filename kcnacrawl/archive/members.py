"""Records as gzip members, one each."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import deflate

from kcnacrawl.archive.records import RECORD_END, Bytes, Draft

STREAM_FROM = 1 << 20
"""Bytes of a record from which it is compressed piece by piece instead of in one copy."""

SMALL = 1 << 10
"""Bytes of a record below which the level makes no difference in size (less than 1 byte of 500, 2026-11)."""

_STEP = 1 << 18


def gzip_member(draft: Draft, level: int) -> Iterator[Bytes]:
    """The record as one gzip member: in one piece, or in several when it is large.

    :param level: of libdeflate, 1 to 12
    """
    parts = (draft.head(), *draft.block, RECORD_END)
    size = sum(map(len, parts))
    # Requests and compressed bodies get the quickest level: a higher one would find next to nothing more.
    if draft.compressed or size < SMALL:
        level = 1
    if size < STREAM_FROM:
        yield deflate.gzip_compress(b"".join(parts), level)
        return
    compressor = zlib.compressobj(min(level, 6), zlib.DEFLATED, 31)
    for part in parts:
        view = memoryview(part)
        for start in range(0, len(view), _STEP):
            if piece := compressor.compress(view[start : start + _STEP]):
                yield piece
    yield compressor.flush()
