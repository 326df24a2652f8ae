"""Where lines go: standard output, or a file that appears under its name only when it is whole."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN


class OutputError(ArchiveError):
    """Something could not be written."""


class TakenError(OutputError):
    """There is a file of this name already."""


class ReaderGoneError(OutputError):
    """Whoever read the standard output, ``head`` for one, wants no more of it."""


class Output:
    """A stream to write to, whose errors are sentences."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name

    def write(self, data: bytes) -> None:
        """:raises OutputError: when it cannot be written"""
        try:
            self._stream.write(data)
        except OSError as error:
            raise self._failure(error) from error

    def seek(self, position: int) -> None:
        """Go on writing at *position*, in bytes from the start of the file.

        :raises OutputError: when what was written before cannot be
        """
        try:
            self._stream.seek(position)
        except OSError as error:
            raise self._failure(error) from error

    def print(self, text: str) -> None:
        """Write text and the end of a line, in UTF-8; a person who watches sees it at once.

        :raises OutputError: when it cannot be written
        """
        self.write(text.encode("utf-8", "surrogateescape") + b"\n")
        if self._stream.isatty():
            self.flush()

    def flush(self) -> None:
        """:raises OutputError: when it cannot be written"""
        try:
            self._stream.flush()
        except OSError as error:
            raise self._failure(error) from error

    def _failure(self, error: OSError) -> OutputError:
        if self._stream is sys.stdout.buffer:
            # What is left in the buffer must not be tried, and complained about, once more when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return ReaderGoneError(f"{self._name} was closed by its reader.")
        return OutputError(f"{self._name} cannot be written: {error.strerror}.")


@contextmanager
def open_output(name: str | None = None, *, replace: bool = False) -> Iterator[Output]:
    """Standard output, or a new file in a folder that is made when it is missing.

    :param replace: a file of this name gives way to the new one once that is whole
    :raises OutputError: when there is a file of this name, which is left alone, or none can be written
    """
    if name is None:
        output = Output(sys.stdout.buffer, "Standard output")
        yield output
        output.flush()
        return
    # Behind a link it is the file that gives way.
    path = Path(os.path.realpath(name) if replace and Path(name).is_symlink() else name)
    with _filled(path, name, _create(path, replace=replace)) as output:
        yield output


@contextmanager
def open_first(paths: Iterable[Path]) -> Iterator[tuple[Path, Output]]:
    """A new file of the first name that no other has, and none gets that another process begins meanwhile.

    :param paths: one at least
    :raises OutputError: when all are taken, or a file cannot be written
    """
    path, file = _create_first(paths)
    with _filled(path, str(path), file) as output:
        yield path, output


def complain(command: str, error: Exception) -> None:
    """Say on standard error why a command failed; of a reader that wants no more there is nothing to say."""
    if not isinstance(error, ReaderGoneError):
        sys.stderr.write(f"scrapy {command}: {error}\n")


def _create_first(paths: Iterable[Path]) -> tuple[Path, BinaryIO]:
    taken = TakenError("There is no name to write to.")
    for path in paths:
        try:
            return path, _create(path)
        except TakenError as error:
            taken = error
    raise taken


def _create(path: Path, *, replace: bool = False) -> BinaryIO:
    begun = _begun(path)
    try:
        _refuse_taken(path, replace=replace)
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
        file = _open(begun)
        try:
            # Another command may have written it since. From here on none does: all begin under this name.
            _refuse_taken(path, replace=replace)
        except OutputError:
            file.close()
            begun.unlink()
            raise
    except FileExistsError as error:
        raise OutputError(f"{path} cannot be written: {path.parent} is no folder.") from error
    except OSError as error:
        is_forbidden = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
        remedy = "; name with -o a file in a folder that may be written" if is_forbidden else ""
        raise OutputError(f"{path} cannot be written: {error.strerror}{remedy}.") from error
    return file


def _begun(path: Path) -> Path:
    """The name that a file has until it is whole."""
    return path.with_name(path.name + OPEN) if path.name else path


def _refuse_taken(path: Path, *, replace: bool) -> None:
    if path.is_dir():
        raise TakenError(f"{path} is a folder; name a file.")
    if replace and path.exists() and not path.is_file():
        raise TakenError(f"{path} is no regular file; name another.")
    if os.path.lexists(path) and not replace:
        raise TakenError(f"{path} is there already; name another file.")


def _open(begun: Path) -> BinaryIO:
    try:
        return begun.open("xb")
    except FileExistsError as error:
        whose = "a command that was broken off or is running"
        raise TakenError(f"{begun} is there already, left by {whose}; delete it or name another file.") from error


@contextmanager
def _filled(path: Path, name: str, file: BinaryIO) -> Iterator[Output]:
    """A file that is being written, which has its name when the block ends without an exception."""
    begun = _begun(path)
    try:
        output = Output(file, name)
        yield output
        output.flush()
        _publish(file, begun, path)
    except BaseException:
        begun.unlink(missing_ok=True)
        raise
    finally:
        # What could not be written is in the buffer still, and cannot be now.
        with suppress(OSError):
            file.close()


def _publish(file: BinaryIO, begun: Path, path: Path) -> None:
    try:
        os.fsync(file.fileno())
        begun.rename(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from error
