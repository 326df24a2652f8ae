"""What an index tells of an HTTP head: status, media type, and where the payload begins."""

from __future__ import annotations

import re
from typing import NamedTuple

Block = bytes | bytearray | memoryview

_USUAL = re.compile(rb"HTTP/[0-9.]+ ([0-9]{3})[ \r]")
_HEAD_END = re.compile(rb"\n[ \t\r\v\f]*\n")
_CONTENT_TYPE = re.compile(rb"\ncontent-type[ \t]*:([^\n]*)", re.IGNORECASE)
_PARAMETERS = re.compile(r"[;\s]")


class HttpHead(NamedTuple):
    """Null is what the head does not have."""

    status: str | None
    """The word after the first space, whatever it is; empty when there is none."""

    mime: str | None
    """Without parameters, letter case as served."""

    end: int
    """Where the payload begins in the block."""


def read_head(block: Block) -> HttpHead:
    """Read as leniently as replay tools do. *block* is not empty."""
    found = _HEAD_END.search(block)
    # A block that begins with an empty line has no head beyond that line.
    blank = len(bytes(block[:1024]).lstrip(b" \t\r\v\f").partition(b"\n")[0]) == 0 and b"\n" in bytes(block[:1024])
    if blank:
        return HttpHead(None, None, bytes(block[:1024]).index(b"\n") + 1)
    end = found.end() if found else len(block)
    head = bytes(block[: found.start()] if found else block)
    usual = _USUAL.match(head)
    status = usual[1].decode() if usual else _odd_status(head)
    mime = _CONTENT_TYPE.search(head)
    return HttpHead(status, media_type(text(mime[1])) if mime else None, end)


def media_type(value: str) -> str:
    """A Content-Type without its parameters."""
    return _PARAMETERS.split(value.lstrip(), 1)[0]


def text(line: bytes) -> str:
    """A line of a header in UTF-8, or else in Latin-1."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _odd_status(head: bytes) -> str | None:
    first, _, rest = head.partition(b"\n")
    _, _, after = text(first).rstrip().partition(" ")
    status = after.strip().split(" ", 1)[0]
    # A line without status and without any header is no HTTP at all.
    return status if status or b":" in rest else None
