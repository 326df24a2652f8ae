"""Many small pieces of work done at once: in batches, on all cores, with the results in their order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import chain, islice
from typing import Any, TypeVar

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.workers import reading_pool

BATCH = 64
"""Pieces that a process does at a time; it costs more to start processes than to do a few of them."""

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Item], Iterable[Result]]

_work: list[Work[Any, Any]] = []
"""What a process of the pool does; made when it starts, so that it remembers what it has read."""


def in_batches(
    start: Callable[[], Work[Item, Result]],
    items: Iterable[Item],
    *,
    processes: int | None = None,
    progress: Callable[[int], None] = lambda count: None,
) -> Iterator[Result]:
    """Everything that comes of all items.

    :param start: gives the work, once in each process
    :param processes: how many to use; all cores when null
    :param progress: is told how many more items are done
    :raises ArchiveError: when a process dies
    """
    batches = _batches(iter(items))
    most = processes or len(os.sched_getaffinity(0))
    first = next(batches, [])
    second = next(batches, []) if most > 1 else []
    if not second:
        work = start()
        for batch in (first, *batches):
            for item in batch:
                yield from work(item)
            progress(len(batch))
        return
    with reading_pool(most, partial(_begin, start)) as pool:
        waiting: deque[tuple[Future[list[Result]], int]] = deque()
        try:
            for batch in chain((first, second), batches):
                waiting.append((pool.submit(_do, batch), len(batch)))
                if len(waiting) > 3 * most:
                    yield from _done(*waiting.popleft(), progress)
            while waiting:
                yield from _done(*waiting.popleft(), progress)
        except BrokenProcessPool as error:
            raise ArchiveError("A process that checked articles died; perhaps memory ran out.") from error
        finally:
            # Not without waiting: Python then closes a pipe that a thread of the pool writes to when it ends.
            pool.shutdown(cancel_futures=True)


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    while batch := list(islice(items, BATCH)):
        yield batch


def _done(future: Future[list[Result]], count: int, progress: Callable[[int], None]) -> list[Result]:
    found = future.result()
    progress(count)
    return found


def _begin(start: Callable[[], Work[Item, Result]]) -> None:
    _work.append(start())


def _do(batch: list[Item]) -> list[Any]:
    return [result for item in batch for result in _work[0](item)]
