"""Locks between processes: files that the system lets go of when their holder dies."""

from __future__ import annotations

import fcntl
import os
import re
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep

PAUSE = 0.05
"""Seconds between two tries."""

SHORT = 2.0
"""Seconds to wait for others without a word."""


class Lock:
    """An advisory lock on a file that is made for it; the file stays, and names its last exclusive holder."""

    def __init__(self, path: Path) -> None:
        """:raises OSError: when the file cannot be made"""
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def exclusive(self, seconds: float = 0) -> bool:
        """Take it alone, waiting at most so long; whether that worked."""
        if not self._take(fcntl.LOCK_EX, seconds):
            return False
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)
        return True

    def shared(self, seconds: float = 0) -> bool:
        """Take it together with others that share it, waiting at most so long; whether that worked."""
        return self._take(fcntl.LOCK_SH, seconds)

    def holder(self) -> str:
        """Process id of the last exclusive holder, as text."""
        return os.pread(self._descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"

    def release(self) -> None:
        """Let go of it, to take it again later."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of it for good."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _take(self, how: int, seconds: float) -> bool:
        end = monotonic() + seconds
        while True:
            try:
                fcntl.flock(self._descriptor, how | fcntl.LOCK_NB)
            except BlockingIOError:
                if monotonic() >= end:
                    return False
                sleep(PAUSE)
                continue
            return True


def crawl_lock(catalog: Path, spider: str, arguments: str) -> Lock:
    """The lock of a crawl, beside its catalog: held while a process runs it.

    :param arguments: as canonical JSON
    """
    digest = sha256(f"{spider} {arguments}".encode()).hexdigest()[:16]
    return Lock(catalog.parent / "locks" / f"{re.sub('[^A-Za-z0-9_.-]+', '_', spider)}-{digest}.lock")
