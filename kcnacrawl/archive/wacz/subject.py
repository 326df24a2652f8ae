"""A package being checked: its ZIP file, and where the bytes of each entry are."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, Self

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lint.finding import Finding
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.source import Source
from kcnacrawl.archive.wacz.scan import MAPPED

REMAKE = "make the package again from its WARC files (scrapy wacz)"
REFETCH = "get an undamaged copy of the package, or make it again from its WARC files (scrapy wacz)"

_LOCAL = struct.Struct("<4s22x2H")


class Subject:
    """An open package. Use it as a context manager."""

    def __init__(self, path: Path) -> None:
        """:raises OSError: when it cannot be read
        :raises zipfile.BadZipFile: when it is no ZIP file, or not whole
        """
        self.path = path
        self.zip = zipfile.ZipFile(path)
        self.entries = {info.filename: info for info in self.zip.infolist() if not info.is_dir()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.zip.close()

    def finding(
        self,
        entry: str | None,
        sentence: str,
        remedy: str = REMAKE,
        *,
        offset: int | None = None,
        record: str | None = None,
        level: Literal["error", "note"] = "error",
    ) -> Finding:
        """A finding on the package, or on an entry of it, whose name then stands behind ``!/``."""
        file = str(self.path) if entry is None else f"{self.path}!/{entry}"
        return Finding(file, offset, record, sentence, remedy, level)

    def below(self, folder: str) -> list[str]:
        """Names of the entries in a folder."""
        return sorted(name for name in self.entries if name.startswith(f"{folder}/"))

    def start(self, name: str) -> int:
        """Where the bytes of an entry begin in the file.

        :raises zipfile.BadZipFile: when no entry begins where the directory says
        """
        info = self.entries[name]
        with self.path.open("rb") as file:
            file.seek(info.header_offset)
            header = file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
            raise zipfile.BadZipFile(f"no entry begins at {info.header_offset}")
        _, name_length, extra_length = _LOCAL.unpack(header)
        return info.header_offset + _LOCAL.size + int(name_length) + int(extra_length)

    def records(self, name: str, damages: list[ArchiveError]) -> Iterator[tuple[Record, int]]:
        """The records of a stored WARC file, each with its offset in it.

        The package is mapped into memory anew from time to time, or all of it would stay there.

        :param damages: takes a sentence for each damaged record
        """
        start = position = self.start(name)
        end = start + self.entries[name].file_size
        while position < end:
            mapped = position
            with Source(self.path) as source:
                source.is_gzip = source.data[start : start + 2] == b"\x1f\x8b"
                for record in source.records(mapped, end, damages.append):
                    yield record, record.offset - start
                    if source.position - mapped > MAPPED:
                        break
                position = source.position

    def chunks(self, name: str, take: Callable[[bytes], object]) -> None:
        """Hand on the content of an entry, piece by piece.

        :raises zipfile.BadZipFile: when it is damaged
        """
        with self.zip.open(name) as file:
            while data := file.read(1 << 20):
                take(data)
