"""From what a person types to a record: a record id, a file with an offset, or the id of an article."""

from __future__ import annotations

import re
from pathlib import Path

from kcnacrawl.archive.lines import article_files, find_receipt
from kcnacrawl.archive.reader import find_record, read_record
from kcnacrawl.archive.record import Record

_RECORD_ID = re.compile(r"<?urn:uuid:[0-9A-Fa-f-]{36}>?")
_PLACE = re.compile(r"(?P<path>.+\.warc(?:\.gz)?(?:\.open)?):(?P<offset>[0-9]+)")


def locate(what: str, warc_folder: Path, items: Path) -> Record:
    """The record that *what* names.

    :param warc_folder: where to look for a record id, and for a file named without folder
    :param items: JSON Lines file, or folder of them, to look for the id of an article
    :raises ArchiveError: when there is no such record
    """
    if _RECORD_ID.fullmatch(what):
        return find_record(sorted(warc_folder.glob("*.warc*")), what)
    if place := _PLACE.fullmatch(what):
        return read_record(_path(place["path"], warc_folder), int(place["offset"]))
    receipt = find_receipt(article_files(items) if items.is_dir() else [items], what)
    return read_record(warc_folder / Path(str(receipt["warc"])).name, int(receipt["offset"]))


def _path(name: str, warc_folder: Path) -> Path:
    path = Path(name)
    return path if path.exists() or path.parent != Path() else warc_folder / name
