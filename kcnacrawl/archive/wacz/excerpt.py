"""WARC files put together for a package from captures of others, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.members import gzip_member
from kcnacrawl.archive.records import make_warcinfo, warc_date
from kcnacrawl.archive.wacz.scratch import Place, Scratch
from kcnacrawl.archive.wacz.selection import FileInfo
from kcnacrawl.archive.wacz.zipping import EntryWriter
from kcnacrawl.archive.writer import FORMAT, new_id

STEP = 1 << 20
"""Bytes that are copied at a time."""


def copy_range(
    path: Path, start: int, end: int, out: EntryWriter, progress: Callable[[int], None] = lambda size: None
) -> None:
    """Copy bytes of a file.

    :param progress: is told of each part that is copied
    :raises ArchiveError: when the file cannot be read, or is shorter
    """
    try:
        with path.open("rb") as file:
            _copy(file, path, start, end, out, progress)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror}.") from error


def _copy(file: BinaryIO, path: Path, start: int, end: int, out: EntryWriter, progress: Callable[[int], None]) -> None:
    file.seek(start)
    while start < end:
        data = file.read(min(STEP, end - start))
        if not data:
            raise ArchiveError(f"{path} became shorter while it was being packaged.")
        out.write(data)
        start += len(data)
        progress(len(data))


class Excerpt:
    """One file of excerpts being written.

    It begins with a ``warcinfo`` record of its own, whose ``WARC-Filename`` is its name and which says where the
    rest is from. Then comes, for each file it takes captures from, the ``warcinfo`` record that they name, and they.
    A ``warcinfo`` record holds for those that follow it, to the next one; its ``WARC-Filename`` stays that of the file
    it was written to, as it does when WARC files are joined end to end.
    """

    def __init__(self, name: str, out: EntryWriter, instant: datetime, info: dict[str, str]) -> None:
        self._out = out
        draft = make_warcinfo(
            record_id=new_id(), date=warc_date(instant), filename=name, info={**FORMAT, **info}.items()
        )
        for piece in gzip_member(draft, 6):
            out.write(bytes(piece))

    def add(
        self,
        scratch: Scratch,
        source: FileInfo,
        places: Iterator[Place],
        target: int,
        progress: Callable[[int], None] = lambda size: None,
    ) -> None:
        """Copy captures of one file, and note where they went.

        :param target: number of the file in the package
        """
        infos = iter(warcinfos(scratch, places))
        try:
            with source.path.open("rb") as file:
                for place in infos:
                    at = self._out.entry.size
                    _copy(file, source.path, place.start, place.end, self._out, progress)
                    scratch.run("UPDATE capture SET target = ?, at = ? WHERE number = ?", target, at, place.number)
        except OSError as error:
            raise ArchiveError(f"{source.path} cannot be read: {error.strerror}.") from error


def warcinfos(scratch: Scratch, places: Iterator[Place]) -> Iterator[Place]:
    """Places of captures of one file, each first one behind a ``warcinfo`` record with the place of that before it."""
    query = (
        "SELECT number, file, start, end, offset FROM capture"
        " WHERE file = ? AND start < ? AND kind = 'warcinfo' ORDER BY start DESC LIMIT 1"
    )
    last = -1
    for place in places:
        for info in map(Place._make, scratch.rows(query, place.file, place.start)):
            if info.number != last:
                yield info
            last = info.number
        yield place
