"""Reads past records that have no line in an index, without taking them apart."""

from __future__ import annotations

import re

from kcnacrawl.archive.record import Record
from kcnacrawl.archive.records import RECORD_END, WARC_FIELDS
from kcnacrawl.archive.source import Source

_WITHOUT_LINE = re.compile(rb"WARC/1\.[01]\r\nWARC-Type: (request|warcinfo|metadata)\r\n")
_FIELDS_TYPE = f"\r\nContent-Type: {WARC_FIELDS}\r\n".encode()
_LENGTH = b"\r\nContent-Length: "


class SkimmingSource(Source):
    """A source whose records may lack header and block when an index has no line for them."""

    def _parse(self, data: bytes | bytearray, length: int, offset: int) -> Record:
        if _has_no_line(data):
            return Record(self.path, offset, length, b"", b"")
        return super()._parse(data, length, offset)


def _has_no_line(data: bytes | bytearray) -> bool:
    """Whether this is, for certain, a whole record that has no line."""
    found = _WITHOUT_LINE.match(data)
    if found is None:
        return False
    end = data.find(RECORD_END)
    start = data.rfind(_LENGTH, 0, end) + len(_LENGTH)
    if not data[start:end].isdigit() or end + 8 + int(data[start:end]) != len(data):
        return False
    if found[1] == b"request":
        # The line of an answer to anything else tells of its request.
        return data.startswith(b"GET ", end + 4)
    return found[1] == b"warcinfo" or data.find(_FIELDS_TYPE, 0, end) >= 0
