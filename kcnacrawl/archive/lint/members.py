"""The bytes of one record out of a file: its gzip member, checked to the last byte."""

from __future__ import annotations

import mmap
import tempfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import deflate

from kcnacrawl.archive.member_flaw import member_flaw
from kcnacrawl.archive.source import MAX_RECORD

Data = bytes | bytearray | mmap.mmap

GZIP = b"\x1f\x8b\x08"
IN_MEMORY = 64 << 20
"""Bytes of a record that are held in memory; larger ones go through an unnamed file."""

_STEP = 1 << 18
_FIRST_LOOK = 1 << 13
_TRIES = 8
_OURS = (
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00",
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02",
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04",
)


class MemberError(Exception):
    """No whole record can be had; the message is a clause without full stop."""

    def __init__(self, sentence: str, *, torn: bool = False) -> None:
        super().__init__(sentence)
        self.torn = torn
        """True when the file ends inside the member."""


class Member(NamedTuple):
    """A gzip member decompressed."""

    data: Data
    length: int
    """Bytes it takes in the file."""


def take_member(file: Data, offset: int) -> Member:
    """The member that begins at *offset*, its checksums proven.

    :raises MemberError: when no whole one does
    """
    # libdeflate takes half of zlib's time but must be told where the member ends and how large it becomes.
    for end in _ends(file, offset):
        size = int.from_bytes(file[end - 4 : end], "little")
        if 0 < size <= min(1032 * (end - offset), IN_MEMORY):
            packed = bytes(file[offset:end])
            data = _unpack(packed, size)
            if data is not None and _fills(packed, data):
                return Member(data, end - offset)
    return _take_slowly(file, offset)


def is_our_header(file: Data, offset: int) -> bool:
    """Whether the first nine bytes of a member are as our writer makes them: no name, no time."""
    return file[offset : offset + 9] in _OURS


def _ends(file: Data, offset: int) -> Iterator[int]:
    """Where the member may end: before what looks like the next one, and at the end of the file."""
    position = offset + 18
    for _ in range(_TRIES):
        position = find(file, GZIP, position)
        if position < 0:
            break
        yield position
        position += 1
    if position < 0 and len(file) > offset + 18:
        yield len(file)


def find(file: Data, mark: bytes, start: int) -> int:
    """Like ``find`` of the data; that of a mapped file takes ten times as long as that of bytes."""
    if not isinstance(file, mmap.mmap):
        return file.find(mark, start)
    step = _FIRST_LOOK
    while start < len(file):
        found = file[start : start + step + len(mark) - 1].find(mark)
        if found >= 0:
            return start + found
        start, step = start + step, _STEP
    return -1


def _unpack(packed: bytes, size: int) -> bytearray | None:
    try:
        data = deflate.gzip_decompress(packed, size)
    except deflate.DeflateError:
        return None
    return data if len(data) == size else None


def _fills(packed: bytes, data: bytearray) -> bool:
    """Whether the member ends where *packed* does: libdeflate does not mind what follows."""
    trailer = deflate.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
    return packed.find(trailer) == len(packed) - 8


def _take_slowly(file: Data, offset: int) -> Member:
    decompressor = zlib.decompressobj(31)
    parts: list[bytes] = []
    size = 0
    with tempfile.TemporaryFile() as spool:
        for position in range(offset, len(file), _STEP):
            rest = bytes(file[position : position + _STEP])
            while rest:
                # A step at a time: a bomb is found out before it fills the memory.
                parts.append(_decompress(decompressor, rest))
                size += len(parts[-1])
                if size > MAX_RECORD:
                    raise MemberError(f"it is larger than {MAX_RECORD} bytes, which is taken for an attack")
                if size > IN_MEMORY:
                    spool.writelines(parts)
                    parts.clear()
                if decompressor.eof:
                    end = min(position + _STEP, len(file)) - len(decompressor.unused_data)
                    if size <= IN_MEMORY:
                        return Member(b"".join(parts), end - offset)
                    spool.flush()
                    return Member(mmap.mmap(spool.fileno(), 0, access=mmap.ACCESS_READ), end - offset)
                rest = decompressor.unconsumed_tail
    raise MemberError("the file ends inside it", torn=True)


def _decompress(decompressor: zlib._Decompress, data: bytes) -> bytes:
    try:
        return decompressor.decompress(data, 16 << 20)
    except zlib.error as error:
        raise MemberError(member_flaw(error)) from error
