"""WARC files that are compressed in other ways than a gzip member for each record; read by FastWARC."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fastwarc.warc import ArchiveIterator

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.record import Record


def iter_foreign(path: Path) -> Iterator[Record]:
    """All records of the file. Their offsets do not lead back to them; lengths are zero.

    :raises ArchiveError: when the file is not a WARC file or is damaged
    """
    position = 0
    try:
        for found in ArchiveIterator(str(path), parse_http=False):
            position = found.stream_pos
            block = found.reader.read()
            if len(block) < found.content_length:
                raise ArchiveError(f"{path}: the file ends inside its last record.")
            lines = [f"{name}: {value}" for name, value in found.headers.items()]
            yield Record(path, position, 0, "\r\n".join([found.headers.status_line or "", *lines]).encode(), block)
    except OSError as error:
        raise ArchiveError(f"{path} is not a WARC file, or is damaged near {position}: {error}.") from error
