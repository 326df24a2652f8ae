"""Locks on files that are being written: held while the process lives, gone with it however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError


class LockedError(ArchiveError):
    """Another process is writing the file."""


def take_lock(descriptor: int) -> bool:
    """Take the lock of an open file; false when another process has it.

    :raises OSError: when the file system knows no locks
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_locked(path: Path) -> bool:
    """Whether a process is writing the file at this moment.

    :raises ArchiveError: when the file cannot be opened
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        finally:
            os.close(descriptor)
    except BlockingIOError:
        return True
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror}.") from error
    return False


def is_left_behind(path: Path) -> bool:
    """Whether a file that was being written is still there under that name, and nobody writes it."""
    try:
        return not is_locked(path)
    except ArchiveError:
        return False
