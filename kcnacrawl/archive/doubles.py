"""Lines that tell the same capture of the same article once more."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from kcnacrawl.archive.lines import Line
from kcnacrawl.archive.lint.finding import Finding
from kcnacrawl.archive.lint.remedies import REWRITE
from kcnacrawl.archive.notes import Notes

REMEDY = f"take the line out, or {REWRITE}"


class Doubles(Notes):
    """Remembers the lines of one file. Use it as a context manager."""

    def __init__(self) -> None:
        super().__init__("CREATE TABLE line (key BLOB PRIMARY KEY, number INTEGER) WITHOUT ROWID;")
        self._findings: list[Finding] = []

    def watch(self, lines: Iterable[Line]) -> Iterator[Line]:
        """Hand the lines on.

        :raises NotesError: when the disk with temporary files is full
        """
        for line in lines:
            if line.item is not None and (first := self._first(line, line.item)) is not None:
                sentence = f"{line.item['id']}: it is line {first} once more"
                self._findings.append(Finding(str(line.path), line.number, None, sentence, REMEDY))
            yield line

    def told(self) -> list[Finding]:
        """Findings on lines that were handed on since this was asked for last."""
        findings, self._findings = self._findings, []
        return findings

    def _first(self, line: Line, item: dict[str, Any]) -> int | None:
        key = hashlib.blake2b(orjson.dumps(_told_by(item)), digest_size=16).digest()
        if self.run("INSERT OR IGNORE INTO line VALUES (?, ?)", key, line.number):
            return None
        return self.value("SELECT number FROM line WHERE key = ?", key)


def _told_by(item: dict[str, Any]) -> list[object]:
    """What two lines must not have in common: the article, its revision, and the capture that it was read from."""
    receipt = item.get("receipt")
    newest = (receipt.get("revisit") or receipt) if isinstance(receipt, dict) else receipt
    capture = newest.get("record_id") if isinstance(newest, dict) else newest
    return [item["id"], item.get("revision"), capture]
