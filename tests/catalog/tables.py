"""All that a catalog holds, in a form in which two can be compared."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

QUERIES = {
    "crawls": "SELECT id, spider, arguments, number, began, done FROM crawls ORDER BY id",
    "runs": "SELECT runs.id, crawls.id, reason FROM runs JOIN crawls ON crawls.key = crawl ORDER BY runs.id",
    "files": """SELECT name, crawls.id, runs.id, size, captures, gone FROM files
        JOIN crawls ON crawls.key = files.crawl JOIN runs ON runs.key = files.run ORDER BY files.key""",
    "captures": """SELECT name, offset, length, hex(record), kind, urls.url, date, date_written, method, status, mime,
        hex(digest), captures.size, whole, etag, last_modified, hex(refers_to) FROM captures
        JOIN files ON files.key = file JOIN urls ON urls.key = captures.url ORDER BY files.key, offset""",
}


def tables(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of all tables but the frontier, with names in place of keys; files and captures in the catalog's order."""
    connection = sqlite3.connect(path)
    try:
        found = {name: connection.execute(query).fetchall() for name, query in QUERIES.items()}
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        connection.close()
    return found
