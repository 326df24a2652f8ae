"""WARC files in parts, read by as many processes as there are cores, with the results in the order of the files."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import NamedTuple, TypeVar

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.reader import split

RANGE = 4 << 20
"""Bytes of a file that one process reads at a time."""

Result = TypeVar("Result")


class Range(NamedTuple):
    """A part of a file, from the beginning of a record to that of another."""

    path: Path
    number: int
    """Which of the files it is, from 0."""

    start: int
    end: int


class RangeReader:
    """Runs a function over ranges, in this process or in several. Use it as a context manager."""

    def __init__(self, paths: Iterable[Path], processes: int | None = None) -> None:
        """:raises ArchiveError: when a file cannot be read"""
        self.ranges = [
            Range(path, number, *bounds) for number, path in enumerate(paths) for bounds in split(path, RANGE)
        ]
        self.processes = min(processes or len(os.sched_getaffinity(0)), len(self.ranges))
        self._pool = ProcessPoolExecutor(self.processes) if self.processes > 1 else None

    def __enter__(self) -> RangeReader:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def read(self, function: Callable[[Range], Result]) -> Iterator[Result]:
        """What *function* gives for each range, in order; a few ranges ahead of what is asked for.

        :raises ArchiveError: when a process dies
        """
        if self._pool is None:
            yield from map(function, self.ranges)
            return
        waiting: deque[Future[Result]] = deque()
        try:
            for part in self.ranges:
                waiting.append(self._pool.submit(function, part))
                if len(waiting) > 3 * self.processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise ArchiveError(
                "A process that read a part of the archive died; it may have run out of memory."
            ) from error
