"""Bringing a catalog into agreement with the WARC files in their folder."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, delete, func, select

from kcnacrawl.archive.entries import Entry, entries
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.catalog import ledger
from kcnacrawl.catalog.catalog import Catalog
from kcnacrawl.catalog.errors import CatalogError
from kcnacrawl.catalog.heading import read_ending, read_heading
from kcnacrawl.catalog.locks import Lock
from kcnacrawl.catalog.schema import captures, files

CHUNK = 2_000
"""Entries stored in one transaction."""


def catch_up(catalog: Catalog, folder: Path, patience: float) -> None:
    """Mend what dead runs left, index what is unknown or changed, note what is gone.

    :raises CatalogError: when that is not possible
    """
    lock = Lock(catalog.path.parent / "locks" / "catching-up.lock")
    try:
        if not lock.exclusive(patience):
            raise CatalogError(f"Process {lock.holder()} is reading the archive; wait for it or stop it.")
        _mend(catalog, folder)
        sizes = {path.name: path.stat().st_size for path in folder.glob("*.warc*") if path.name.endswith(CLOSED)}
        known = {file.name: file for file in catalog.files()}
        for name in sorted(sizes):
            file = known.get(name)
            if file is None or file.size != sizes[name] or file.gone:
                index(catalog, folder / name, sizes[name])
        for file in known.values():
            gone = file.name not in sizes and not (folder / (file.name + OPEN)).exists()
            if gone and not file.gone:
                _note(catalog, file.name, gone=True)
    finally:
        lock.close()


CLOSED = (".warc", ".warc.gz")


def index(catalog: Catalog, path: Path, size: int) -> None:
    """Store the entries of a closed file, those that are not stored yet."""
    heading = read_heading(path)
    with catalog.transaction() as connection:
        crawl = ledger.add_crawl(
            connection,
            id=heading.crawl,
            spider=heading.spider,
            arguments=heading.arguments,
            number=heading.number,
            began=heading.began,
            done=not heading.counted,
        )
        run = ledger.add_run(connection, heading.run, crawl)
        found = connection.execute(select(files).where(files.c.name == heading.name)).one_or_none()
        key = found.key if found is not None else ledger.add_file(connection, heading.name, crawl, run)
        if found is not None and found.size is not None and found.size != size:
            catalog.notify(f"{path} has {size} bytes and had {found.size}; its records are indexed anew.")
            connection.execute(delete(captures).where(captures.c.file == key))
        beyond = captures.c.offset + captures.c.length > size
        connection.execute(delete(captures).where(captures.c.file == key, beyond))
        start = _indexed(connection, key)
    last = _store(catalog, path, start)
    ending = read_ending(path, last) if last is not None else None
    if ending is not None:
        with catalog.transaction() as connection:
            ledger.end_run(connection, ending.crawl, ending.run, ending.reason, ending.done)
    catalog.close_file(heading.name, size)
    _note(catalog, heading.name, gone=False)


def _store(catalog: Catalog, path: Path, start: int) -> Entry | None:
    waiting: list[Entry] = []
    last = None
    for last in entries(path, start, on_damage=lambda error: catalog.notify(str(error))):
        waiting.append(last)
        if len(waiting) >= CHUNK:
            catalog.commit(waiting)
            waiting = []
    catalog.commit(waiting)
    return last


def _indexed(connection: Connection, key: int) -> int:
    end = select(func.max(captures.c.offset + captures.c.length)).where(captures.c.file == key)
    return connection.execute(end).scalar_one() or 0


def _mend(catalog: Catalog, folder: Path) -> None:
    for path in sorted(folder.glob(f"*{OPEN}")):
        from kcnacrawl.archive.locks import is_locked
        from kcnacrawl.archive.mend import mend

        try:
            if not is_locked(path):
                catalog.notify(mend(path).sentence)
        except ArchiveError as error:
            catalog.notify(str(error))


def _note(catalog: Catalog, name: str, *, gone: bool) -> None:
    with catalog.transaction() as connection:
        row = connection.execute(select(files.c.key, files.c.gone).where(files.c.name == name)).one()
        if row.gone != gone:
            ledger.change(connection, files, row.key, gone=gone)
