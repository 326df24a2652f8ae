"""An index of all records of all files by their ids, at 37 bytes a record."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

KINDS = ("", "warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation")
"""Types of records by their number in an entry; the first stands for all others."""

_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}
_ENTRY = Struct("<16s8sQBI")
_UUID = re.compile(rb"<urn:uuid:([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})>")
_FILE_SHIFT = 40
"""Bits for an offset: files of up to a terabyte, sixteen million of them."""

NOTHING = bytes(8)


class Entry(NamedTuple):
    """What is kept of one record."""

    check: bytes
    """``fingerprint`` of address, date and payload digest."""

    file: int
    offset: int
    kind: str
    mark: int
    """``mark_of`` a response, else 0."""


def key(record_id: bytes) -> bytes:
    """Sixteen bytes that stand for a record id."""
    found = _UUID.fullmatch(record_id)
    if found is not None:
        return bytes.fromhex(b"".join(found.groups()).decode())
    return hashlib.blake2b(record_id, digest_size=16).digest()


def fingerprint(*parts: bytes) -> bytes:
    """Eight bytes that stand for several values."""
    return hashlib.blake2b(b"\n".join(parts), digest_size=8).digest()


def place(file: int, offset: int) -> int:
    """File and offset in one number."""
    return file << _FILE_SHIFT | offset


def unplace(number: int) -> tuple[int, int]:
    """File and offset out of one number."""
    return number >> _FILE_SHIFT, number & (1 << _FILE_SHIFT) - 1


def pack(identity: bytes, check: bytes, at: int, kind: str, mark: int = 0) -> bytes:
    """An entry for ``RecordIndex.add``."""
    return _ENTRY.pack(identity, check, at, _NUMBERS.get(kind, 0), mark)


class RecordIndex:
    """Finds a record by its id."""

    def __init__(self) -> None:
        self._buckets: defaultdict[bytes, bytearray] = defaultdict(bytearray)
        self.count = 0

    def add(self, entries: bytes | bytearray) -> Iterator[tuple[int, int, Entry]]:
        """Take entries in; file and offset of each whose id is taken, and whose it is."""
        for start in range(0, len(entries), _ENTRY.size):
            packed = entries[start : start + _ENTRY.size]
            bucket = self._buckets[bytes(packed[:2])]
            earlier = _find(bucket, packed[:16])
            if earlier is None:
                bucket += packed
                self.count += 1
            else:
                yield *unplace(_ENTRY.unpack(packed)[2]), earlier

    def find(self, identity: bytes) -> Entry | None:
        """The record whose id has this ``key``."""
        bucket = self._buckets.get(identity[:2])
        return _find(bucket, identity) if bucket else None


def _find(bucket: bytearray, identity: bytes | bytearray) -> Entry | None:
    start = bucket.find(identity)
    while start >= 0:
        if start % _ENTRY.size == 0:
            _, check, at, number, mark = _ENTRY.unpack_from(bucket, start)
            return Entry(check, *unplace(at), KINDS[number], mark)
        start = bucket.find(identity, start + 1)
    return None
