"""Bytes as received whose parts stand in records that were not read one after the other: put together at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lint.wire import wire_flaw
from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.record import read_fields
from kcnacrawl.archive.stored import stored_response
from kcnacrawl.archive.workers import reading_pool

ALONE = 256
"""Tasks that one process does quicker than several can be started."""

Place = tuple[Path, int]


class Task(NamedTuple):
    """Where the parts are."""

    metadata: Place
    holder: Place
    """The response, the revisit, or the record that holds the bytes as they came."""

    original: Place | None = None
    """Of a revisit whose payload belongs to the bytes."""


def wire_flaws(tasks: Sequence[Task], processes: int | None) -> Iterator[str | None]:
    """A clause for each task, or null when the bytes are as noted or a record cannot be read."""
    if len(tasks) < ALONE or processes == 1:
        yield from map(_flaw, tasks)
        return
    with reading_pool(processes) as pool:
        yield from pool.map(_flaw, tasks, chunksize=64)


def _flaw(task: Task) -> str | None:
    try:
        notes = read_fields(read_record(*task.metadata).block)
        block = bytes(read_record(*task.holder).block)
        if task.original is not None:
            response = stored_response(read_record(*task.original))
            block += response.body if response else b""
    except ArchiveError:
        return None  # a damaged record has its own finding
    return wire_flaw(block, notes)
