"""What is wrong, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kcnacrawl.archive.errors import ArchiveError

SHOWN = 80
"""Characters of a value from a file that are shown; more would hide the sentence."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A file that is not there, or is damaged, as the reason of a finding."""

    what: Literal["article", "photo", "revisit", "line", "other"]
    """What leads into it."""

    file: str | None
    """Its name; null when that is not known."""

    record: str | None = None
    """Id of the record in it."""

    date: str = ""
    """When that was written."""

    is_there: bool = False
    """Whether the file is there: then it is the reason only if records of it are lost."""

    offset: int | None = None
    """Where in it, in bytes: what stands before the first damage of a file is whole. Null when that is not known."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a file."""

    file: str
    """Path of the file."""

    offset: int | None
    """Where the record begins, in bytes; in files of lines the number of the line, from 1; null for the whole file."""

    record: str | None
    """``<urn:uuid:…>``, or null when it is not known."""

    sentence: str
    """What is wrong, without full stop."""

    remedy: str
    """What to do, without full stop."""

    level: Literal["error", "note"] = "error"
    """A note is no violation of a rule, but something that a person may want to know."""

    lack: Lack | None = None
    """Set when it would not be there if a file were, and were whole."""

    def __str__(self) -> str:
        place = self.file if self.offset is None else f"{self.file}:{self.offset}"
        note = "note: " if self.level == "note" else ""
        record = f"record {shown(self.record, 120)}: " if self.record else ""
        return f"{place}: {note}{record}{self.sentence}; {self.remedy}."


def shown(value: bytes | str, most: int = SHOWN) -> str:
    """A value from a file as it can be put into a line: no control characters, not too long."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in cut)


def quoted(value: bytes | str, most: int = SHOWN) -> str:
    """The same in quotation marks."""
    return f"'{shown(value, most)}'"


def told_elsewhere(_: ArchiveError) -> None:
    """For readers that tell of damage: damaged records have findings of their own."""
