"""Notes on the captures that may come into a package, kept on disk so that memory does not grow with the archive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kcnacrawl.archive.notes import Notes
from kcnacrawl.archive.wacz.scan import HTML, Capture

CHOSEN, ORIGINAL, REQUISITE = 1, 2, 3
"""Why a capture is in the package: it was asked for, a revisit in it needs it, a page in it needs it."""

_COLUMNS = (
    *("start", "end", "offset", "kind", "record_id", "date", "url"),
    *("refers_to", "refers_url", "refers_date", "status", "mime"),
)
"""Of a capture, as it says them of itself."""

_SCHEMA = f"""
CREATE TABLE capture (
    number INTEGER PRIMARY KEY, file INTEGER, {", ".join(_COLUMNS)}, why INTEGER, target INTEGER, at INTEGER
);
CREATE TABLE line (record_id TEXT PRIMARY KEY, file INTEGER, offset INTEGER) WITHOUT ROWID;
CREATE TABLE need (url TEXT PRIMARY KEY, sheet INTEGER) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS by_place ON capture (file, start);
CREATE INDEX IF NOT EXISTS by_id ON capture (record_id);
CREATE INDEX IF NOT EXISTS by_url ON capture (url, date);
CREATE INDEX IF NOT EXISTS by_reason ON capture (why, file, start) WHERE why IS NOT NULL;
CREATE INDEX IF NOT EXISTS unresolved ON capture (number) WHERE refers_to IS NULL AND refers_url IS NOT NULL;
"""
_INSERT = f"INSERT INTO capture (file, why, {', '.join(_COLUMNS)}) VALUES ({', '.join('?' * (len(_COLUMNS) + 2))})"
IS_PAGE = f"m.kind = 'response' AND m.status = 200 AND m.mime IN ({', '.join(map(repr, HTML))})"
"""Of the record *m* that has the payload: a browser would show it as a page of its own."""


class Place(NamedTuple):
    """Where a capture is in its file."""

    number: int
    """Of the capture, in the notes."""

    file: int
    """Number of the file."""

    start: int
    end: int
    offset: int
    """Where its main record begins."""


class Scratch(Notes):
    """What is known of each capture. Use it as a context manager.

    Its methods raise NotesError when the disk with temporary files is full.
    """

    def __init__(self) -> None:
        super().__init__(_SCHEMA)

    def add(self, file: int, captures: Iterable[tuple[Capture, bool]]) -> None:
        """Note captures of a file, each with whether it is chosen.

        :raises ArchiveError: when the file cannot be read, too
        """
        rows = (
            (file, CHOSEN if chosen else None, *(getattr(capture, name) for name in _COLUMNS))
            for capture, chosen in captures
        )
        self.run_many(_INSERT, rows)

    def forget(self, file: int) -> None:
        """Take back what was noted of a file."""
        self.run("DELETE FROM capture WHERE file = ?", file)

    def index(self) -> None:
        """Make what was noted quick to find."""
        self.run_script(_INDEXES)

    def places(self, why: int, file: int) -> Iterator[Place]:
        """Captures of a file that are in the package for this reason, in order."""
        query = "SELECT number, file, start, end, offset FROM capture WHERE why = ? AND file = ? ORDER BY start"
        return map(Place._make, self.rows(query, why, file))

    def pages(self, why: int) -> Iterator[Place]:
        """Main records of pages that are in the package for this reason; of revisits their originals."""
        query = (
            "SELECT DISTINCT m.number, m.file, m.start, m.end, m.offset FROM capture c JOIN capture m"
            " ON m.number = COALESCE((SELECT number FROM capture o WHERE o.record_id = c.refers_to), c.number)"
            f" WHERE c.why = ? AND {IS_PAGE} ORDER BY m.file, m.start"
        )
        return map(Place._make, self.rows(query, why))

    def missing_originals(self) -> int:
        """How many records that revisits in the package refer to are not known yet."""
        return self.value(
            "SELECT COUNT(DISTINCT COALESCE(refers_to, refers_url || ' ' || refers_date)) FROM capture c"
            " WHERE why IS NOT NULL AND kind = 'revisit'"
            " AND NOT EXISTS (SELECT 1 FROM capture o WHERE o.record_id = c.refers_to)"
        )

    def missing_dates(self) -> tuple[str, str]:
        """When the first and the last of them were captured, as revisits say; empty when none says it."""
        query = (
            "SELECT COALESCE({}(refers_date), '') FROM capture c WHERE why IS NOT NULL AND kind = 'revisit'"
            " AND NOT EXISTS (SELECT 1 FROM capture o WHERE o.record_id = c.refers_to)"
        )
        first, last = (next(iter(self.rows(query.format(which))))[0] for which in ("MIN", "MAX"))
        return first, last

    def take_originals(self) -> int:
        """Take into the package what revisits in it refer to and is not in it; how many that were."""
        # Some writers tell the original by its address and date only.
        self.run(
            "UPDATE capture SET refers_to = (SELECT record_id FROM capture o WHERE o.url = capture.refers_url"
            " AND o.date = capture.refers_date AND o.kind = 'response')"
            " WHERE refers_to IS NULL AND refers_url IS NOT NULL"
        )
        return self.run(
            "UPDATE capture SET why = ? WHERE why IS NULL AND record_id IN"
            " (SELECT refers_to FROM capture WHERE why IS NOT NULL AND refers_to IS NOT NULL)",
            ORIGINAL,
        )
