"""Files that take the place of older ones at once and whole, or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN


class ReadOnlyError(ArchiveError):
    """Nothing may be written in a folder, or on the disk that it is on."""


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which gets its name at the end.

    :raises ArchiveError: when it cannot be written
    """
    begun = path.with_name(path.name + OPEN)
    try:
        with begun.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        begun.replace(path)
    except OSError as error:
        begun.unlink(missing_ok=True)
        raise _unwritten(f"{path} cannot be written: {error.strerror}.", error) from error
    except BaseException:
        begun.unlink(missing_ok=True)
        raise


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """The folder, made when it is missing, for one process at a time; others wait.

    :raises ArchiveError: when it cannot be made
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except FileExistsError as error:
        raise ArchiveError(f"{folder} is a file; indexes are kept in a folder.") from error
    except OSError as error:
        elsewhere = "-s CDXJ_DIR=FOLDER keeps the index in another folder"
        raise _unwritten(f"{folder} cannot be written: {error.strerror}; {elsewhere}.", error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _unwritten(sentence: str, error: OSError) -> ArchiveError:
    is_forbidden = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
    return ReadOnlyError(sentence) if is_forbidden else ArchiveError(sentence)
