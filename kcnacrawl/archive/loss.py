"""What a file lost before it was mended: a record at its end says so, wherever the file goes.

A record that is whole is kept also when another one of its capture was damaged. It then names a record that nobody has;
the ids of all of these are listed, and those of records that lack one which they need not name. So what is taken out of
the file later is still missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.named import CLOSED, files_in
from kcnacrawl.archive.record import Record, read_fields
from kcnacrawl.archive.records import WARC_FIELDS, Draft, warc_date, warc_fields
from kcnacrawl.archive.revisits import Place
from kcnacrawl.archive.source import Source
from kcnacrawl.archive.survey import TOLD_BY_METADATA
from kcnacrawl.archive.targets import find_places
from kcnacrawl.archive.writer import new_id

MENDED_URN = "urn:kcnacrawl:mended:"
"""Target URI of the record: this and the name of the file."""

GZIP = b"\x1f\x8b\x08"

_ID = re.compile(rb"<urn:uuid:[0-9a-f-]{36}>")


def loss_record(name: str, whole: Path, damaged: str, lost_bytes: int) -> Draft:
    """The record that is to close a mended file.

    :param name: of the file
    :param whole: holds the records that were kept
    :param damaged: name of the file as it was
    """
    with Source(whole) as source:
        warcinfo, lost, incomplete = _missing(source.records(0, len(source.data), None), _others(name, whole.parent))
    said = [
        ("WARC-Date", warc_date(datetime.now(UTC))),
        ("WARC-Target-URI", MENDED_URN + name),
        ("WARC-Warcinfo-ID", warcinfo),
    ]
    listed = (("lost", lost), ("incomplete", incomplete))
    fields = [("damaged", damaged), ("lostBytes", str(lost_bytes))]
    fields += [(field, " ".join(ids)) for field, ids in listed if ids]
    return Draft(kind="metadata", id=new_id(), fields=said, content_type=WARC_FIELDS, block=(warc_fields(fields),))


def read_loss(path: Path) -> Record | None:
    """The record of this kind that closes a WARC file with a gzip member for each record; null when none does.

    :raises ArchiveError: when the file cannot be opened
    """
    with Source(path) as source:
        start = len(source.data)
        while source.is_gzip and (start := source.data.rfind(GZIP, 0, start)) >= 0:
            with suppress(ArchiveError):
                record = source.record_at(start)
                is_last = start + record.length == len(source.data)
                is_loss = record.type == "metadata" and record.uri.startswith(MENDED_URN)
                return record if is_last and is_loss else None
    return None


def lost_ids(block: bytes | memoryview) -> list[bytes]:
    """The ids of lost records that the block of such a record lists."""
    return _ID.findall(read_fields(block).get("lost", "").encode())


def incomplete_ids(block: bytes | memoryview) -> list[bytes]:
    """The ids of records whose capture lacks one that none of them names."""
    return _ID.findall(read_fields(block).get("incomplete", "").encode())


def _others(name: str, folder: Path) -> list[Path]:
    """The WARC files beside one that is being mended."""
    paths = files_in(folder, (*CLOSED, *(ending + OPEN for ending in CLOSED)))
    return [path for path in paths if path.name.removesuffix(OPEN) != name]


def _missing(records: Iterable[Record], others: Sequence[Path]) -> tuple[str, list[str], list[str]]:
    """Id of the first record, the ids that records name and none has, and those of records that lack one unnamed.

    :param others: files in which originals of revisits may be
    """
    there: dict[str, None] = {}
    beside: dict[str, None] = {}
    originals: dict[str, None] = {}
    untold: dict[str, None] = {}
    for record in records:
        there[record.id] = None
        named = list(_named(record))
        beside |= dict.fromkeys(named)
        if record.type in TOLD_BY_METADATA and not named:
            untold[record.id] = None
        elif record.type == "metadata":
            for one in named:
                untold.pop(one, None)
        if record.type == "revisit" and (original := record.get("WARC-Refers-To")):
            originals[original] = None
    gone = [one for one in originals if one not in there]
    found = [one for one, place in find_places(gone, others).items() if _is_whole(place)] if gone else []
    lost = [one for one in beside if one not in there] + [one for one in gone if one not in found]
    return next(iter(there)), list(dict.fromkeys(lost)), list(untold)


def _is_whole(place: Place) -> bool:
    """Whether a record is more than its head: damaged as well, it is lost when its own file is mended."""
    with suppress(ArchiveError), Source(place.path) as source:
        return bool(source.record_at(place.offset))
    return False


def _named(record: Record) -> Iterator[str]:
    """The records of its capture that a record names."""
    yield from record.get_all("WARC-Concurrent-To")
    if record.type == "metadata" and (raw := read_fields(record.block).get("wireRecord")):
        yield raw
