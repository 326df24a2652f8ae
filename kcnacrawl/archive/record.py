"""A WARC record as read: its header and its block, byte for byte."""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(r"\r?\n")
_RECORD_END = re.compile(rb"[\r\n]*")
_FOLDED = (b" ", b"\t")


@lru_cache(64)
def _usual(name: str) -> bytes:
    """A field as nearly all writers begin it."""
    return b"\r\n%s: " % name.encode()


class RecordError(ValueError):
    """Bytes that are not a whole WARC record; the message says why, without full stop."""


@dataclass(slots=True)
class Record:
    """One record of a WARC file. Header fields are looked up when asked for: most of them never are."""

    path: Path
    offset: int
    """Where the record begins in the file: its gzip member, or its first byte when the file is not compressed."""

    length: int
    """Bytes it takes in the file, to the start of the next record."""

    head: bytes
    """The record's header as written, with a line end before every field and none at the end."""

    block: bytes | memoryview

    def get(self, name: str) -> str | None:
        """Value of a field, letter case of its name aside; the first when it is repeated; null when absent."""
        # Asked more often than anything else.
        head, mark = self.head, _usual(name)
        start = head.find(mark)
        if start >= 0:
            start += len(mark)
            end = head.find(b"\r\n", start)
            if end < 0:
                return _text(head[start:]).strip()
            # A folded value goes on in the next line.
            if head[end + 2 : end + 3] not in _FOLDED:
                return _text(head[start:end]).strip()
        if name.lower().encode() not in self.head.lower():
            return None
        return next(iter(self.get_all(name)), None)

    def get_all(self, name: str) -> list[str]:
        """All values of a field."""
        return [value for key, value in self.fields() if key.lower() == name.lower()]

    def fields(self) -> list[tuple[str, str]]:
        """Named fields in their order. Lines that are none are left out, as all readers do."""
        fields: list[tuple[str, str]] = []
        for line in _LINE_END.split(_text(self.head))[1:]:
            name, colon, value = line.partition(":")
            if line[:1] in (" ", "\t") and fields:
                fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
            elif colon:
                fields.append((name.strip(), value.strip()))
        return fields

    @property
    def type(self) -> str:
        """``response``, ``request``, …; empty when the record does not say."""
        return self.get("WARC-Type") or ""

    @property
    def id(self) -> str:
        """``<urn:uuid:…>``; empty when the record does not say."""
        return self.get("WARC-Record-ID") or ""

    @property
    def uri(self) -> str:
        """``WARC-Target-URI`` without the angle brackets that some writers put around it; empty when absent."""
        return (self.get("WARC-Target-URI") or "").strip("<>")


def parse_record(data: bytes | bytearray | mmap.mmap, start: int = 0, *, path: Path, offset: int) -> tuple[Record, int]:
    """The record that begins at *start* in *data*, and where the next one would begin.

    :raises RecordError: when no whole record begins there
    """
    head_end, block_start = _find_head_end(data, start)
    # A view of a mapped file would keep it from being closed.
    view = data if isinstance(data, mmap.mmap) else memoryview(data)
    record = Record(path, offset, 0, bytes(view[start:head_end]), b"")
    block_end = block_start + _content_length(record)
    record.block = view[block_start:block_end]
    if block_end > len(data):
        raise RecordError(f"its block has {len(record.block)} of {block_end - block_start} bytes")
    rest = _RECORD_END.match(data, block_end)
    return record, rest.end() if rest else block_end


def _find_head_end(data: bytes | bytearray | mmap.mmap, start: int) -> tuple[int, int]:
    if data[start : start + 5] == b"WARC/":
        end = data.find(b"\r\n\r\n", start, start + 4096)
        if end >= 0:
            return end, end + 4
        found = _HEAD_END.search(data, start)
        if found is not None:
            return found.span()
    raise RecordError("it does not begin with a whole WARC header")


def _content_length(record: Record) -> int:
    value = record.get("Content-Length")
    if value is None or not (value.isascii() and value.isdecimal() and len(value) < 19):
        raise RecordError("its header has no Content-Length that is a number")
    return int(value)


def _text(head: bytes) -> str:
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("latin-1")


def read_fields(block: bytes | memoryview) -> dict[str, str]:
    """The fields of a block of ``application/warc-fields``; lines that are none are left out."""
    # Not splitlines(), which breaks values at other characters, too.
    lines = (line.partition(":") for line in bytes(block).decode("utf-8", "replace").split("\n"))
    return {name.strip(): value.strip() for name, colon, value in lines if colon}
