"""Tables in a temporary file, for what does not fit into memory and is of no use when the command has ended."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, Self

from kcnacrawl.archive.errors import ArchiveError


class NotesError(ArchiveError):
    """Notes cannot be kept: that is the fault of no file of the archive."""


class Notes:
    """A database that nobody else sees, on the disk only when it is large. Use it as a context manager.

    Every method raises NotesError when the disk with temporary files is full.
    """

    def __init__(self, schema: str) -> None:
        # An empty name: SQLite makes a file, removes its name at once and writes to it only what the cache cannot hold.
        self._connection = sqlite3.connect("", isolation_level=None)
        self.run_script(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {schema}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def run(self, statement: str, *values: object) -> int:
        """Change something; how many rows that were."""
        try:
            return self._connection.execute(statement, values).rowcount
        except sqlite3.Error as error:
            raise _full(error) from error

    def run_many(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Change something with each of the rows, all of which are kept up to an exception that comes of them."""
        self.run("BEGIN")
        try:
            self._connection.executemany(statement, rows)
        except sqlite3.Error as error:
            raise _full(error) from error
        except BaseException:
            # When a record is damaged, too: without a journal nothing can be taken back.
            self.run("COMMIT")
            raise
        self.run("COMMIT")

    def run_script(self, statements: str) -> None:
        """Change something with several statements."""
        try:
            self._connection.executescript(statements)
        except sqlite3.Error as error:
            raise _full(error) from error

    def rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Rows of a query, as they come."""
        try:
            cursor = self._connection.execute(query, values)
        except sqlite3.Error as error:
            raise _full(error) from error
        return _read(cursor)

    def value(self, query: str, *values: object) -> int:
        """The only number of a query; 0 when it gives none."""
        row = next(self.rows(query, *values), None)
        return int(row[0] or 0) if row else 0


def _read(cursor: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
    try:
        yield from cursor
    except sqlite3.Error as error:
        raise _full(error) from error


def _full(error: sqlite3.Error) -> NotesError:
    return NotesError(
        f"Notes on the archive cannot be kept in a temporary file: {error}; "
        "the variable TMPDIR says in which folder such files are made."
    )
