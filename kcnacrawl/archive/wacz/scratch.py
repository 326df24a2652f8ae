"""Notes on the captures that may come into a package, kept on disk so that memory does not grow with the archive."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Self

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.wacz.scan import Capture

CHOSEN, ORIGINAL, REQUISITE = 1, 2, 3
"""Why a capture is in the package: it was asked for, a revisit in it needs it, a page in it needs it."""

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE capture (
    number INTEGER PRIMARY KEY, file INTEGER, start INTEGER, end INTEGER, offset INTEGER, kind TEXT,
    record_id TEXT, date TEXT, url TEXT, refers_to TEXT, is_page INTEGER, why INTEGER, target INTEGER, at INTEGER
);
CREATE TABLE line (record_id TEXT PRIMARY KEY, file INTEGER, offset INTEGER) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS by_place ON capture (file, start);
CREATE INDEX IF NOT EXISTS by_id ON capture (record_id);
CREATE INDEX IF NOT EXISTS by_url ON capture (url, date);
"""
_INSERT = (
    "INSERT INTO capture (file, start, end, offset, kind, record_id, date, url, refers_to, is_page, why)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Place(NamedTuple):
    """Where a capture is in its file."""

    number: int
    """Of the capture, in the notes."""

    file: int
    """Number of the file."""

    start: int
    end: int


class Scratch:
    """A database in a temporary file that nobody else sees. Use it as a context manager."""

    def __init__(self) -> None:
        # An empty name: SQLite makes a file, removes its name at once and writes to it only what the cache cannot hold.
        self.connection = sqlite3.connect("", isolation_level=None)
        self.connection.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def add(self, file: int, captures: Iterable[tuple[Capture, bool]]) -> None:
        """Note captures of a file, each with whether it is chosen.

        :raises ArchiveError: when the disk with temporary files is full
        """
        rows = (
            (
                *(file, capture.start, capture.end, capture.offset, capture.kind, capture.record_id, capture.date),
                *(capture.url, capture.refers_to, capture.is_page, CHOSEN if chosen else None),
            )
            for capture, chosen in captures
        )
        try:
            self.connection.execute("BEGIN")
            self.connection.executemany(_INSERT, rows)
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise ArchiveError(f"Notes on the archive cannot be kept in a temporary file: {error}.") from error

    def index(self) -> None:
        """Make what was noted quick to find."""
        self.connection.executescript(_INDEXES)

    def rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Rows of a query, as they come."""
        return iter(self.connection.execute(query, values))

    def value(self, query: str, *values: object) -> int:
        """The only number of a query; 0 when it gives none."""
        row = self.connection.execute(query, values).fetchone()
        return int(row[0] or 0) if row else 0

    def places(self, why: int, file: int | None = None) -> Iterator[Place]:
        """Captures that are in the package for this reason, in the order of the files."""
        which = "" if file is None else " AND file = ?"
        values = (why,) if file is None else (why, file)
        query = f"SELECT number, file, start, end FROM capture WHERE why = ?{which} ORDER BY file, start"
        return map(Place._make, self.rows(query, *values))

    def missing_originals(self) -> int:
        """How many records that chosen revisits refer to are not known yet."""
        return self.value(
            "SELECT COUNT(DISTINCT refers_to) FROM capture c WHERE why IS NOT NULL AND refers_to IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM capture o WHERE o.record_id = c.refers_to)"
        )

    def take_originals(self) -> int:
        """Take into the package what revisits in it refer to and is not in it; how many that were."""
        return self.connection.execute(
            "UPDATE capture SET why = ? WHERE why IS NULL AND record_id IN"
            " (SELECT refers_to FROM capture WHERE why IS NOT NULL AND refers_to IS NOT NULL)",
            (ORIGINAL,),
        ).rowcount
