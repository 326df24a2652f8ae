"""Notes on the captures that may come into a package, kept on disk so that memory does not grow with the archive."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Self

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.wacz.scan import HTML, Capture

CHOSEN, ORIGINAL, REQUISITE = 1, 2, 3
"""Why a capture is in the package: it was asked for, a revisit in it needs it, a page in it needs it."""

_COLUMNS = (
    *("start", "end", "offset", "kind", "record_id", "date", "url"),
    *("refers_to", "refers_url", "refers_date", "status", "mime"),
)
"""Of a capture, as it says them of itself."""

_SCHEMA = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
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


class ScratchError(ArchiveError):
    """The notes cannot be kept: that is the fault of no file of the archive."""


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


class Scratch:
    """A database in a temporary file that nobody else sees. Use it as a context manager."""

    def __init__(self) -> None:
        # An empty name: SQLite makes a file, removes its name at once and writes to it only what the cache cannot hold.
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def run(self, statement: str, *values: object) -> int:
        """Change something; how many rows that were.

        :raises ArchiveError: when the disk with temporary files is full
        """
        try:
            return self._connection.execute(statement, values).rowcount
        except sqlite3.Error as error:
            raise _full(error) from error

    def add(self, file: int, captures: Iterable[tuple[Capture, bool]]) -> None:
        """Note captures of a file, each with whether it is chosen.

        :raises ArchiveError: when the disk with temporary files is full, or the file cannot be read
        """
        rows = (
            (file, CHOSEN if chosen else None, *(getattr(capture, name) for name in _COLUMNS))
            for capture, chosen in captures
        )
        try:
            self._connection.execute("BEGIN")
            try:
                self._connection.executemany(_INSERT, rows)
            finally:
                # Also when a record is damaged: without a journal nothing can be taken back.
                self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise _full(error) from error

    def forget(self, file: int) -> None:
        """Take back what was noted of a file.

        :raises ArchiveError: when the disk with temporary files is full
        """
        self.run("DELETE FROM capture WHERE file = ?", file)

    def index(self) -> None:
        """Make what was noted quick to find."""
        try:
            self._connection.executescript(_INDEXES)
        except sqlite3.Error as error:
            raise _full(error) from error

    def rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Rows of a query, as they come."""
        return iter(self._connection.execute(query, values))

    def value(self, query: str, *values: object) -> int:
        """The only number of a query; 0 when it gives none."""
        row = next(self.rows(query, *values), None)
        return int(row[0] or 0) if row else 0

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


def _full(error: sqlite3.Error) -> ScratchError:
    return ScratchError(f"Notes on the archive cannot be kept in a temporary file: {error}.")
