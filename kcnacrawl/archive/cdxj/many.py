"""The lines of many files, read in parts by all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path

from kcnacrawl.archive.cdxj.lines import Indexer, check
from kcnacrawl.archive.cdxj.skim import SkimmingSource
from kcnacrawl.archive.cdxj.sorting import Sorter
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.ranges import Range, RangeReader
from kcnacrawl.archive.reader import find_file
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.source import OnDamage, Source

REQUEST_MAX = 1 << 20
"""Bytes back from the start of a part in which the request of its first answer is looked for."""


@dataclass(slots=True)
class Part:
    """What a part of a file holds."""

    number: int
    """Which of the files it is of."""

    size: int
    """Bytes of the file."""

    lines: list[bytes] = field(default_factory=list)
    """Sorted."""

    damages: list[str] = field(default_factory=list)


def sorted_lines(
    paths: Iterable[Path],
    *,
    on_damage: OnDamage | None = None,
    post: bool = True,
    processes: int | None = None,
    progress: Callable[[int], None] = lambda size: None,
) -> Iterator[bytes]:
    """The lines of several files, each with its line feed, sorted by their bytes, equal ones once.

    :param on_damage: is told of each record, and each file, that cannot be indexed, and reading goes on
    :param post: keep answers to POST and the like under keys of their own, as replay tools look for them
    :param processes: how many to use instead of all cores
    :param progress: is told of bytes read
    :raises ArchiveError: at the first damage, when there is no *on_damage*
    """
    with Sorter() as sorter:
        for part in read_parts(readable(paths, on_damage), post=post, processes=processes):
            tell(part, on_damage)
            sorter.add(part.lines)
            progress(part.size)
        yield from sorter.sorted()


def tell(part: Part, on_damage: OnDamage | None) -> None:
    """Hand on what is damaged in a part.

    :raises ArchiveError: when there is no *on_damage*
    """
    for damage in map(ArchiveError, part.damages):
        if on_damage is None:
            raise damage
        on_damage(damage)


def readable(paths: Iterable[Path], on_damage: OnDamage | None) -> list[Path]:
    """The files of which an index can be made.

    :raises ArchiveError: for the first of which none can, when there is no *on_damage*
    """
    found = []
    for path in paths:
        try:
            with Source(find_file(path)) as source:
                check(source)
        except ArchiveError as error:
            if on_damage is None:
                raise
            on_damage(error)
        else:
            found.append(path)
    return found


def read_parts(paths: Sequence[Path], *, post: bool = True, processes: int | None = None) -> Iterator[Part]:
    """The parts of all files, in order."""
    with RangeReader(paths, processes) as reader:
        yield from reader.read(partial(_read_part, post=post))


def by_file(parts: Iterable[Part]) -> Iterator[tuple[int, Iterator[Part]]]:
    """The parts of each file, under its number."""
    return groupby(parts, key=lambda part: part.number)


def _read_part(part: Range, *, post: bool) -> tuple[Part, int]:
    found = Part(part.number, part.end - part.start)
    with SkimmingSource(part.path) as source:
        before = _request(_record_before(source, part.start)) if post else None
        indexer = Indexer(source, lambda damage: found.damages.append(str(damage)), post=post, before=before)
        for record in source.records(part.start, part.end, lambda damage: found.damages.append(str(damage))):
            indexer.feed(record)
        indexer.finish(_request(_record_at(source, source.position)) if indexer.waiting else None)
        found.lines = sorted(indexer.lines)
        return found, source.position


def _request(record: Record | None) -> Record | None:
    return record if record is not None and record.type == "request" else None


def _record_before(source: Source, end: int) -> Record | None:
    """The record that ends there, when it is not too large for a request."""
    start = end
    mark = b"\x1f\x8b\x08" if source.is_gzip else b"WARC/1."
    while (start := source.data.rfind(mark, max(0, end - REQUEST_MAX), start)) >= 0:
        record = _record_at(source, start)
        if record is not None and start + record.length == end:
            return record
    return None


def _record_at(source: Source, position: int) -> Record | None:
    if position >= len(source.data):
        return None
    try:
        return source.record_at(position)
    except ArchiveError:
        return None
