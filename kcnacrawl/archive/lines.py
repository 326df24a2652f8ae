"""Articles as lines of JSON files: found again by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.named import files_in


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

    :raises ArchiveError: when there is none, or the folder cannot be read
    """
    paths = files_in(folder, (".jsonl",), deep=True)
    if not paths:
        raise ArchiveError(f"There is no .jsonl file in {folder}.")
    return paths


def read_lines(paths: Iterable[Path]) -> Iterator[Line]:
    """Every line of the files.

    :raises ArchiveError: when a file cannot be read, or is something else
    """
    for path in paths:
        try:
            with path.open("rb") as file:
                for number, text in enumerate(file, 1):
                    if number == 1 and not _is_object(text):
                        raise ArchiveError(f"{path} is not a JSON Lines file.")
                    yield Line(path, number, read_item(text))
        except OSError as error:
            raise ArchiveError(f"{path} cannot be read: {error.strerror}.") from error


def _is_object(text: bytes) -> bool:
    """Whether the first line of a file is a JSON object, or was one before it was cut or damaged; it may be blank."""
    if not text.strip() or text.startswith(b'{"'):
        return True
    try:
        return isinstance(orjson.loads(text), dict)
    except orjson.JSONDecodeError:
        return False


def read_item(text: bytes) -> dict[str, Any] | None:
    """The article in a line; null when it holds none."""
    try:
        item = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return item if isinstance(item, dict) and isinstance(item.get("id"), str) else None


def find_receipts(paths: Iterable[Path], identity: str) -> Iterator[tuple[str, int]]:
    """WARC file name and offset from the receipt of each article with this id: one for each run that fetched it.

    :raises ArchiveError: when there is none
    """
    found = 0
    reasons = []
    for path in paths:
        try:
            for line in read_lines([path]):
                if line.item is None or line.item["id"] != identity:
                    continue
                if (place := _place(line.item.get("receipt"))) is not None:
                    found += 1
                    yield place
                else:
                    reasons.append(f"{path}:{line.number}: {identity} has no receipt; its crawl kept no archive.")
        except ArchiveError as error:
            # The other files may have it.
            reasons.append(str(error))
    if not found:
        raise ArchiveError(reasons[0] if reasons else f"No article has the id {identity}.")


def _place(receipt: object) -> tuple[str, int] | None:
    match receipt:
        case {"warc": str(warc), "offset": int(offset)}:
            return Path(warc).name, offset
    return None
