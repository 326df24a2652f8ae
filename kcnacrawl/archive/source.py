"""A WARC file mapped into memory: where its records begin, and each of them out of its gzip member."""

from __future__ import annotations

import errno
import mmap
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import deflate

from kcnacrawl.archive.errors import ArchiveError, ExhaustedError
from kcnacrawl.archive.mapped import map_file
from kcnacrawl.archive.member_flaw import member_flaw
from kcnacrawl.archive.record import Record, RecordError, parse_record
from kcnacrawl.archive.window import search

MAX_RECORD = 1 << 30
"""Bytes of a record once decompressed; more is taken for an attack."""

EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})
"""What the system says when it could read no file. EIO is not among it: of one bad file it is true for good."""

_GZIP = b"\x1f\x8b\x08"
_MEMBER = re.compile(_GZIP)
_STEP = 1 << 16
_BITE = 1 << 12
_PEEK = 1 << 20

OnDamage = Callable[[ArchiveError], None]


class Source:
    """One file, with a gzip member for each record or not compressed at all."""

    def __init__(self, path: Path) -> None:
        """
        :raises ExhaustedError: when no file could be read at the moment
        :raises ArchiveError: when this one cannot be read
        """
        self.path = path
        try:
            self.data = map_file(path)
        except OSError as error:
            kind = ExhaustedError if error.errno in EXHAUSTED else ArchiveError
            raise kind(f"{path} cannot be read: {error.strerror}.") from error
        # A file may have been cut in its first bytes.
        self.position = 0
        """Where the record after the last one of ``records`` begins."""
        self.is_gzip = bool(self.data) and _GZIP.startswith(self.data[:3])

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        if isinstance(self.data, mmap.mmap):
            self.data.close()

    def is_foreign(self) -> bool:
        """Whether several records share a gzip member, or the compression is none that this class knows."""
        if not self.is_gzip:
            return not b"WARC/".startswith(self.data[:5])
        begin = self._peek(0, _PEEK)
        try:
            _, end = parse_record(begin, path=self.path, offset=0)
        except RecordError:
            return False
        return end < len(begin)

    def records(self, start: int, end: int, on_damage: OnDamage | None) -> Iterator[Record]:
        """The records that begin from *start*, where one must begin, to *end*."""
        self.position = start
        while self.position < end:
            try:
                record = self.record_at(self.position)
            except ArchiveError as error:
                if on_damage is None:
                    raise
                on_damage(error)
                self.position = self.next_start(self.position + 1)
                continue
            self.position += record.length
            yield record

    def record_at(self, offset: int) -> Record:
        """:raises ArchiveError: when no whole record begins there"""
        try:
            return self._member_at(offset) if self.is_gzip else self._plain_at(offset)
        except (zlib.error, RecordError) as error:
            flaw = member_flaw(error) if isinstance(error, zlib.error) else error
            raise ArchiveError(f"{self.path}: the record at {offset} is damaged: {flaw}.") from error

    def may_begin(self, offset: int) -> bool:
        """Whether the bytes there begin as records of this file do, whole or not."""
        mark = _GZIP if self.is_gzip else b"WARC/"
        return mark.startswith(self.data[offset : offset + len(mark)])

    def next_start(self, position: int) -> int:
        """Where a record begins at or after *position*; the end of the file when none does."""
        mark = _GZIP if self.is_gzip else b"WARC/1."
        while (found := self.data.find(mark, position)) >= 0:
            if not self.is_gzip or self._peek(found, 5) == b"WARC/":
                return found
            position = found + 1
        return len(self.data)

    def _plain_at(self, offset: int) -> Record:
        record, end = parse_record(self.data, offset, path=self.path, offset=offset)
        record.length = end - offset
        return record

    def _member_at(self, offset: int) -> Record:
        return self._parse(*self._inflate(offset), offset)

    def _parse(self, data: bytes | bytearray, length: int, offset: int) -> Record:
        record, end = parse_record(data, path=self.path, offset=offset)
        if end < len(data):
            raise RecordError("more bytes follow its block")
        record.length = length
        return record

    def _peek(self, offset: int, size: int) -> bytes:
        decompressor = zlib.decompressobj(31)
        found = b""
        try:
            # Most often the first bite is all there is.
            for position in range(offset, offset + size + 512, _BITE):
                found += decompressor.decompress(self.data[position : position + _BITE], size - len(found))
                if decompressor.eof or len(found) >= size:
                    break
        except zlib.error:
            return b""
        return found

    def _inflate(self, offset: int) -> tuple[bytes | bytearray, int]:
        """One gzip member decompressed, and its length in the file."""
        guess = search(_MEMBER, self.data, offset + 18, offset + _STEP)
        guess = min(offset + _STEP, len(self.data)) if guess < 0 else guess
        size = int.from_bytes(self.data[guess - 4 : guess], "little")
        # libdeflate takes half of zlib's time but must be told where the member ends; deflate packs at most 1032 to 1.
        if 0 < size <= 1032 * (guess - offset):
            try:
                data = deflate.gzip_decompress(self.data[offset:guess], size)
            except deflate.DeflateError:
                return self._inflate_slowly(offset)
            if len(data) == size:
                return data, guess - offset
        return self._inflate_slowly(offset)

    def _inflate_slowly(self, offset: int) -> tuple[bytes, int]:
        decompressor = zlib.decompressobj(31)
        parts: list[bytes] = []
        room = MAX_RECORD
        for position in range(offset, len(self.data), _STEP):
            parts.append(decompressor.decompress(self.data[position : position + _STEP], room))
            room -= len(parts[-1])
            if decompressor.eof:
                end = min(position + _STEP, len(self.data)) - len(decompressor.unused_data)
                return b"".join(parts), end - offset
            if room <= 0:
                raise RecordError(f"it is larger than {MAX_RECORD} bytes")
        raise RecordError("the file ends inside it")
