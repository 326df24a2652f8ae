"""The chunked transfer-coding of RFC 9112, section 7.1: taken apart without losing a byte of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kcnacrawl.archive.framing import MAX_OPERATIONS

MAX_SPANS = MAX_OPERATIONS // 2
"""Spans of chunk data that are remembered. A body in more chunks is decoded all the same, but as each chunk costs two
operations (its size line and its data) nothing that was left out here can end up in a framing."""

# A size, then anything up to the line end: extensions are kept, not judged. A bare line feed ends a line, too.
_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,400})[ \t]*(?:;[^\n]*)?\r?\n")
_SIZE_BEGUN = re.compile(rb"[0-9A-Fa-f]{0,400}[ \t]*(?:;[^\n]*|\r)?")
_NO_LAST_CHUNK = "The body ended before its last chunk."
_TRAILER_END = re.compile(rb"\r?\n|(?:[^\n]+\n)+?\r?\n")


@dataclass(slots=True)
class Chunks:
    """A chunked body taken apart: its data, where it ends, what is wrong with it."""

    end: int
    """Where the coding ends in the received bytes, or where it could be followed no further."""

    body: bytearray = field(default_factory=bytearray)

    spans: list[tuple[int, int]] = field(default_factory=list)
    """Where the data stood in the received bytes, as (start, end); the first ``MAX_SPANS`` only."""

    count: int = 0
    """Chunks that had data."""

    data_end: int = 0
    """Where the data of the last chunk ended."""

    flaw: str | None = None
    """One sentence on why the body is not whole, or null."""

    malformed: bool = False
    """True when the flaw is not just an early end."""


def take_chunks(received: bytes, start: int) -> Chunks:
    """Take apart the chunked body that begins at *start*; never raises."""
    chunks = Chunks(start, data_end=start)
    view = memoryview(received)
    while (line := _SIZE_LINE.match(received, chunks.end)) is not None:
        size = int(line[1], 16)
        if size == 0:
            _end(chunks, received, line.end())
            return chunks
        stop = line.end() + size
        _take_data(chunks, view, line.end(), min(stop, len(view)))
        if stop > len(view):
            chunks.flaw = f"The body ended {stop - len(view)} bytes before the end of a chunk."
            return chunks
        if not _take_line_end(chunks, received, stop):
            return chunks
    _bad_size(chunks, received)
    return chunks


def _take_data(chunks: Chunks, view: memoryview, start: int, stop: int) -> None:
    chunks.body += view[start:stop]
    chunks.end = chunks.data_end = stop
    if stop > start:
        chunks.count += 1
        if chunks.count <= MAX_SPANS:
            chunks.spans.append((start, stop))


def _take_line_end(chunks: Chunks, received: bytes, stop: int) -> bool:
    for line_end in (b"\r\n", b"\n"):
        if received.startswith(line_end, stop):
            chunks.end = stop + len(line_end)
            return True
    chunks.malformed = received[stop : stop + 2] not in (b"", b"\r")
    chunks.flaw = (
        "A chunk is not followed by a line end." if chunks.malformed else "The body ended before its last chunk."
    )
    return False


def _bad_size(chunks: Chunks, received: bytes) -> None:
    begun = _SIZE_BEGUN.match(received, chunks.end)
    chunks.malformed = begun is None or begun.end() < len(received)
    chunks.flaw = "A chunk size is malformed." if chunks.malformed else _NO_LAST_CHUNK


def _end(chunks: Chunks, received: bytes, trailers: int) -> None:
    """The last chunk was seen, so the body is whole even when the trailers are not."""
    end = _TRAILER_END.match(received, trailers)
    chunks.end = end.end() if end else len(received)
