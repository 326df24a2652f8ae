"""Where lines go: standard output, or a new file that appears under its name only when it is whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN


class OutputError(ArchiveError):
    """Something could not be written."""


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
def open_output(name: str | None = None) -> Iterator[Output]:
    """Standard output, or a new file in a folder that is made when it is missing.

    :raises OutputError: when there is a file of this name, which is left alone, or none can be written
    """
    if name is None:
        output = Output(sys.stdout.buffer, "Standard output")
        yield output
        output.flush()
        return
    path = Path(name)
    begun = path.with_name(path.name + OPEN) if path.name else path
    file = _create(path, begun)
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


def complain(command: str, error: Exception) -> None:
    """Say on standard error why a command failed; of a reader that wants no more there is nothing to say."""
    if not isinstance(error, ReaderGoneError):
        sys.stderr.write(f"scrapy {command}: {error}\n")


def _create(path: Path, begun: Path) -> BinaryIO:
    try:
        if path.is_dir():
            raise OutputError(f"{path} is a folder; name a file.")
        if os.path.lexists(path):
            raise OutputError(f"{path} is there already; name another file.")
        if os.path.lexists(begun):
            whose = "a command that was broken off or is running"
            raise OutputError(f"{begun} is there already, left by {whose}; delete it or name another file.")
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True)
        return begun.open("xb")
    except FileExistsError as error:
        raise OutputError(f"{path} cannot be written: {path.parent} is no folder.") from error
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from error


def _publish(file: BinaryIO, begun: Path, path: Path) -> None:
    try:
        os.fsync(file.fileno())
        begun.rename(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from error
