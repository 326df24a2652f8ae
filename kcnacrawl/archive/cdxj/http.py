"""What an index tells of an HTTP head: status, media type, and where the payload begins."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

Block = bytes | bytearray | memoryview

_USUAL = re.compile(rb"HTTP/[0-9.]+ ([0-9]{3})[ \r]")
_EMPTY_LINE = re.compile(rb"[ \t\r\v\f]*(?:\n|\Z)")
_HEAD_END = re.compile(rb"\n[ \t\r\v\f]*\n")
_CONTENT_TYPE = re.compile(rb"\ncontent-type[ \t]*:([^\n]*)", re.IGNORECASE)
_PARAMETERS = re.compile(r"[;\s]")


class HttpHead(NamedTuple):
    """The head of a request or response in a block, read as leniently as replay tools do."""

    lines: bytes
    """From the first line to the last field; empty when the block begins with an empty line."""

    end: int
    """Where the payload begins in the block."""

    def status(self) -> str | None:
        """The word after the first space; empty when there is none; null when this is no HTTP at all."""
        usual = _USUAL.match(self.lines)
        if usual is not None:
            return usual[1].decode()
        first, _, fields = self.lines.partition(b"\n")
        status = text(first).rstrip().partition(" ")[2].strip().split(" ", 1)[0]
        return status if status or b":" in fields else None

    def method(self) -> str:
        """The first word of a request."""
        return text(self.lines.partition(b"\n")[0]).rstrip().partition(" ")[0]

    def content_type(self) -> str | None:
        """The first Content-Type, with its parameters."""
        found = _CONTENT_TYPE.search(self.lines)
        return None if found is None else text(found[1]).strip()


def read_head(block: Block) -> HttpHead:
    """The head at the start of a block."""
    empty = _EMPTY_LINE.match(block)
    if empty is not None:
        return HttpHead(b"", empty.end())
    found = _HEAD_END.search(block)
    if found is None:
        return HttpHead(bytes(block), len(block))
    return HttpHead(bytes(block[: found.start()]), found.end())


@lru_cache
def media_type(content_type: str) -> str:
    """A Content-Type without its parameters, in its own letters."""
    return _PARAMETERS.split(content_type.lstrip(), 1)[0]


def text(line: bytes) -> str:
    """A line of a header in UTF-8, or else in Latin-1."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")
