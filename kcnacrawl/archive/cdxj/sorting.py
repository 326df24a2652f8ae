"""Lines in the order of their bytes, as ``LC_ALL=C sort -u`` gives them, in bounded memory."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from kcnacrawl.archive.errors import ArchiveError

MEMORY = 64 << 20
"""Bytes of lines that are held before they are put aside in a temporary file."""

FILES = 100
"""Files that are read at a time."""


class Sorter:
    """Takes lines in any order and gives them back sorted, equal ones once. Use it as a context manager."""

    def __init__(self, memory: int = MEMORY) -> None:
        """:param memory: bytes of lines to hold"""
        self._memory = memory
        self._held: list[bytes] = []
        self._size = 0
        self._aside: list[IO[bytes]] = []

    def __enter__(self) -> Sorter:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._aside:
            file.close()

    def add(self, lines: Sequence[bytes]) -> None:
        """Take lines; those that are sorted already cost less.

        :raises ArchiveError: when a temporary file cannot be written
        """
        self._held += lines
        self._size += sum(map(len, lines))
        if self._size > self._memory:
            self._held.sort()
            self._aside.append(put_aside(self._held))
            self._held, self._size = [], 0

    def sorted(self) -> Iterator[bytes]:
        """All lines."""
        self._held.sort()
        while len(self._aside) > FILES:
            # Each line is copied once for every FILES-fold of MEMORY; ten million lines are below that.
            some, self._aside = self._aside[:FILES], self._aside[FILES:]
            self._aside.append(put_aside(unique(heapq.merge(*some))))
            for file in some:
                file.close()
        return unique(heapq.merge(self._held, *self._aside) if self._aside else self._held)


def put_aside(lines: Iterable[bytes]) -> IO[bytes]:
    """A temporary file of lines, at its start.

    :raises ArchiveError: when it cannot be written
    """
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 -- its reader closes it
        file.writelines(lines)
        file.seek(0)
    except OSError as error:
        raise ArchiveError(
            f"A temporary file in {tempfile.gettempdir()} cannot be written: {error.strerror}."
        ) from error
    return file


def merged(paths: Sequence[Path]) -> Iterator[bytes]:
    """The lines of sorted files, sorted, equal ones once; FILES of them are open at a time.

    :raises OSError: when one cannot be read
    """
    with ExitStack() as stack:
        aside = []
        while len(paths) > FILES:
            with ExitStack() as some:
                files = [some.enter_context(path.open("rb")) for path in paths[:FILES]]
                aside.append(stack.enter_context(put_aside(heapq.merge(*files))))
            paths = paths[FILES:]
        files = [stack.enter_context(path.open("rb")) for path in paths]
        yield from unique(heapq.merge(*aside, *files))


def unique(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Sorted lines without those that are equal to the one before."""
    last = None
    for line in lines:
        if line != last:
            yield line
            last = line
