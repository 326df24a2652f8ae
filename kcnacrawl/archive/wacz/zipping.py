"""A ZIP file written front to back: entries are hashed as they go by, and only their headers are touched again."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from kcnacrawl.archive.output import Output

STORED, DEFLATED = 0, 8

WIDE_FROM = 0xFFFFFFFF
"""Sizes and places from which on fields of 64 bits are written; that value in a field of 32 bits says so."""

MANY_FROM = 0xFFFF
"""The same of the number of entries."""

_MAX32, _MAX16 = 0xFFFFFFFF, 0xFFFF
_UTF8_NAME = 0x800
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")


@dataclass(slots=True)
class Entry:
    """A file in the package. Write to it while it is open."""

    path: str
    method: int
    wide: bool
    """Whether its sizes have 64 bits, in both of its headers: ReplayWeb.page takes the length of one from the other."""

    start: int
    crc: int = 0
    size: int = 0
    stored: int = 0
    sha256: str = ""


class ZipWriter:
    """Writes entries one after the other. Nothing is kept of them but their headers."""

    def __init__(self, output: Output, instant: datetime) -> None:
        """:param instant: UTC, noted for all entries"""
        self.entries: list[Entry] = []
        self._output = output
        self._position = 0
        self._day = max(instant.year - 1980, 0) << 9 | instant.month << 5 | instant.day
        self._time = instant.hour << 11 | instant.minute << 5 | instant.second // 2

    @contextmanager
    def entry(self, path: str, *, deflate: bool = False, size: int | None = None) -> Iterator[EntryWriter]:
        """A new file in the package, whole when the block ends without an exception.

        :param size: its size in bytes, when it is known beforehand
        :raises OutputError: when the package cannot be written
        """
        wide = size is None or size >= WIDE_FROM
        entry = Entry(path, DEFLATED if deflate else STORED, wide, self._position)
        self._write(self._local(entry))
        writer = EntryWriter(entry, self._write)
        yield writer
        writer.finish()
        self._output.seek(entry.start)
        self._output.write(self._local(entry))
        self._output.seek(self._position)
        self.entries.append(entry)

    def finish(self) -> None:
        """Write the directory.

        :raises OutputError: when the package cannot be written
        """
        start = self._position
        for entry in self.entries:
            self._write(self._central(entry))
        size, count = self._position - start, len(self.entries)
        wide = start >= WIDE_FROM or size >= WIDE_FROM or count >= MANY_FROM
        if wide:
            end64 = self._position
            self._write(_END64.pack(b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start))
            self._write(_LOCATOR64.pack(b"PK\x06\x07", 0, end64, 1))
        numbers = (_MAX16, _MAX16, _MAX32, _MAX32) if wide else (count, count, size, start)
        self._write(_END.pack(b"PK\x05\x06", 0, 0, *numbers, 0))

    def _write(self, data: bytes) -> None:
        self._output.write(data)
        self._position += len(data)

    def _local(self, entry: Entry) -> bytes:
        name = entry.path.encode()
        extra = struct.pack("<2H2Q", 1, 16, entry.size, entry.stored) if entry.wide else b""
        sizes = (_MAX32, _MAX32) if entry.wide else (entry.stored, entry.size)
        version = 45 if entry.wide else 20
        fields = (version, _UTF8_NAME, entry.method, self._time, self._day, entry.crc, *sizes, len(name), len(extra))
        return _LOCAL.pack(b"PK\x03\x04", *fields) + name + extra

    def _central(self, entry: Entry) -> bytes:
        name = entry.path.encode()
        far = entry.start >= WIDE_FROM
        numbers = [entry.size, entry.stored] * entry.wide + [entry.start] * far
        extra = struct.pack(f"<2H{len(numbers)}Q", 1, 8 * len(numbers), *numbers) if numbers else b""
        sizes = (_MAX32, _MAX32) if entry.wide else (entry.stored, entry.size)
        version = 45 if numbers else 20
        return (
            _CENTRAL.pack(
                b"PK\x01\x02",
                *(0x0300 | version, version, _UTF8_NAME, entry.method, self._time, self._day, entry.crc, *sizes),
                *(len(name), len(extra), 0, 0, 0, 0o644 << 16, _MAX32 if far else entry.start),
            )
            + name
            + extra
        )


class EntryWriter:
    """Takes the bytes of one entry."""

    def __init__(self, entry: Entry, write: Callable[[bytes], None]) -> None:
        self.entry = entry
        self._write = write
        self._sha256 = hashlib.sha256()
        self._compressor = zlib.compressobj(6, zlib.DEFLATED, -15) if entry.method == DEFLATED else None

    def write(self, data: bytes, /) -> None:
        """:raises OutputError: when the package cannot be written"""
        entry = self.entry
        self._sha256.update(data)
        entry.crc = zlib.crc32(data, entry.crc)
        entry.size += len(data)
        self._store(self._compressor.compress(data) if self._compressor else data)

    def finish(self) -> None:
        """Write what is left and close the hash."""
        if self._compressor:
            self._store(self._compressor.flush())
        self.entry.sha256 = self._sha256.hexdigest()

    def _store(self, data: bytes) -> None:
        if data:
            self._write(data)
            self.entry.stored += len(data)
