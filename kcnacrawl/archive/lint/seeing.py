"""What is kept of a record while those beside it are looked at."""

from __future__ import annotations

from dataclasses import dataclass

from kcnacrawl.archive.lint.heads import Head
from kcnacrawl.archive.lint.layout import Layout
from kcnacrawl.archive.record import read_fields

LEADING = frozenset({"response", "revisit"})
"""Types that stand first in a capture and name the records that follow, so that a torn capture shows."""


@dataclass(slots=True)
class Seen:
    """What the other records of a capture need to know of one."""

    id: bytes
    kind: str
    offset: int
    date: bytes
    uri: bytes
    concurrent: tuple[bytes, ...]
    block: memoryview
    head: Head | None = None
    layout: Layout | None = None
    """Both null when only what stands above is known."""

    refers_to: bytes = b""
    method: bytes = b""
    only_after_head: bool = False
    """True when it is right only if the request was HEAD."""

    was_changed: bool = False
    """Of a response: whether its head was changed when it was stored."""

    has_body: bool = False

    _notes: dict[str, str] | None = None

    @property
    def notes(self) -> dict[str, str]:
        """The fields of its block, when it is a ``metadata`` record."""
        if self._notes is None:
            self._notes = read_fields(self.block)
        return self._notes

    def get(self, name: str) -> bytes:
        """The first value of a field, by its name in lower case; empty when absent."""
        place = self.layout.at.get(name) if self.layout is not None else None
        return b"" if place is None or self.head is None else self.head.values[place]
