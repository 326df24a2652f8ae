"""WARC/1.1 records as bytes: fields, digests, blocks. No file and no clock here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kcnacrawl.archive.errors import ArchiveError

if TYPE_CHECKING:
    from kcnacrawl.archive.originals import Original

Bytes = bytes | bytearray | memoryview

HTTP_RESPONSE = "application/http;msgtype=response"
HTTP_REQUEST = "application/http;msgtype=request"
WARC_FIELDS = "application/warc-fields"
OCTETS = "application/octet-stream"

RECORD_END = b"\r\n\r\n"

_LINE_BREAK = re.compile(r"[\r\n]")


@dataclass(slots=True, kw_only=True)
class Draft:
    """One record, ready to be written except for its length and digests."""

    kind: str
    """``WARC-Type``."""

    id: str
    """``WARC-Record-ID``, with angle brackets."""

    fields: list[tuple[str, str]]
    """Named fields except type, id, digests, content type and length."""

    content_type: str
    """Empty for a block that is."""

    block: Sequence[Bytes]
    """Parts of the block, in order."""

    payload: Bytes | None = None
    """The part of the block that is the payload, or null when the record has none."""

    compressed: bool = False
    """True when the block is compressed already, so that compressing it again would cost time for nothing."""

    payload_digest: str | None = None
    """Labelled digest of the payload; computed from it when not given. A revisit has one without a payload."""

    original: Original | None = None
    """What a revisit refers to."""

    def head(self) -> bytes:
        """The record's own header, with the empty line after it.

        :raises ArchiveError: when a value has a line break in it
        """
        lines = ["WARC/1.1", f"WARC-Type: {self.kind}", f"WARC-Record-ID: {self.id}"]
        lines += [f"{name}: {value}" for name, value in self.fields]
        lines.append(f"WARC-Block-Digest: {digest(self.block)}")
        if self.payload is not None and self.payload_digest is None:
            self.payload_digest = digest((self.payload,))
        if self.payload_digest is not None:
            lines.append(f"WARC-Payload-Digest: {self.payload_digest}")
        if self.content_type:
            lines.append(f"Content-Type: {self.content_type}")
        lines.append(f"Content-Length: {sum(map(len, self.block))}")
        text = "\r\n".join(lines)
        if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1:
            bad = next(line for line in lines if _LINE_BREAK.search(line))
            raise ArchiveError(f"A WARC field may not hold a line break: {bad[:80]!r}.")
        return text.encode() + RECORD_END


def digest(parts: Iterable[Bytes]) -> str:
    """``sha256:`` and lower-case hexadecimal digits."""
    sha256 = hashlib.sha256()
    for part in parts:
        sha256.update(part)
    return "sha256:" + sha256.hexdigest()


def warc_fields(fields: Iterable[tuple[str, str]]) -> bytes:
    """A block of ``application/warc-fields``.

    :raises ArchiveError: when a name or value has a line break in it
    """
    lines = []
    for name, value in fields:
        if _LINE_BREAK.search(name) or _LINE_BREAK.search(value):
            raise ArchiveError(f"A field of a WARC block may not hold a line break: {name!r}.")
        lines.append(f"{name}: {value}\r\n")
    return "".join(lines).encode()


def warc_date(instant: datetime) -> str:
    """``WARC-Date``: UTC with microseconds. An instant without time zone is taken as UTC."""
    if instant.tzinfo is not None and instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    return instant.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def make_warcinfo(*, record_id: str, date: str, filename: str, info: Iterable[tuple[str, str]]) -> Draft:
    """The record that opens a file: who made it, with what, how."""
    fields = [
        ("WARC-Date", date),
        ("WARC-Filename", filename),
    ]
    return Draft(kind="warcinfo", id=record_id, fields=fields, content_type=WARC_FIELDS, block=(warc_fields(info),))
