"""Storing what is in WARC files: whose they are, what they hold, how their runs ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from kcnacrawl.archive.entries import Entry
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.catalog.filing import Filing
from kcnacrawl.catalog.heading import Heading, read_ending, read_heading
from kcnacrawl.catalog.order import in_order, new_keys
from kcnacrawl.catalog.reading import Part, Row, read_parts, read_rest

AT_ONCE = 2_000
"""Rows stored in one transaction, at least."""

Progress = Callable[[int, int], None]
"""Is told of bytes read, and of how many there are."""


def index_files(catalog: Filing, paths: Sequence[Path], progress: Progress) -> None:
    """Store closed files that the catalog knows nothing of. One that cannot be read is told of and left out."""
    new = {heading.name: heading for heading in _headings(catalog, paths)}
    if not new:
        return
    known = catalog.file_keys()
    beside = [path for name in known if (path := paths[0].parent / name).is_file()]
    ordered = in_order([*_headings(catalog, beside), *new.values()])
    keys = new_keys([heading.name for heading in ordered], known)
    for heading in ordered:
        if heading.name in keys:
            catalog.register(heading, keys[heading.name])
    found = [paths[0].parent / name for name in keys]
    total = sum(path.stat().st_size for path in found)
    read = 0
    for number, parts in groupby(read_parts(found, list(keys.values())), key=lambda part: part.number):
        end = 0
        for part in _in_batches(catalog, parts):
            read += part.size
            end = _end(part, end)
            progress(read, total)
        _finish(catalog, found[number], end)


def index_rest(catalog: Filing, path: Path, last: Entry | None) -> None:
    """Store what a closed file holds behind its last entry that is stored."""
    start = last.offset + last.length if last is not None else 0
    rest = read_rest(path, catalog.file_keys()[path.name], start)
    list(_in_batches(catalog, [rest]))
    # How its run says it ended does not count: it did not live to tell the catalog, so its last step may have failed.
    catalog.close_file(path.name, path.stat().st_size)


def _in_batches(catalog: Filing, parts: Iterable[Part]) -> Iterator[Part]:
    rows: list[tuple[Row, str]] = []
    for part in parts:
        for damage in part.damages:
            catalog.notify(damage)
        rows += part.rows
        if len(rows) >= AT_ONCE:
            catalog.add_rows(rows)
            rows = []
        yield part
    catalog.add_rows(rows)


def _end(part: Part, end: int) -> int:
    return part.rows[-1][0][1] + part.rows[-1][0][2] if part.rows else end


def _finish(catalog: Filing, path: Path, end: int) -> None:
    ending = read_ending(path, end)
    if ending is not None:
        catalog.end_run(ending.crawl, ending.run, ending.reason, ending.done)
    catalog.close_file(path.name, path.stat().st_size)


def _headings(catalog: Filing, paths: Iterable[Path]) -> Iterator[Heading]:
    for path in paths:
        try:
            if path.stat().st_size == 0:
                raise ArchiveError(f"{path} is empty.")
            yield read_heading(path)
        except ArchiveError as error:
            catalog.notify(str(error))
