"""Every byte of the ZIP file accounted for: what lies between its entries is in no list, and nothing proves it."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipInfo

from kcnacrawl.archive.lint.finding import Finding
from kcnacrawl.archive.mapped import data_start, read_at
from kcnacrawl.archive.wacz.subject import REFETCH, Subject
from kcnacrawl.counted import counted

_LOCAL = struct.Struct("<6x2H4x3L4x")
"""Of the header before an entry: flags, method, CRC-32, packed size, size."""

_CENTRAL = struct.Struct("<28x3H12x")
"""Of an entry of the directory: how long name, extra field and comment are."""

_END64, _LOCATOR64, _END = b"PK\x06\x06", b"PK\x06\x07", b"PK\x05\x06"
_IS_ENCRYPTED, _HAS_DESCRIPTOR = 1, 8
_STEP = 1 << 20
_WIDE = 0xFFFFFFFF


def check_zip(subject: Subject) -> Iterator[Finding]:
    """Findings on bytes before, between and behind the entries, and on headers that say different things."""
    end = 0
    with subject.path.open("rb") as file:
        for info in sorted(subject.zip.infolist(), key=lambda info: info.header_offset):
            yield from _gap(subject, end, info.header_offset, info.filename)
            try:
                start = data_start(file, info)
            except BadZipFile as error:
                if info.is_dir():  # of other entries it is told where they are read
                    yield subject.finding(info.filename, f"the ZIP file is damaged: {error}", REFETCH)
                return
            yield from _headers(subject, file, info)
            end = start + info.compress_size + _descriptor(file, info, start)
        yield from _gap(subject, end, subject.zip.start_dir, "its directory")
        yield from _behind(subject, file)


def _gap(subject: Subject, end: int, start: int, what: str) -> Iterator[Finding]:
    if start > end:
        strays = "byte that belongs to no entry stands", "bytes that belong to no entry stand"
        sentence = f"{counted(start - end, *strays)} before {what}, and nothing proves {_them(start - end)}"
        yield subject.finding(None, sentence, REFETCH, offset=end)
    elif start < end:
        yield subject.finding(None, f"{what} begins inside the entry before it", REFETCH, offset=start)


def _descriptor(file: BinaryIO, info: ZipInfo, start: int) -> int:
    """Bytes of the sizes that follow an entry which was written before they were known."""
    if not info.flag_bits & _HAS_DESCRIPTOR:
        return 0
    data = read_at(file, start + info.compress_size, 24)
    sizes = [struct.pack("<L2Q", info.CRC, info.compress_size, info.file_size)]
    if max(info.compress_size, info.file_size) < _WIDE:
        sizes.append(struct.pack("<3L", info.CRC, info.compress_size, info.file_size))
    told = (mark + size for mark in (b"PK\x07\x08", b"") for size in sizes)
    return next((len(one) for one in told if data.startswith(one)), 0)


def _headers(subject: Subject, file: BinaryIO, info: ZipInfo) -> Iterator[Finding]:
    """Readers that go through the file from its start know only the header before an entry."""
    file.seek(info.header_offset)
    flags, method, crc, packed, size = _LOCAL.unpack(file.read(_LOCAL.size))
    said = [("method", method, info.compress_type)]
    if not flags & _HAS_DESCRIPTOR:
        said.append(("CRC-32", crc, info.CRC))
        if _WIDE not in (packed, size):
            said += [("packed size", packed, info.compress_size), ("size", size, info.file_size)]
    for what, here, there in said:
        if here != there:
            sentence = f"its {what} is {here} in the header before it, but {there} in the directory"
            yield subject.finding(info.filename, sentence, REFETCH)
    if info.comment:
        comment = counted(len(info.comment), "byte")
        yield subject.finding(info.filename, f"it has a comment of {comment}, which nothing proves")
    if info.is_dir() and (held := max(info.file_size, info.compress_size)):
        yield subject.finding(info.filename, f"it is a folder, but has {counted(held, 'byte')}, which nothing proves")
    elif not info.is_dir() and (clause := _surplus(file, info)) is not None:
        yield subject.finding(info.filename, clause, REFETCH)


def _surplus(file: BinaryIO, info: ZipInfo) -> str | None:
    """A clause on packed bytes that no reader unpacks, as those behind the end; null when there are none.

    Of entries that cannot be unpacked it is told where they are read.
    """
    needed: int | None = info.compress_size
    if info.compress_type == ZIP_STORED:
        needed = info.file_size
    elif info.compress_type == ZIP_DEFLATED and not info.flag_bits & _IS_ENCRYPTED:
        needed = _deflated(file, info)
    if needed is None:
        return f"it unpacks to more than the {counted(info.file_size, 'byte')} that it is said to have"
    more = info.compress_size - needed
    if more <= 0:
        return None
    bytes_stand = counted(more, "packed byte stands", "packed bytes stand")
    return f"{bytes_stand} behind its end, and nothing proves {_them(more)}"


def _deflated(file: BinaryIO, info: ZipInfo) -> int | None:
    """How many packed bytes there are up to the end that these tell; null when they unpack to too much."""
    unpack, start, taken, given, packed = zlib.decompressobj(-zlib.MAX_WBITS), data_start(file, info), 0, 0, b""
    try:
        while not unpack.eof:
            if not packed:
                packed = read_at(file, start + taken, min(_STEP, info.compress_size - taken))
                taken += len(packed)
                if not packed:
                    return info.compress_size
            given += len(unpack.decompress(packed, _STEP))
            if given > info.file_size:
                return None
            packed = unpack.unconsumed_tail
    except zlib.error:
        return info.compress_size
    return taken - len(unpack.unused_data)


def _behind(subject: Subject, file: BinaryIO) -> Iterator[Finding]:
    """What follows the directory: the records that end the file, and nothing else."""
    position = subject.zip.start_dir
    for _ in subject.zip.infolist():
        file.seek(position)
        position += _CENTRAL.size + sum(_CENTRAL.unpack(file.read(_CENTRAL.size)))
    file.seek(position)
    data = file.read(256)
    if data.startswith(_END64):
        wide = 12 + int.from_bytes(data[4:12], "little")
        position += wide + (20 if data[wide : wide + 4] == _LOCATOR64 else 0)
        data = read_at(file, position, 22)
    if not data.startswith(_END):
        yield subject.finding(None, "what follows its directory is not the end of a ZIP file", REFETCH, offset=position)
        return
    more = os.fstat(file.fileno()).st_size - position - 22
    if more:
        bytes_stand = counted(more, "byte stands", "bytes stand")
        sentence = f"{bytes_stand} behind the end of the ZIP file, and nothing proves {_them(more)}"
        yield subject.finding(None, sentence, REFETCH, offset=position + 22)


def _them(count: int) -> str:
    return "it" if count == 1 else "them"
