"""What goes wrong in an archive, told in one sentence."""

from __future__ import annotations


class ArchiveError(Exception):
    """An archive cannot be written or read; the message is one sentence that names the file."""


class ExhaustedError(ArchiveError):
    """The system had nothing left to read a file with: that says nothing about the file, which may well be there."""
