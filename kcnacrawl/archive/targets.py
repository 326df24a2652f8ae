"""Finds the originals of revisits: one look at the beginning of each record of a folder, bodies left compressed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.foreign import iter_foreign
from kcnacrawl.archive.mapped import files_in
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.revisits import Place, read_original, refers_to
from kcnacrawl.archive.source import Source

_PEEK = 1 << 10
_HEAD_MAX = 1 << 16
_ID = re.compile(rb"(?i)\nwarc-record-id:[ \t]*(<[^>\r\n]+>)")
_REFERS_TO = re.compile(rb"(?i)\nwarc-refers-to:[ \t]*(<[^>\r\n]+>)")
_REVISIT = re.compile(rb"(?i)\nwarc-type:[ \t]*revisit")
_INSTANT = re.compile(r"-(\d{14})-")


def find_original(revisit: Record) -> Record:
    """The original of one revisit, looked for in the folder of its file.

    :raises ArchiveError: when it is not there, or is not what the revisit means
    """
    wanted = refers_to(revisit)
    files = _likely_first(warc_files(revisit.path.parent), revisit.get("WARC-Refers-To-Date") or "")
    return read_original(revisit, find_places({wanted}, files).get(wanted))


def warc_files(folder: Path) -> list[Path]:
    """All WARC files of a folder, open ones too, in order of their names."""
    return sorted(path for path in files_in(folder) if ".warc" in path.name)


def find_places(wanted: Iterable[str], files: Iterable[Path]) -> dict[str, Place]:
    """Where the records with these ids are. Files are looked at in their order until all were found.

    Bytes that only look like a record, in the body of another, may be among the places.
    """
    missing = {identity.encode() for identity in wanted if identity}
    places: dict[str, Place] = {}
    for path in files:
        if not missing:
            break
        for offset, head in record_heads(path):
            found = _ID.search(head)
            if found is not None and found[1] in missing:
                missing.discard(found[1])
                places[found[1].decode()] = Place(path, offset)
    return places


def find_targets(path: Path, start: int = 0) -> Iterator[tuple[int, str]]:
    """Offset of each revisit record of a file from *start*, and the id it refers to; look-alikes are among them."""
    for offset, head in record_heads(path, start):
        if _REVISIT.search(head) and (target := _REFERS_TO.search(head)):
            yield offset, target[1].decode()


def record_heads(path: Path, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """Offset of each record of a file, and its header. Damage is passed over; a file that cannot be read has none."""
    try:
        with Source(path) as source:
            if not source.is_foreign():
                yield from _heads(source, start)
                return
        for record in iter_foreign(path):
            yield record.offset, record.head
    except ArchiveError:
        return


def _heads(source: Source, start: int) -> Iterator[tuple[int, bytes]]:
    position = source.next_start(start)
    while position < len(source.data):
        head = _begin(source, position, _PEEK)
        if b"\r\n\r\n" not in head:
            head = _begin(source, position, _HEAD_MAX)
        yield position, head.partition(b"\r\n\r\n")[0]
        position = source.next_start(position + 1)


def _begin(source: Source, offset: int, size: int) -> bytes:
    data = source.data[offset : offset + size + 512]
    if not source.is_gzip:
        return data
    try:
        return zlib.decompressobj(31).decompress(data, size)
    except zlib.error:
        return b""


def _likely_first(files: list[Path], date: str) -> list[Path]:
    """The file that was being written at that instant first, if names tell; older ones next, younger ones last."""
    instant = re.sub(r"\D", "", date)[:14]

    def distance(path: Path) -> tuple[bool, str]:
        began = _INSTANT.search(path.name)
        return (began is not None and began[1] <= instant, began[1] if began else "")

    return sorted(files, key=distance, reverse=True)
