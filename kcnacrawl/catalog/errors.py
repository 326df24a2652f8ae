"""What goes wrong with a catalog, told in one sentence."""

from __future__ import annotations

import errno
from pathlib import Path


class CatalogError(Exception):
    """A catalog cannot be used; the message is one sentence that names the file and what to do."""


class DamageError(Exception):
    """The stored file is not a whole catalog; the message says why, without full stop."""


def unusable(catalog: Path, error: OSError) -> CatalogError:
    """That a file is not to be used, and what to do where it is the permissions, or the disk, that forbid it."""
    path = Path(error.filename or catalog)
    remedy = ""
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        remedy = f"; let this user write in {path.parent}"
        if path.parent in (catalog.parent, catalog.parent / "locks"):
            remedy += ", or keep the catalog elsewhere with -s CATALOG=FILE"
    return CatalogError(f"{path} cannot be used: {error.strerror}{remedy}.")
