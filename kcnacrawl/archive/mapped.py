"""WARC files mapped into memory: files of their own, and files stored in a package, named ``PACKAGE!/archive/NAME``.

Such a name can be given to the commands that only read WARC files, and the package's folder for all in it; the
package is not unpacked.
"""

from __future__ import annotations

import errno
import mmap
import os
import struct
import tempfile
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple

from kcnacrawl.archive.cut import missing_bytes
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.window import map_all, map_stretch

MARK = "!/"
"""Stands between a package and what is in it, in the name of a file."""

_STEP = 1 << 20
_LOCAL = struct.Struct("<4s22x2H")


class Stored(NamedTuple):
    """Where the bytes of a file in a package are."""

    package: Path
    start: int
    size: int
    flaw: str | None = None
    """A clause on why they cannot be read there."""


def map_file(path: Path) -> mmap.mmap | bytes:
    """The bytes of a file; close what is no ``bytes``.

    :raises OSError: when it cannot be read
    """
    inside = _inside(path)
    if inside is not None and path.suffix == ".gz":
        with inside.package.open("rb") as file:
            return map_stretch(file, inside.start, inside.size)
    if inside is not None:
        return map_all(_copied(inside, *_state(inside.package)))
    try:
        with path.open("rb") as file:
            return map_all(file)
    except FileNotFoundError:
        if (closed := closed_since(path)) is None:
            raise
        return map_file(closed)


def size_of(path: Path) -> int:
    """Its size in bytes.

    :raises OSError: when it is not there
    """
    inside = _inside(path)
    return inside.size if inside else (closed_since(path) or path).stat().st_size


def state_of(path: Path) -> tuple[int, int, int]:
    """Numbers that change when the file, or the package that it is in, does.

    :raises OSError: when it is not there
    """
    inside = _inside(path)
    return _state(inside.package if inside else closed_since(path) or path)


def closed_since(path: Path) -> Path | None:
    """Where a file is that was being written when its name was read, and has been closed; null for all others."""
    if path.suffix != OPEN or path.exists():
        return None
    closed = path.with_name(path.name.removesuffix(OPEN))
    return closed if closed.is_file() else None


def is_there(path: Path) -> bool:
    """Whether there is such a file; one that cannot be looked at may be there."""
    try:
        return _inside(path) is not None or path.is_file()
    except FileNotFoundError:
        return False
    except OSError:
        return True


def is_folder(path: Path) -> bool:
    """Whether there is such a folder, in a package too.

    :raises OSError: when the package cannot be read
    """
    return bool(files_inside(path)) if is_inside(path) else path.is_dir()


def is_inside(path: Path) -> bool:
    """Whether the name is that of something in a package."""
    return _package_of(path) is not None


def files_inside(folder: Path) -> list[Path]:
    """The files of a folder in a package, in order of their names, among them those that cannot be read there.

    :raises OSError: when the package cannot be read
    """
    split = _package_of(folder)
    if split is None:
        return []
    package, below = split
    return [
        Path(f"{package}{MARK}{name}")
        for name in sorted(_directory(package, *_state(package)))
        if name.startswith(f"{below}/")
    ]


def is_path(name: str) -> bool:
    """Whether the name of an entry leads to it when it stands behind that of its package."""
    return MARK not in name and not {"", ".", ".."} & set(name.split("/"))


def is_readable(path: Path) -> bool:
    """Whether a file is there and, in a package, stored as it is."""
    try:
        return size_of(path) >= 0
    except OSError:
        return False


def data_start(file: BinaryIO, info: zipfile.ZipInfo) -> int:
    """Where the bytes of an entry begin in a package.

    :raises zipfile.BadZipFile: when no entry begins where the directory says
    """
    header = read_at(file, info.header_offset, _LOCAL.size)
    if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile(f"no entry begins at {info.header_offset}")
    _, name_length, extra_length = _LOCAL.unpack(header)
    return info.header_offset + _LOCAL.size + int(name_length) + int(extra_length)


def read_at(file: BinaryIO, position: int, size: int) -> bytes:
    """Bytes from a place that a ZIP file names; none when no file can be that long.

    :raises OSError: when they cannot be read
    """
    try:
        file.seek(position)
    except (ValueError, OverflowError, OSError):
        return b""
    return file.read(size)


def _package_of(path: Path) -> tuple[Path, str] | None:
    """A package and the name of what is in it; null when the path does not lead into one."""
    package, mark, name = str(path).rpartition(MARK)
    # A folder may have a name that ends in an exclamation mark.
    return (Path(package), name) if mark and Path(package).is_file() else None


def _inside(path: Path) -> Stored | None:
    split = _package_of(path)
    if split is None:
        return None
    package, name = split
    found = _directory(package, *_state(package)).get(name)
    if found is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    if found.flaw is not None:
        raise OSError(errno.EBADMSG, found.flaw, str(path))
    return found


def _state(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


@lru_cache(8)
def _directory(package: Path, *_: int) -> Mapping[str, Stored]:
    """The files of a package by their names, as paths have them."""
    found: dict[str, Stored] = {}
    with package.open("rb") as file:
        whole = os.fstat(file.fileno()).st_size
        for info in _entries(file):
            if info.is_dir():
                continue
            stored = _stored(package, file, info, whole)
            if is_path(info.filename):
                found[info.filename] = stored
            else:
                name = str(Path(MARK, info.filename.lstrip("/"))).removeprefix(MARK)
                clause = f"its name in the package, {info.filename!r}, is no path"
                found.setdefault(name, stored._replace(flaw=clause))
    return found


def _stored(package: Path, file: BinaryIO, info: zipfile.ZipInfo, whole: int) -> Stored:
    flaw = None
    if info.flag_bits & 1:
        flaw = "it is encrypted"
    elif info.compress_type != zipfile.ZIP_STORED:
        flaw = "it is compressed once more by the ZIP file"
    try:
        start = data_start(file, info)
    except zipfile.BadZipFile as error:
        return Stored(package, 0, info.file_size, flaw or f"the ZIP file is damaged: {error}")
    if flaw is None and start + info.file_size > whole:
        flaw = "the ZIP file ends inside it"
    return Stored(package, start, info.file_size, flaw)


def _entries(file: BinaryIO) -> list[zipfile.ZipInfo]:
    """:raises OSError: when it is no ZIP file, or none that can be read"""
    try:
        with zipfile.ZipFile(file) as package:
            infos = package.infolist()
        if (clause := missing_bytes(file, infos)) is not None:
            raise zipfile.BadZipFile(clause)
        return infos
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise OSError(errno.EBADMSG, f"{file.name} is no whole ZIP file", file.name) from error


@lru_cache(2)
def _copied(inside: Stored, *_: int) -> IO[bytes]:
    """An unnamed copy of a file that is not compressed: its records are looked at through its buffer."""
    copy = tempfile.TemporaryFile()  # noqa: SIM115  closed when it is forgotten
    with inside.package.open("rb") as file:
        file.seek(inside.start)
        left = inside.size
        while left and (data := file.read(min(left, _STEP))):
            copy.write(data)
            left -= len(data)
    copy.flush()
    return copy
