"""ZIP files that bytes are missing from: how many, and where, as their directory still tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO
from zipfile import ZipInfo

from kcnacrawl.counted import counted

_HEADER, _NAME = b"PK\x03\x04", 30


def missing_bytes(file: BinaryIO, infos: Sequence[ZipInfo]) -> str | None:
    """A clause on what was cut out of a ZIP file; null when places in its directory do not show that anything was.

    ``zipfile`` measures places from the directory back to the front: what is missing puts the first entry before the
    beginning of the file.
    """
    first = min(infos, key=lambda info: info.header_offset, default=None)
    if first is None or first.header_offset >= 0:
        return None
    missing = -first.header_offset
    whole = [info for info in infos if _begins(file, info, info.header_offset + missing)]
    last = max(whole, key=lambda info: info.header_offset, default=None)
    bytes_are = counted(missing, "byte is", "bytes are")
    if last is None:
        return f"{bytes_are} missing at its beginning"
    return f"{bytes_are} missing behind {last.header_offset + missing}, where {last.filename} begins"


def _begins(file: BinaryIO, info: ZipInfo, place: int) -> bool:
    """Whether the entry begins at a place."""
    try:
        file.seek(place)
    except (ValueError, OverflowError, OSError):
        return False  # no file can be that long
    header, name = file.read(_NAME), info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")
    return header.startswith(_HEADER) and file.read(len(name)) == name
