"""Where lines go: standard output, or a file that appears under its name only when it is whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN


@contextmanager
def open_output(name: str | None) -> Iterator[BinaryIO]:
    """A stream to write to.

    :raises ArchiveError: when the file cannot be written; what bore its name before is then still there
    """
    if name is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    begun = path.with_name(path.name + OPEN)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with begun.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        begun.replace(path)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written: {error.strerror}.") from error
