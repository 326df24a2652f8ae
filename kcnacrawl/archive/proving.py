"""Many articles proven at once: lines in batches, on all cores, findings in the order of the lines."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from itertools import islice
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lines import Line
from kcnacrawl.archive.lint.finding import Finding
from kcnacrawl.archive.verify import Verifier

BATCH = 64
"""Lines that a process checks at a time; it costs more to start processes than to check a few of them."""


def prove(
    lines: Iterable[Line],
    warc_folder: Path,
    *,
    processes: int | None = None,
    progress: Callable[[int], None] = lambda count: None,
) -> Iterator[Finding]:
    """Everything that is wrong with lines of articles.

    :param processes: how many to use; all cores when null
    :param progress: is told how many more lines are done
    :raises ArchiveError: when a file of lines cannot be read, or a process dies
    """
    batches = _batches(iter(lines))
    most = processes or len(os.sched_getaffinity(0))
    first = next(batches, [])
    second = next(batches, []) if most > 1 else []
    if not second:
        verifier = Verifier(warc_folder)
        for batch in (first, *batches):
            for line in batch:
                yield from verifier.check(line)
            progress(len(batch))
        return
    with ProcessPoolExecutor(most) as pool:
        waiting: deque[tuple[Future[list[Finding]], int]] = deque()
        try:
            for batch in _chain(first, second, batches):
                waiting.append((pool.submit(_check, batch, warc_folder), len(batch)))
                if len(waiting) > 3 * most:
                    yield from _done(*waiting.popleft(), progress)
            while waiting:
                yield from _done(*waiting.popleft(), progress)
        except BrokenProcessPool as error:
            raise ArchiveError("A process that checked articles died; perhaps memory ran out.") from error
        finally:
            # Not without waiting: Python then closes a pipe that a thread of the pool writes to when it ends.
            pool.shutdown(cancel_futures=True)


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while batch := list(islice(lines, BATCH)):
        yield batch


def _chain(first: list[Line], second: list[Line], rest: Iterator[list[Line]]) -> Iterator[list[Line]]:
    yield first
    yield second
    yield from rest


def _done(future: Future[list[Finding]], count: int, progress: Callable[[int], None]) -> list[Finding]:
    found = future.result()
    progress(count)
    return found


def _check(batch: list[Line], warc_folder: Path) -> list[Finding]:
    verifier = _verifier(warc_folder)
    return [finding for line in batch for finding in verifier.check(line)]


@lru_cache(1)
def _verifier(warc_folder: Path) -> Verifier:
    """One for each process, so that the listings of a file are read once in each."""
    return Verifier(warc_folder)
