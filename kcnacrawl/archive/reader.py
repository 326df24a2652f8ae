"""Reads WARC files, our own and others', record by record, with the place of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.foreign import iter_foreign
from kcnacrawl.archive.mapped import closed_since, is_there
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.source import OnDamage, Source

__all__ = ["Record", "find_file", "find_record", "iter_records", "read_record"]


def find_file(path: Path) -> Path:
    """The file itself or, while it is being written and after a kill, the same under its ``.open`` name.

    One that had this name, and was closed since, is found as well.

    :raises ArchiveError: when there is neither
    """
    if path.is_dir():
        raise ArchiveError(f"{path} is a folder; name a file.")
    for candidate in (path, path.with_name(path.name + OPEN)):
        if is_there(candidate):
            return candidate
    if (closed := closed_since(path)) is not None:
        return closed
    raise ArchiveError(f"{path} does not exist.")


def read_record(path: Path, offset: int) -> Record:
    """The record that begins at *offset*.

    :raises ArchiveError: when no whole one does; the sentence names file and offset
    """
    with Source(find_file(path)) as source:
        if not 0 <= offset < len(source.data):
            raise ArchiveError(f"{source.path} has {len(source.data)} bytes; no record begins at {offset}.")
        if not source.may_begin(offset):
            raise ArchiveError(f"{source.path}: no record begins at {offset}.")
        return source.record_at(offset)


def iter_records(path: Path, start: int = 0, *, on_damage: OnDamage | None = None) -> Iterator[Record]:
    """All records of a file, in order, from *start*, where one must begin.

    :param on_damage: is told of each damaged record, and reading goes on at the next that begins whole
    :raises ArchiveError: at the first damaged record, when there is no *on_damage*
    """
    with Source(find_file(path)) as source:
        if not source.is_foreign():
            yield from source.records(start, len(source.data), on_damage)
            return
    try:
        yield from iter_foreign(source.path)
    except ArchiveError as error:
        if on_damage is None:
            raise
        on_damage(error)


def find_record(paths: Iterable[Path], record_id: str) -> Record:
    """The record with this id, in whichever of the files it is.

    :raises ArchiveError: when none of them has it
    """
    wanted = f"<{record_id.strip('<>')}>"
    damages: list[ArchiveError] = []
    for path in paths:
        for record in iter_records(path, on_damage=damages.append):
            if record.id == wanted:
                return record
    damaged = f" {len(damages)} damaged records could not be looked at." if damages else ""
    raise ArchiveError(f"No record has the id {wanted}.{damaged}")
