"""Folders in which names must last: a name is safe only once the folder that holds it is on disk."""

from __future__ import annotations

import os
from pathlib import Path


class Folder:
    """A folder held open, so that its names can be brought to disk even when no more files can be opened."""

    def __init__(self, path: Path) -> None:
        """Make the folder if it is missing.

        :raises OSError: when that fails
        """
        self.path = path
        self._made = [parent for parent in (path, *path.parents) if not parent.exists()]
        path.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def sync(self) -> None:
        """Bring the names in the folder, and the folder's own name if it was made here, to disk.

        :raises OSError: when that fails
        """
        os.fsync(self._descriptor)
        while self._made:
            _sync(self._made[-1].parent)
            self._made.pop()

    def close(self) -> None:
        os.close(self._descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
