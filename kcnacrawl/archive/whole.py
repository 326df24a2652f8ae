"""Writes small files so that they are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.folders import Folder


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under another name, bring it to disk, then give it its name; nothing is left when that fails.

    :raises OSError: when it fails
    """
    begun = path.with_name(path.name + OPEN)
    try:
        with begun.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        begun.rename(path)
    except OSError:
        begun.unlink(missing_ok=True)
        raise
    folder = Folder(path.parent)
    try:
        folder.sync()
    finally:
        folder.close()
