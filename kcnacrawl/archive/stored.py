"""The HTTP response in a response record, whoever wrote it: status, headers, entity body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kcnacrawl.archive.record import Record
from kcnacrawl.archive.wire import NotHttpError, parse_response

_STATUS = re.compile(rb"HTTP/[0-9.]+[ \t]+([1-9][0-9]{2})")
_HEAD_END = re.compile(rb"\n\r?\n")


@dataclass(slots=True)
class StoredResponse:
    """A response as its record holds it."""

    status: int
    head: bytes
    body: bytes
    """The entity body: no transfer-coding, content-coding as served."""

    _lowered: bytes

    def header(self, name: str) -> str:
        """The last value of a header, as browsers and Scrapy choose it; empty when absent. *name* is in lower case."""
        return self.headers(name)[-1]

    def headers(self, name: str) -> list[str]:
        """All values of a header, at least one, which may be empty. *name* is in lower case."""
        if b"\n%s" % name.encode() not in self._lowered:
            return [""]
        spans = [match.span(1) for match in _field(name).finditer(self._lowered)]
        return [b" ".join(self.head[start:end].split()).decode("latin-1") for start, end in spans] or [""]


@lru_cache
def _field(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"\n%s[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)" % re.escape(name.encode()))


def stored_response(record: Record) -> StoredResponse | None:
    """The response in a record's block, or null when there is none."""
    block = bytes(record.block)
    status = _STATUS.match(block)
    end = block.find(b"\r\n\r\n") + 4
    if end < 4:
        found = _HEAD_END.search(block)
        end = found.end() if found else -1
    if status is None or end < 0:
        return None
    head = block[:end]
    lowered = head.lower()
    return StoredResponse(int(status[1]), head, _body(block, end, lowered), lowered)


def stored_head(status: int, head: bytes) -> StoredResponse:
    """A response of which only the head is to be looked at."""
    return StoredResponse(status, head, b"", head.lower())


def _body(block: bytes, start: int, lowered_head: bytes) -> bytes:
    # Other writers store chunks as they came. Their Content-Length need not be that of what they store.
    if b"\ntransfer-encoding" in lowered_head:
        try:
            return bytes(parse_response(block).body)
        except NotHttpError:
            return block[start:]
    return block[start:]
