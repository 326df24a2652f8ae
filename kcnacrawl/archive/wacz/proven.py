"""Articles of a package whose lines their records prove: what these say of title and text need not be read again."""

from __future__ import annotations

from typing import Any

from kcnacrawl.archive.wacz.lines import captures_of
from kcnacrawl.archive.wacz.scratch import Scratch

_TABLE = "CREATE TABLE proven (id TEXT PRIMARY KEY, file, number INTEGER, title, body) WITHOUT ROWID"


class Proven:
    """Lines of articles, each taken for proven until something is found wrong with it.

    Its methods raise NotesError when the disk with temporary files is full.
    """

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        scratch.run(_TABLE)

    def add(self, file: str, number: int, item: dict[str, Any]) -> None:
        """Note a line.

        :param number: of the line in the file
        """
        title, body = item.get("title"), item.get("body")
        if not isinstance(body, str) or not (title is None or isinstance(title, str)):
            return  # no page proves that
        for record_id in captures_of(item):
            insert = "INSERT OR IGNORE INTO proven VALUES (?, ?, ?, ?, ?)"
            self._scratch.run(insert, record_id, file, number, title, body)

    def take_back(self, file: str, number: int) -> None:
        """Something is wrong with a line."""
        self._scratch.run("DELETE FROM proven WHERE file = ? AND number = ?", file, number)

    def find(self, record_id: str) -> tuple[str | None, str] | None:
        """Title and text of the article in a capture; null when no line proves them.

        :param record_id: of its main record, without ``<urn:uuid:`` and ``>``
        """
        return next(self._scratch.rows("SELECT title, body FROM proven WHERE id = ?", record_id), None)
