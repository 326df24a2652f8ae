"""WARC files as rows of the catalog, read by all cores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from kcnacrawl.archive.entries import Entry, entries, entries_between
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.ranges import Range, RangeReader
from kcnacrawl.archive.source import Source
from kcnacrawl.catalog.addresses import first_key
from kcnacrawl.catalog.rows import pack_entry

LEAST = 1 << 24
"""Bytes from which a second process pays."""

Row = tuple[Any, ...]


@dataclass(slots=True)
class Part:
    """What a part of a file holds."""

    number: int
    """Which of the files it is of, from 0."""

    size: int
    """Bytes of the file."""

    rows: list[tuple[Row, str]] = field(default_factory=list)
    """Rows of ``captures`` and their addresses; the key of an address is its first."""

    damages: list[str] = field(default_factory=list)


def read_parts(paths: Sequence[Path], keys: Sequence[int]) -> Iterator[Part]:
    """The parts of all files, in order; a row that two parts hold comes once.

    :param keys: of the files
    :raises ArchiveError: when a file cannot be read, or is empty
    """
    processes = 1 if sum(path.stat().st_size for path in paths) < LEAST else None
    with RangeReader(paths, processes) as reader:
        number = last = -1
        for part in reader.read(partial(_read_part, keys=tuple(keys))):
            if part.number != number:
                number, last = part.number, -1
            part.rows = [pair for pair in part.rows if pair[0][1] > last]
            last = part.rows[-1][0][1] if part.rows else last
            yield part


def read_rest(path: Path, key: int, start: int) -> Part:
    """What a file holds from *start*, where a record begins or which is its end."""
    part = Part(0, path.stat().st_size - start)
    part.rows = list(_rows(entries(path, start, on_damage=lambda error: part.damages.append(str(error))), key))
    return part


def _read_part(part: Range, *, keys: Sequence[int]) -> tuple[Part, int]:
    found = Part(part.number, part.end - part.start)

    def damaged(error: ArchiveError) -> None:
        found.damages.append(str(error))

    with Source(part.path) as source:
        if source.is_foreign():
            found.rows = list(_rows(entries(part.path, on_damage=damaged), keys[part.number]))
            return found, part.end
        found.rows = list(_rows(entries_between(source, part.start, part.end, damaged), keys[part.number]))
        return found, source.position


def _rows(found: Iterable[Entry], key: int) -> Iterator[tuple[Row, str]]:
    for entry in found:
        yield pack_entry(entry, key, first_key(entry.url)), entry.url
