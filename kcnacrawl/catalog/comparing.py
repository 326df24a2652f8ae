"""Comparing a catalog with the bytes it is an index of: every row leads to its record, every record has its row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.catalog.differences import CHANGED, find_differences, told_gone
from kcnacrawl.catalog.heading import read_heading
from kcnacrawl.catalog.indexing import Progress
from kcnacrawl.catalog.lookups import File, Lookups
from kcnacrawl.catalog.reading import read_parts
from kcnacrawl.catalog.rows import is_sound, unpack_id
from kcnacrawl.counted import counted

REMEDY = "run `scrapy catalog rebuild`"
GONE = "bring it back from a copy, or, if it was removed on purpose, run `scrapy catalog rebuild`"
UPDATE = "if `scrapy verify` finds nothing wrong with it, run `scrapy catalog update`"


class Comparison:
    """Counts what was compared, while findings are given one sentence at a time."""

    def __init__(self, catalog: Lookups, folder: Path) -> None:
        self.catalog = catalog
        self.folder = folder
        self.files = 0
        self.captures = 0
        """Rows and records that agree."""

    def findings(self, progress: Progress) -> Iterator[str]:
        """What does not hold. Files that are being written are left out, as are those that are told of as a whole."""
        differences = find_differences(self.catalog, self.folder)
        if not self.folder.exists() and (missing := differences.missed + differences.gone):
            yield told_gone(self.folder, missing)
            return
        changed = dict(differences.changed)
        present: list[File] = []
        for file in self.catalog.files():
            is_open = (self.folder / (file.name + OPEN)).is_file()  # asked first: it may be closed at any moment
            if file.gone or not (self.folder / file.name).is_file():
                if not is_open:
                    yield f"{self.folder / file.name}: is gone, and {_leading(file.captures or 0)} into it; {GONE}."
            elif file in changed:
                place = self.folder / file.name
                yield f"{place}: has {changed[file]} bytes and had {file.size} when it was indexed; {CHANGED}."
            elif file.size is not None:
                present.append(file)
        for name in differences.new:
            yield f"{self.folder / name}: is not in the catalog; {UPDATE}."
        self.files = len(present)
        yield from self._compare([file for file in present if file.size], progress)

    def _compare(self, files: list[File], progress: Progress) -> Iterator[str]:
        paths = [self.folder / file.name for file in files]
        total = sum(file.size or 0 for file in files)
        read = 0
        rows: Iterator[Any] = iter(())
        number = -1
        for part in read_parts(paths, [0] * len(paths)) if paths else ():
            if part.number != number:
                yield from (self._no_record(paths[number], row) for row in rows)
                number = part.number
                yield from self._whose(files[number], paths[number])
                rows = _Ahead(self.catalog.rows_of(files[number].name))
            for row, url in part.rows:
                yield from self._match(paths[number], row, url, rows)
            read += part.size
            progress(read, total)
        yield from (self._no_record(paths[number], row) for row in rows)

    def _whose(self, file: File, path: Path) -> Iterator[str]:
        try:
            said = read_heading(path)
        except ArchiveError as error:
            yield str(error)
            return
        if (said.crawl, said.run) != (file.crawl, file.run):
            yield f"{path}: is of crawl {said.crawl}, run {said.run}; its row says {file.crawl}, {file.run}; {REMEDY}."

    def _match(self, path: Path, row: Any, url: str, rows: Any) -> Iterator[str]:
        while (held := rows.peek()) is not None and held[1] < row[1]:
            yield self._no_record(path, next(rows))
        place = f"{path}: the record at {row[1]}, {unpack_id(row[3])},"
        if held is None or held[1] != row[1]:
            yield f"{place} has no row; {REMEDY}."
            return
        next(rows)
        if not is_sound(held[:-2]):
            yield f"{place} has a damaged row; {REMEDY}."
        elif _said(held) != (*row[1:5], *row[6:-1], url):
            yield f"{place} differs from its row; {REMEDY}."
        else:
            self.captures += 1

    def _no_record(self, path: Path, row: Any) -> str:
        return (
            f"{path}: no whole record begins at {row[1]}, where a row leads; "
            "if `scrapy verify` finds the file damaged, bring it back from a copy, else run `scrapy catalog rebuild`."
        )


def _leading(rows: int) -> str:
    return f"{counted(rows, 'row')} {'leads' if rows == 1 else 'lead'}"


class _Ahead:
    """An iterator that shows its next item before it gives it."""

    def __init__(self, items: Iterator[Any]) -> None:
        self._items = items
        self._next: Any = next(items, None)

    def __iter__(self) -> _Ahead:
        return self

    def __next__(self) -> Any:
        if self._next is None:
            raise StopIteration
        given, self._next = self._next, next(self._items, None)
        return given

    def peek(self) -> Any:
        """The next item, or null at the end."""
        return self._next


def _said(held: Any) -> tuple[Any, ...]:
    """What a row says of its record, without the keys of file and address."""
    row = tuple(held[:-2])
    return (*row[1:5], *row[6:-1], held[-1])
