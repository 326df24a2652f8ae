"""Looks captures up in a sorted index by binary search: a plain one, or ZipNum."""

from __future__ import annotations

import json
import os
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.surt import surt

NEAR = 4096
"""Bytes that are rather read from end to end."""


class Line(NamedTuple):
    """One line of an index."""

    key: str
    timestamp: str
    """14 digits."""

    fields: dict[str, str]
    """``url``, ``mime``, ``status``, ``digest``, ``length``, ``offset``, ``filename``; those that the record has."""


def find(index: Path, url: str) -> Iterator[Line]:
    """The captures of an address, oldest first.

    :param index: ``index.cdxj``, or ``index.idx`` with its blocks beside it
    :raises ArchiveError: when the index cannot be read
    """
    return find_prefix(index, surt(url) + " ")


def find_prefix(index: Path, prefix: str) -> Iterator[Line]:
    """The lines that begin with *prefix*, in order: ``kp,kcna)/`` for a site, ``kp,`` for a country.

    :param index: ``index.cdxj``, or ``index.idx`` with its blocks beside it
    :raises ArchiveError: when the index cannot be read
    """
    wanted = prefix.encode()
    try:
        for line in _lines_from(index, wanted):
            if not line.startswith(wanted):
                return
            yield parse_line(line)
    except (OSError, ValueError, KeyError, zlib.error) as error:
        raise ArchiveError(f"{index} cannot be read: {error}.") from error


def parse_line(line: bytes) -> Line:
    """:raises ValueError: when it is no line of an index"""
    key, timestamp, fields = line.decode().split(" ", 2)
    return Line(key, timestamp, json.loads(fields))


def _lines_from(index: Path, start: bytes) -> Iterator[bytes]:
    """The lines from the first that is not less than *start*."""
    if index.suffix == ".idx":
        yield from _zipnum_lines_from(index, start)
        return
    with index.open("rb") as file:
        file.seek(lower_bound(file, start))
        yield from file


def lower_bound(file: BinaryIO, line: bytes, start: int = 0) -> int:
    """Where the first of sorted lines begins that is not less than *line*.

    :param start: where a line begins; nothing before it is looked at
    """
    low, high = start, file.seek(0, os.SEEK_END)
    # All lines before low are less, all that begin from high on are not.
    while high - low > NEAR:
        middle = (low + high) // 2
        file.seek(middle)
        begin = middle + len(file.readline())
        if begin < high and (found := file.readline()) < line:
            low = begin + len(found)
        else:
            high = middle
    file.seek(low)
    for found in file:
        if found >= line:
            break
        low += len(found)
    return low


def _zipnum_lines_from(idx: Path, start: bytes) -> Iterator[bytes]:
    first, *blocks = idx.read_bytes().splitlines()
    name = json.loads(first.partition(b"{")[1] + first.partition(b"{")[2])["filename"]
    # The last block that begins before the line may hold it, too.
    number = max(0, bisect_left([block.partition(b" {")[0] for block in blocks], start) - 1)
    with idx.with_name(name).open("rb") as file:
        for block in blocks[number:]:
            place = json.loads(b"{" + block.partition(b" {")[2])
            file.seek(place["offset"])
            lines = zlib.decompress(file.read(place["length"]), 31).splitlines(keepends=True)
            yield from lines[bisect_left(lines, start) :]
