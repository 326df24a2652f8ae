"""The index of many lists: made from all of them, or with the lines of new ones put in their places."""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from kcnacrawl.archive.cdxj.lookup import lower_bound
from kcnacrawl.archive.cdxj.replacing import replacing
from kcnacrawl.archive.cdxj.sorting import merged, unique
from kcnacrawl.archive.cdxj.zipnum import write_summary, write_zipnum

PLAIN = "index.cdxj"
ZIPNUM = ("index.idx", "index.cdx.gz", "index.summary", "index.loc")
"""The list of blocks, the blocks, and the same list as pywb reads it."""

_STEP = 1 << 18

FEW = 16
"""Putting a line in its place takes as long as merging so many."""


def make_index(path: Path, lists: Sequence[Path]) -> None:
    """Merge sorted lists.

    :raises ArchiveError: when it cannot be written
    """
    with replacing(path) as file:
        file.writelines(merged(lists))


def make_zipnum(folder: Path, lists: Sequence[Path]) -> None:
    """Merge sorted lists into an index in blocks. For a moment its files are not of one piece.

    :raises ArchiveError: when it cannot be written
    """
    idx, blocks, summary, loc = (folder / name for name in ZIPNUM)
    with replacing(idx) as first, replacing(loc) as second, replacing(summary) as third, replacing(blocks) as data:
        written = write_zipnum(merged(lists), data, first, name=blocks.name)
        write_summary(written, blocks.name, third, second)


def add_to_index(path: Path, lists: Sequence[Path]) -> None:
    """Put the lines of sorted lists in their places in an index that does not have them.

    :raises ArchiveError: when it cannot be written
    """
    new = sum(map(_size, lists))
    with replacing(path) as file, path.open("rb") as old:
        if new * FEW >= _size(path):
            file.writelines(unique(heapq.merge(old, merged(lists))))
        else:
            _splice(old, merged(lists), file)


def _splice(old: BinaryIO, lines: Iterator[bytes], file: BinaryIO) -> None:
    done = 0
    for line in lines:
        place = lower_bound(old, line, done)
        _copy(old, done, place, file)
        file.write(line)
        done = place
    _copy(old, done, old.seek(0, os.SEEK_END), file)


def _copy(old: BinaryIO, start: int, end: int, file: BinaryIO) -> None:
    old.seek(start)
    for position in range(start, end, _STEP):
        file.write(old.read(min(_STEP, end - position)))


def _size(path: Path) -> int:
    return path.stat().st_size
