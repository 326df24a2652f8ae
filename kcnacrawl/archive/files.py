"""WARC files on disk: their names, and one being written."""

from __future__ import annotations

import errno
import os
import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.folders import Folder
from kcnacrawl.archive.locks import take_lock
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


def publish(path: Path, final: Path, descriptor: int, folder: Folder) -> None:
    """Give a file its final name, in this order: its bytes to disk, the name, the name to disk.

    :raises OSError: when a step fails, or the name is taken
    """
    os.fsync(descriptor)
    if os.path.lexists(final):
        raise FileExistsError(errno.EEXIST, f"{final.name} is there already; move one of the two elsewhere")
    path.rename(final)
    folder.sync()


class WarcFile:
    """One file being written: created here, never an older one, and locked; every write goes to the system at once."""

    def __init__(
        self,
        folder: Path,
        prefix: str,
        instant: datetime,
        serial: int = 0,
        was_taken: Callable[[str], bool] = lambda name: False,
    ) -> None:
        """:param serial: the number to begin with; the next free one is taken
        :param was_taken: whether a name belongs to a file that is not there any more
        :raises ArchiveError: when the file cannot be created
        """
        self.folder = folder
        self.position = 0
        """Bytes written so far that stay; anything behind them is a failed write's and is cut off."""
        self.serial = serial
        """Number of the file in its name."""
        self.opened = time.monotonic()
        """When it was created, on a clock that nobody sets."""
        self.failure: ArchiveError | None = None
        """Why nothing more can be written, ever."""
        self.closed = False
        self._turn = Lock()
        self.name, self._descriptor = self._create(prefix, instant, was_taken)

    @property
    def path(self) -> Path:
        """Where the file is while it is being written."""
        return self.folder / (self.name + OPEN)

    def _create(self, prefix: str, instant: datetime, was_taken: Callable[[str], bool]) -> tuple[str, int]:
        host = socket.gethostname() or "localhost"
        try:
            self._folder = Folder(self.folder)
            try:
                for serial in range(self.serial, 100_000):
                    name = warc_name(prefix, instant, serial, host)
                    if not was_taken(name) and (descriptor := self._claim(name)) is not None:
                        self.serial = serial
                        return name, descriptor
                raise OSError(errno.EEXIST, "every serial number is taken")
            except OSError:
                self._folder.close()
                raise
        except OSError as error:
            raise ArchiveError(f"A WARC file cannot be created in {self.folder}: {error.strerror}.") from error

    def _claim(self, name: str) -> int | None:
        """Create and lock the file unless it, or its closed form, is there; another run may try the same name now."""
        path = self.folder / (name + OPEN)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            return None
        try:
            # Whoever clears up behind dead runs may have come across the empty file before it was locked.
            if take_lock(descriptor) and os.fstat(descriptor).st_nlink:
                if not os.path.lexists(self.folder / name):
                    return descriptor
                path.unlink()
        except OSError:
            path.unlink(missing_ok=True)
            os.close(descriptor)
            raise
        os.close(descriptor)
        return None

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Whatever is written inside stays as a whole, or is cut off again when something fails.

        :raises ArchiveError: when the system refuses a write
        """
        self._check()
        start = self.position
        try:
            yield
        except BaseException as error:
            self.position = start
            self._cut(error)
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
        """Bring the bytes to disk; may be called from another thread. Of a closed file there is nothing to do.

        :raises ArchiveError: when that fails; what was written since the last time may be lost, so nothing more can be
            written, and the file keeps its ``.open`` name
        """
        with self._turn:
            if self.failure is not None:
                raise self.failure
            if self.closed:
                return
            self._check_there()
            try:
                os.fsync(self._descriptor)
            except OSError as error:
                raise self._fail(f"{self.path} cannot be brought to disk: {error.strerror}.") from error

    def sync_name(self) -> None:
        """Bring the name of the file to disk; needed once.

        :raises ArchiveError: when that fails
        """
        try:
            self._folder.sync()
        except OSError as error:
            raise self._fail(f"{self.folder} cannot be brought to disk: {error.strerror}.") from error

    def close(self) -> Path:
        """Bring the bytes to disk and give the file its final name; where it is now.

        :raises ArchiveError: when that fails; unless it was the last step, the file then keeps its ``.open`` name
        """
        final = self.folder / self.name
        with self._turn:
            try:
                self._check()
                publish(self.path, final, self._descriptor, self._folder)
            except OSError as error:
                raise self._fail(f"{self.path} cannot be closed: {error.strerror}.") from error
            except ArchiveError as error:
                self.failure = error
                raise
            finally:
                self._let_go()
        return final

    def abandon(self) -> None:
        """Remove a file in which nothing was written."""
        self.path.unlink(missing_ok=True)
        self._let_go()

    def _let_go(self) -> None:
        self.closed = True
        os.close(self._descriptor)
        self._folder.close()

    def _fail(self, sentence: str) -> ArchiveError:
        self.failure = ArchiveError(sentence)
        return self.failure

    def _check(self) -> None:
        """See to it that writing can go on where it stopped."""
        if self.failure is not None:
            raise self.failure
        if self._check_there() > self.position:
            self._cut(None)

    def _check_there(self) -> int:
        """Size of the file, which must be there with all that was written."""
        status = os.fstat(self._descriptor)
        # A deleted file takes bytes without complaint.
        if status.st_nlink == 0:
            raise ArchiveError(f"{self.path} was deleted while it was being written.")
        if status.st_size < self.position:
            raise ArchiveError(f"{self.path} was cut short by somebody while it was being written.")
        return status.st_size

    def _cut(self, reason: BaseException | None) -> None:
        """Cut off what a write left that failed. Unless that works, nothing may be appended."""
        try:
            os.ftruncate(self._descriptor, self.position)
            os.lseek(self._descriptor, self.position, os.SEEK_SET)
        except OSError as error:
            why = f" ({reason})" if reason else ""
            sentence = f"{self.path} cannot be written{why} nor cut back to {self.position} bytes: {error.strerror}."
            raise ArchiveError(sentence) from reason
