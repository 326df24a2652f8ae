"""WARC files in parts, read by as many processes as there are cores, with the results in the order of the files."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeVar

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.foreign import iter_foreign
from kcnacrawl.archive.reader import find_file
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.revisits import Place, read_original, refers_to
from kcnacrawl.archive.source import OnDamage, Source
from kcnacrawl.archive.targets import find_places, find_targets, warc_files
from kcnacrawl.archive.workers import reading_pool

RANGE = 4 << 20
"""Bytes of a file that one process reads at a time."""

Result = TypeVar("Result")
OnRecord = Callable[[Record], None]


class Range(NamedTuple):
    """A part of a file."""

    path: Path
    number: int
    """Which of the files it is, from 0."""

    start: int
    """Where a record begins, or seems to: a body may hold a WARC file of its own."""

    end: int

    originals: Mapping[str, Place] | None = None
    """Where the originals are that revisits in this part refer to; null as long as nobody looked for them."""


class RevisitMetError(Exception):
    """A function met a revisit in a range whose originals were not looked for."""


def split(path: Path, size: int) -> list[tuple[int, int]]:
    """Start and end of parts of a file of at least *size* bytes each; together they are the file.

    :raises ArchiveError: when it cannot be read, or is empty
    """
    with Source(find_file(path)) as source:
        starts, total = [0], len(source.data)
        if total == 0:
            raise ArchiveError(f"{path} is empty.")
        if not source.is_foreign():
            while (start := source.next_start(starts[-1] + size)) < total:
                starts.append(start)
    return list(pairwise([*starts, total]))


def read_records(part: Range, on_record: OnRecord, on_damage: OnDamage) -> int:
    """Hand on each record that begins in a range; where the first after it begins."""
    with Source(part.path) as source:
        if not source.is_foreign():
            for record in source.records(part.start, part.end, on_damage):
                on_record(record)
            return source.position
    try:
        for record in iter_foreign(part.path):
            on_record(record)
    except ArchiveError as error:
        on_damage(error)
    return part.end


def original_in(part: Range, record: Record) -> Record | None:
    """The original that a record of a range refers to; null when the record is no revisit.

    :raises RevisitMetError: when originals were not looked for yet
    :raises ArchiveError: when it is not there; the sentence names both records
    """
    if record.type != "revisit":
        return None
    if part.originals is None:
        raise RevisitMetError
    return read_original(record, part.originals.get(refers_to(record)))


class RangeReader:
    """Runs a function over ranges, in this process or in several. Use it as a context manager.

    The originals of revisits are looked for once, when a function raises ``RevisitMetError``: most files have none.
    """

    def __init__(self, paths: Iterable[Path], processes: int | None = None) -> None:
        """:raises ArchiveError: when a file cannot be read"""
        files = [find_file(path) for path in paths]
        self._ranges = [Range(path, number, *part) for number, path in enumerate(files) for part in split(path, RANGE)]
        self._processes = min(processes or len(os.sched_getaffinity(0)), len(self._ranges))
        self._pool = reading_pool(self._processes) if self._processes > 1 else None

    def __enter__(self) -> RangeReader:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def read(self, function: Callable[[Range], tuple[Result, int]]) -> Iterator[Result]:
        """What *function* gives for each range, in order, read a few ranges ahead.

        :param function: gives a result and where the first record after the range begins
        :raises ArchiveError: when a process dies
        """
        position = done = 0
        while done < len(self._ranges):
            try:
                for result, end in self._read_on(function, self._ranges[done:], position):
                    position, done = end, done + 1
                    yield result
            except RevisitMetError:
                self._ranges = _with_originals(self._ranges)

    def _read_on(
        self, function: Callable[[Range], tuple[Result, int]], ranges: Sequence[Range], position: int
    ) -> Iterator[tuple[Result, int]]:
        for part, (result, end) in zip(ranges, self._results(function, ranges), strict=True):
            if part.start not in (0, position):
                # That was no record but looked like one; what the range really holds begins elsewhere.
                result, end = function(part._replace(start=position))
            position = end
            yield result, position

    def _results(
        self, function: Callable[[Range], tuple[Result, int]], ranges: Sequence[Range]
    ) -> Iterator[tuple[Result, int]]:
        if self._pool is None:
            yield from map(function, ranges)
            return
        waiting: deque[Future[tuple[Result, int]]] = deque()
        try:
            for part in ranges:
                waiting.append(self._pool.submit(function, part))
                if len(waiting) > 3 * self._processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise ArchiveError("A process that read a part of the archive died; perhaps memory ran out.") from error


def _with_originals(ranges: Sequence[Range]) -> list[Range]:
    """The ranges, each with the places of what its revisits refer to."""
    paths = list(dict.fromkeys(part.path for part in ranges))
    targets = {path: list(find_targets(path)) for path in paths}
    folders = dict.fromkeys(path.parent for path in paths)
    files = dict.fromkeys([*paths, *(path for folder in folders for path in warc_files(folder))])
    places = find_places((target for found in targets.values() for _, target in found), files)
    known = []
    for part in ranges:
        own = targets[part.path]
        low, high = (bisect_left(own, (offset, "")) for offset in (part.start, part.end))
        originals = {target: places[target] for _, target in own[low:high] if target in places}
        known.append(part._replace(originals=originals))
    return known
