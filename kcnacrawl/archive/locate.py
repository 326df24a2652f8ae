"""From what a person types to bytes: by a record id, a file with an offset, or the id of an article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lines import article_files, find_receipts
from kcnacrawl.archive.named import require_folder
from kcnacrawl.archive.reader import find_record, read_record
from kcnacrawl.archive.restore import Wire, restore
from kcnacrawl.archive.targets import warc_files

_RECORD_ID = re.compile(r"<?urn:uuid:[0-9A-Fa-f-]{36}>?")
_PLACE = re.compile(r"(?P<path>.+\.warc(?:\.gz)?(?:\.open)?):(?P<offset>[0-9]+)")

_FILE = re.compile(r".+\.warc(?:\.gz)?(?:\.open)?")


class Located(NamedTuple):
    """Bytes that were found."""

    wire: Wire
    missed: list[str]
    """Sentences on earlier captures of the article that cannot be given back."""


def locate(what: str, warc_folder: Path, items: Path, *, request: bool = False) -> Located:
    """The bytes received, or with *request* those sent, of the record that *what* names.

    Of an article it is the first capture that can be given back; when none can be proven, the first one.

    :param warc_folder: where to look for a record id, and for a file named without folder
    :param items: JSON Lines file, or folder of them, to look for the id of an article
    :raises ArchiveError: when there is none
    """
    missed: list[str] = []
    flawed: Located | None = None
    # An article that came again unchanged leads to the same bytes every night.
    for path, offset in dict.fromkeys(_places(what, warc_folder, items)):
        try:
            wire = restore(read_record(path, offset), request=request)
        except ArchiveError as error:
            if str(error) not in missed:
                missed.append(str(error))
            continue
        if wire.flaw is None:
            return Located(wire, missed)
        flawed = flawed or Located(wire, list(missed))
        missed.append(wire.flaw)
    if flawed is not None:
        return flawed
    raise ArchiveError(missed[0])


def _places(what: str, warc_folder: Path, items: Path) -> Iterator[tuple[Path, int]]:
    if _RECORD_ID.fullmatch(what):
        require_folder(warc_folder)
        record = find_record(warc_files(warc_folder), what)
        yield record.path, record.offset
    elif place := _PLACE.fullmatch(what):
        yield _path(place["path"], warc_folder), int(place["offset"])
    elif _FILE.fullmatch(what):
        where = "the offset stands in the receipt of an article and in an index"
        raise ArchiveError(f"{what} is a WARC file; name one record in it with {what}:OFFSET ({where}).")
    else:
        if not items.exists():
            where = f"there is no {items} to look for it in; --items FILE names another"
            raise ArchiveError(f"{what} is no record id and no FILE:OFFSET, and {where}.")
        require_folder(warc_folder)
        for warc, offset in find_receipts(article_files(items) if items.is_dir() else [items], what):
            yield warc_folder / warc, offset


def _path(name: str, warc_folder: Path) -> Path:
    path = Path(name)
    return path if path.exists() or path.parent != Path() else warc_folder / name
