"""Entries as rows of the table of captures: small, and with a checksum that shows a changed bit."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from kcnacrawl.archive.entries import Entry

KINDS: tuple[tuple[str, str | None], ...] = (
    ("response", None),
    ("revisit", "identical-payload-digest"),
    ("revisit", "server-not-modified"),
    ("resource", None),
    ("revisit", None),
)
"""Kind and profile by the number that stands for them."""

RESPONSE, RESOURCE = 0, 3

_NUMBERS = {pair: number for number, pair in enumerate(KINDS)}
_UUID = re.compile(r"<urn:uuid:([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})>")
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}")
_SHA1 = re.compile(r"sha1:[A-Z2-7]{32}")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PACKED = (16, 20, 32)


def checksum(values: Sequence[Any]) -> int:
    """CRC-32 of a row, as a signed number of four bytes."""
    return zlib.crc32(repr(values).encode("utf-8", "surrogatepass")) - (1 << 31)


def pack_id(record_id: str) -> bytes:
    """The 16 bytes of a UUID, or the text of any other id."""
    found = _UUID.fullmatch(record_id)
    return bytes.fromhex("".join(found.groups())) if found else _text(record_id)


def unpack_id(data: bytes) -> str:
    """The record id as it is written."""
    if len(data) != 16:
        return data.lstrip(b"\0").decode("utf-8", "surrogateescape")
    digits = data.hex()
    return f"<urn:uuid:{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}>"


def pack_digest(digest: str) -> bytes:
    """The bytes of a SHA-256 or SHA-1 in its usual form, or the text of any other digest."""
    if _SHA256.fullmatch(digest):
        return bytes.fromhex(digest[7:])
    if _SHA1.fullmatch(digest):
        return base64.b32decode(digest[5:])
    return _text(digest)


def unpack_digest(data: bytes) -> str:
    """The digest as it is written, with its label."""
    if len(data) == 32:
        return "sha256:" + data.hex()
    if len(data) == 20:
        return "sha1:" + base64.b32encode(data).decode()
    return data.lstrip(b"\0").decode("utf-8", "surrogateescape")


def pack_entry(entry: Entry, file: int, url: int) -> tuple[Any, ...]:
    """A row of ``captures`` in the order of its columns.

    :param file: key of its file
    :param url: key of its address
    """
    date, written = _pack_date(entry.date)
    row = (
        *(file, entry.offset, entry.length, pack_id(entry.record_id), _kind(entry), url, date, written),
        *(None if entry.method == "GET" else entry.method, entry.status, entry.mime),
        None if entry.payload_digest is None else pack_digest(entry.payload_digest),
        *(entry.payload_size, int(entry.whole), entry.etag, entry.last_modified),
        None if entry.refers_to is None else pack_id(entry.refers_to),
    )
    return (*row, checksum(row))


def move_row(row: tuple[Any, ...], url: int) -> tuple[Any, ...]:
    """The same row with another key of its address."""
    moved = (*row[:5], url, *row[6:-1])
    return (*moved, checksum(moved))


def is_sound(row: Sequence[Any]) -> bool:
    """Whether a row of ``captures`` is as it was written."""
    return bool(row[-1] == checksum((*row[:-1],)))


def unpack_entry(row: Sequence[Any], warc: str, url: str) -> Entry:
    """The entry of a row of ``captures``."""
    (_, offset, length, record, number, _, date, written, method, status, mime, digest, size, whole, *rest, _) = row
    etag, last_modified, refers_to = rest
    kind, profile = KINDS[number]
    return Entry(
        warc=warc,
        offset=offset,
        length=length,
        record_id=unpack_id(record),
        kind=kind,
        profile=profile,
        url=url,
        date=_unpack_date(date) if written is None else written,
        method=method or "GET",
        status=status,
        mime=mime,
        payload_digest=None if digest is None else unpack_digest(digest),
        payload_size=size,
        whole=bool(whole),
        etag=etag,
        last_modified=last_modified,
        refers_to=None if refers_to is None else unpack_id(refers_to),
    )


def _kind(entry: Entry) -> int:
    return _NUMBERS.get((entry.kind, entry.profile), 4 if entry.kind == "revisit" else _NUMBERS[entry.kind, None])


def _text(text: str) -> bytes:
    """Text that cannot be taken for packed bytes."""
    data = b"\0" + text.encode("utf-8", "surrogateescape")
    return b"\0" + data if len(data) in _PACKED else data


def _pack_date(date: str) -> tuple[int, str | None]:
    usual = _DATE.fullmatch(date) is not None
    try:
        instant = datetime.fromisoformat(date)
    except ValueError:
        return 0, date
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return (instant - _EPOCH) // _MICROSECOND, None if usual else date


def _unpack_date(date: int) -> str:
    return (_EPOCH + date * _MICROSECOND).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
