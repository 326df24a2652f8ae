"""WARC files on disk: their names, and one being written."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.records import Bytes

OPEN = ".open"
"""Ending of a file that is being written."""

FLUSH_FROM = 1 << 20
"""Bytes that are handed to the system at once; a page with its request is one call."""

IOV_MAX = 1024
"""Pieces that Linux takes in one call."""

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


def warc_name(prefix: str, instant: datetime, serial: int, host: str) -> str:
    """``<prefix>-<yyyymmddhhmmss>-<serial>-<host>.warc.gz``; anything odd in prefix and host becomes ``_``."""
    parts = (
        _UNSAFE.sub("_", prefix),
        f"{instant.astimezone(UTC):%Y%m%d%H%M%S}",
        f"{serial:05d}",
        _UNSAFE.sub("_", host),
    )
    return "-".join(parts) + ".warc.gz"


class WarcFile:
    """One file being written: created here, never an older one; every write goes to the system at once."""

    def __init__(self, folder: Path, prefix: str, instant: datetime) -> None:
        """:raises ArchiveError: when the file cannot be created"""
        self.folder = folder
        self.position = 0
        self.name, self._descriptor = self._create(prefix, instant)

    @property
    def path(self) -> Path:
        """Where the file is while it is being written."""
        return self.folder / (self.name + OPEN)

    def _create(self, prefix: str, instant: datetime) -> tuple[str, int]:
        host = socket.gethostname() or "localhost"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for serial in range(100_000):
                name = warc_name(prefix, instant, serial, host)
                if (descriptor := self._claim(name)) is not None:
                    return name, descriptor
        except OSError as error:
            raise ArchiveError(f"A WARC file cannot be created in {self.folder}: {error.strerror}.") from error
        raise ArchiveError(f"A WARC file cannot be created in {self.folder}: every serial number is taken.")

    def _claim(self, name: str) -> int | None:
        """Create the file unless it, or its closed form, is there; another run may try the same name at this moment."""
        path = self.folder / (name + OPEN)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            return None
        if (self.folder / name).exists():
            os.close(descriptor)
            path.unlink()
            return None
        return descriptor

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Whatever is written inside stays as a whole, or is cut off again when something fails.

        :raises ArchiveError: when the system refuses a write
        """
        start = self.position
        try:
            self._check_there()
            yield
        except BaseException as error:
            self._cut(start, error)
            if isinstance(error, OSError):
                raise ArchiveError(f"{self.path} cannot be written: {error.strerror}.") from error
            raise

    def write(self, pieces: Iterable[Iterable[Bytes]]) -> list[int]:
        """Append several members, each in one or more pieces; how many bytes each of them was."""
        lengths: list[int] = []
        waiting: list[Bytes] = []
        size = 0
        for member in pieces:
            lengths.append(0)
            for piece in member:
                waiting.append(piece)
                lengths[-1] += len(piece)
                size += len(piece)
                if size >= FLUSH_FROM:
                    self._write_out(waiting)
                    waiting, size = [], 0
        self._write_out(waiting)
        return lengths

    def _write_out(self, pieces: list[Bytes]) -> None:
        while pieces:
            written = os.writev(self._descriptor, pieces[:IOV_MAX])
            self.position += written
            while pieces and written >= len(pieces[0]):
                written -= len(pieces.pop(0))
            if written:
                pieces[0] = memoryview(pieces[0])[written:]

    def sync(self) -> None:
        """Make sure the bytes, and the name of the file, are on disk.

        :raises ArchiveError: when they are not
        """
        try:
            os.fsync(self._descriptor)
            self._sync_folder()
        except OSError as error:
            raise ArchiveError(f"{self.path} cannot be written to disk: {error.strerror}.") from error

    def close(self) -> Path:
        """Make sure the bytes are on disk and give the file its final name; where it is now.

        :raises ArchiveError: when they are not, or it cannot be renamed; the file then keeps its ``.open`` name
        """
        final = self.folder / self.name
        try:
            self._check_there()
            os.fsync(self._descriptor)
            self.path.rename(final)
            self._sync_folder()
        except OSError as error:
            raise ArchiveError(f"{self.path} cannot be closed: {error.strerror}.") from error
        finally:
            os.close(self._descriptor)
        return final

    def abandon(self) -> None:
        """Remove a file in which nothing was written."""
        os.close(self._descriptor)
        self.path.unlink(missing_ok=True)

    def _check_there(self) -> None:
        # A deleted file takes bytes without complaint.
        if os.fstat(self._descriptor).st_nlink == 0:
            raise ArchiveError(f"{self.path} was deleted while it was being written.")

    def _cut(self, end: int, reason: BaseException) -> None:
        try:
            os.ftruncate(self._descriptor, end)
            os.lseek(self._descriptor, end, os.SEEK_SET)
        except OSError as error:
            sentence = f"{self.path} cannot be written ({reason}) nor cut back to {end} bytes: {error.strerror}."
            raise ArchiveError(sentence) from reason
        self.position = end

    def _sync_folder(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
