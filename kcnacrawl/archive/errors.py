"""What goes wrong in an archive, told in one sentence."""

from __future__ import annotations


class ArchiveError(Exception):
    """An archive cannot be written or read; the message is one sentence that names the file."""
