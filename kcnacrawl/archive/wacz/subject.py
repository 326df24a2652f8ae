"""A package being checked: its ZIP file, and where the bytes of each entry are."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from functools import cached_property
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, Any, Literal, Self, cast

import orjson

from kcnacrawl.archive.cut import missing_bytes
from kcnacrawl.archive.lint.finding import Finding
from kcnacrawl.archive.mapped import MARK, data_start, files_inside, is_readable, size_of

PACKAGE = "datapackage.json"

REMAKE = "make the package again from its WARC files (scrapy wacz)"
ANOTHER = "get an undamaged copy of the package, or make it again from its WARC files (scrapy wacz)"
REFETCH = f"{ANOTHER}, and remove this one"

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    OverflowError,
)
"""What reading an entry of a damaged or strange ZIP file raises."""

LARGEST = 1 << 24
"""Bytes of a list, a table or a line once unpacked; more is taken for an attack."""


class Subject:
    """An open package. Use it as a context manager."""

    def __init__(self, path: Path) -> None:
        """:raises OSError: when it cannot be read
        :raises zipfile.BadZipFile: when it is no ZIP file, or not whole
        """
        self.path = path
        try:
            self.zip = zipfile.ZipFile(path)
        except UnicodeDecodeError as error:
            raise zipfile.BadZipFile("a name in its directory is no UTF-8") from error
        except (ValueError, NotImplementedError) as error:
            raise zipfile.BadZipFile(str(error)) from error
        with path.open("rb") as file:
            if (clause := missing_bytes(file, self.zip.infolist())) is not None:
                self.zip.close()
                raise zipfile.BadZipFile(clause)
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
        with self.path.open("rb") as file:
            return data_start(file, self.entries[name])

    def warcs(self) -> list[Path]:
        """WARC files that can be read where they are, by the names that lead there."""
        paths = (path for path in files_inside(self.inside("archive")) if path.name.endswith((".warc", ".warc.gz")))
        return [path for path in paths if is_readable(path) and size_of(path)]

    def inside(self, name: str) -> Path:
        """The name under which a file or folder in the package can be read without unpacking it."""
        return Path(f"{self.path}{MARK}{name}")

    def json(self, name: str) -> dict[str, Any] | None:
        """The JSON object in an entry, or null when it holds none."""
        return json_object(self.read(name))

    def read(self, name: str) -> bytes:
        """An entry as a whole; empty when it is not there or cannot be read, as is told where hashes are checked."""
        try:
            if name not in self.entries or self.is_too_large(name):
                return b""
            with self.open(name) as file:
                # A directory may say less than there is.
                return file.read(LARGEST)
        except UNREADABLE:
            return b""

    def is_too_large(self, name: str) -> bool:
        """Whether an entry that is there has more bytes than are read as a whole."""
        return self.entries[name].file_size > LARGEST

    def open(self, name: str) -> IO[bytes]:
        """An entry, to be read.

        :raises zipfile.BadZipFile: when it is damaged, or packed in a way of which nobody knows how much it unpacks to
        """
        method = self.entries[name].compress_type
        if method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise zipfile.BadZipFile(f"its method of compression, {method}, is none that readers of packages know")
        return self.zip.open(name)

    @cached_property
    def is_ours(self) -> bool:
        """Whether it says that this program made it."""
        return str((self.json(PACKAGE) or {}).get("software", "")).startswith("kcnacrawl/")

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of an entry, if it is there, up to where it is damaged; both is told where its hash is checked.

        The first line that is too long is the last, and cut off.
        """
        if name not in self.entries:
            return
        try:
            with self.open(name) as file, BufferedReader(cast(RawIOBase, file), 1 << 16) as lines:
                while line := lines.readline(LARGEST):
                    yield line
                    if len(line) == LARGEST:
                        return
        except UNREADABLE:
            return

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of an entry, piece by piece.

        :raises zipfile.BadZipFile: when it is damaged
        """
        with self.open(name) as file:
            while data := file.read(1 << 20):
                yield data


def json_object(data: bytes) -> dict[str, Any] | None:
    """The JSON object that this is, or null when it is none."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
