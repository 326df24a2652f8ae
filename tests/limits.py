"""What a process may be forbidden for a while: files of more than a size, and being root."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

NOBODY = 65534

UNPRIVILEGED = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
"""Before a command: permissions hold for it even when root runs it."""


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file may grow beyond *size* bytes; writing on fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def let_everybody_pass(path: Path) -> None:
    """Let others than the owner read a folder of the tests and go through all those above it."""
    for folder in (path, *path.parents):
        if Path(gettempdir()) in folder.parents:
            folder.chmod(folder.stat().st_mode | 0o055)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Permissions hold for root, too, while it is somebody else."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)
