"""What an exhibit is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.verify.museum.piece import Piece


@dataclass(frozen=True)
class Exhibit:
    """A perfect piece with one thing wrong."""

    what: str
    damage: Callable[[Piece], object]
    said: tuple[str, ...]
    """Each finding as ``part of the record: sentence; remedy.``; ``{part}`` stands for the id of a record."""

    notes: tuple[str, ...] = ()


RESTORE = "bring the file back from a copy"
ANEW = "write the file anew with a program that keeps to WARC/1.1"
MEND = "bring the file back from a copy, or keep what is whole with `scrapy mend {path}`"
KNOW = "nothing needs to be done"


def restored(*findings: str) -> tuple[str, ...]:
    """Findings whose remedy is a copy, unless they name another."""
    return tuple(finding if finding.endswith(".") else f"{finding}; {RESTORE}." for finding in findings)
