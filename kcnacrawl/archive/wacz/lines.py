"""Lines of articles and of the change ledger that belong to the captures in a package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.named import files_in
from kcnacrawl.archive.wacz.scan import bare
from kcnacrawl.archive.wacz.scratch import CHOSEN, Scratch
from kcnacrawl.archive.wacz.suspects import Suspects


class LineFile(NamedTuple):
    """A JSON Lines file of which something belongs to the package."""

    path: Path
    name: str
    """In the package: below ``data/``, in no folder of its own, because ``wacz validate`` looks no deeper."""

    ranges: list[tuple[int, int]]
    """Start and end in bytes of the lines that belong to it."""


def find_lines(
    folder: Path, prefix: str, scratch: Scratch, *, note: bool = False, suspects: Suspects | None = None
) -> Iterator[LineFile]:
    """Files below a folder with lines whose capture was chosen, and which lines these are.

    :param suspects: looks at the lines, which are articles then; others are left out
    :param note: keep in the notes which line is about which capture; the files are numbered as they come
    :raises ArchiveError: when a file cannot be read
    """
    number = 0
    for path in files_in(folder, (".jsonl",), deep=True):
        ranges: list[tuple[int, int]] = []
        for start, end, record_id in _chosen(path, scratch, suspects):
            if ranges and ranges[-1][1] == start:
                ranges[-1] = (ranges[-1][0], end)
            else:
                ranges.append((start, end))
            if note:
                scratch.run("INSERT OR IGNORE INTO line VALUES (?, ?, ?)", record_id, number, start)
        if ranges:
            yield LineFile(path, f"data/{prefix}-{'-'.join(path.relative_to(folder).parts)}", ranges)
            number += 1


def _chosen(path: Path, scratch: Scratch, suspects: Suspects | None) -> Iterator[tuple[int, int, str]]:
    start = 0
    try:
        with path.open("rb") as file:
            for number, text in enumerate(file, 1):
                end = start + len(text)
                item = _item(text)
                # What is no article `scrapy verify` would tell in the package, too.
                is_line = suspects is None or isinstance(item.get("id"), str)
                record_id = _first_chosen(item, scratch) if is_line else None
                if suspects is not None:
                    suspects.look(path, number, item, is_chosen=record_id is not None)
                if record_id is not None:
                    yield start, end, record_id
                start = end
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror}.") from error


def _item(text: bytes) -> dict[str, Any]:
    """What a line holds; nothing when that is no object."""
    try:
        item: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return item if isinstance(item, dict) else {}


def _first_chosen(item: dict[str, Any], scratch: Scratch) -> str | None:
    """Id of the first record that a line is about and that was chosen; null when none was."""
    query = "SELECT 1 FROM capture WHERE record_id = ? AND why = ?"
    return next((one for one in captures_of(item) if scratch.value(query, one, CHOSEN)), None)


def captures_of(item: dict[str, Any]) -> list[str]:
    """Ids of the records that a line is about: of an article those in its receipt, of a change all in it."""
    return _receipt(item["receipt"]) if isinstance(item.get("receipt"), dict) else list(_all(item))


def _receipt(receipt: dict[str, Any]) -> list[str]:
    """Tonight's record: the revisit when there is one, else the response."""
    newest = receipt.get("revisit") if isinstance(receipt.get("revisit"), dict) else receipt
    record_id = newest.get("record_id") if newest else None
    return [bare(record_id)] if isinstance(record_id, str) else []


def _all(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("record_id"), str):
            yield bare(value["record_id"])
        for inner in value.values():
            yield from _all(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _all(inner)
