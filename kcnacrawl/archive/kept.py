"""What an index keeps of the head of an HTTP response."""

from __future__ import annotations

import re
from typing import NamedTuple

from kcnacrawl.archive.records import Bytes

_STATUS = re.compile(rb"HTTP/[0-9.]+[ \t]+([1-9][0-9]{2})")
_HEAD_END = re.compile(rb"\n\r?\n")
_VALUE = re.compile(rb"[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)")


class Kept(NamedTuple):
    """What an index keeps of a response head."""

    status: int | None = None
    mime: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    size: int = 0
    """Bytes of the head."""


def kept_of(block: Bytes) -> Kept:
    """Status and headers of the response that a block begins with, if it does."""
    status = _STATUS.match(block)
    end = _HEAD_END.search(block) if status else None
    if status is None or end is None:
        return Kept()
    head = bytes(block[: end.end()])
    lowered = head.lower()
    return Kept(
        int(status[1]),
        media_type(_last_value(head, lowered, b"\ncontent-type")),
        _last_value(head, lowered, b"\netag"),
        _last_value(head, lowered, b"\nlast-modified"),
        len(head),
    )


def _last_value(head: bytes, lowered: bytes, name: bytes) -> str | None:
    """The last value of a header, as browsers choose it; null when there is none or it is empty."""
    at = lowered.rfind(name)
    while at >= 0:
        # One expression that looks for all names takes three times as long.
        if (found := _VALUE.match(head, at + len(name))) is not None:
            return b" ".join(found[1].split()).decode("latin-1") or None
        at = lowered.rfind(name, 0, at)
    return None


def media_type(value: str | None) -> str | None:
    """A ``Content-Type`` in lower case, without parameters; null when nothing is left."""
    return value.partition(";")[0].strip().lower() or None if value else None
