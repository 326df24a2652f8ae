"""Articles as lines of JSON files: found again by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from kcnacrawl.archive.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a JSON Lines file."""

    path: Path
    number: int
    """From 1."""

    item: dict[str, Any] | None
    """The article, or null when the line is not one."""


def article_files(folder: Path) -> list[Path]:
    """All JSON Lines files in a folder, in order of their names.

    :raises ArchiveError: when there is none
    """
    paths = sorted(folder.rglob("*.jsonl"))
    if not paths:
        raise ArchiveError(f"There is no .jsonl file in {folder}.")
    return paths


def read_lines(paths: Iterable[Path]) -> Iterator[Line]:
    """Every line of the files.

    :raises ArchiveError: when a file cannot be read
    """
    for path in paths:
        try:
            with path.open("rb") as file:
                for number, text in enumerate(file, 1):
                    yield Line(path, number, _item(text))
        except OSError as error:
            raise ArchiveError(f"{path} cannot be read: {error.strerror}.") from error


def _item(text: bytes) -> dict[str, Any] | None:
    try:
        item = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return item if isinstance(item, dict) and isinstance(item.get("id"), str) else None


def find_receipt(paths: Iterable[Path], identity: str) -> dict[str, Any]:
    """The receipt of the first article with this id.

    :raises ArchiveError: when there is none
    """
    for line in read_lines(paths):
        if line.item is not None and line.item["id"] == identity:
            receipt = line.item.get("receipt")
            if isinstance(receipt, dict):
                return receipt
            raise ArchiveError(f"{line.path}:{line.number}: {identity} has no receipt; its crawl kept no archive.")
    raise ArchiveError(f"No article has the id {identity}.")
