"""What the run that wrote a WARC file was asked for, from its ``warcinfo`` record."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from datetime import date
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.written import read_written, who_wrote
from kcnacrawl.arguments import ArgumentError, Arguments, parse_arguments


def read_arguments(path: Path) -> Arguments:
    """The spider arguments noted in a file; those of a crawl of everything when it notes none, as foreign files do."""
    return _parse(who_wrote(path).arguments)


def files_of(crawls: Collection[str], paths: Iterable[Path], lost: Callable[[ArchiveError], object]) -> list[Path]:
    """Those of some WARC files that crawls wrote, by their first records.

    :param lost: is told of files whose first record cannot be read, and of crawls that wrote none of the files
    """
    found = {}
    for path in paths:
        try:
            name = read_written(path).crawl
        except ArchiveError as error:
            lost(error)
            continue
        if name in crawls:
            found[path] = name
    for name in crawls:
        if name not in found.values():
            lost(ArchiveError(f"None of the WARC files is of crawl {name}; accounts of runs name theirs."))
    return list(found)


def _parse(value: str) -> Arguments:
    try:
        given = json.loads(value)
        return parse_arguments(given, date.max.replace(year=9998)) if isinstance(given, dict) else Arguments()
    except (ValueError, ArgumentError):
        return Arguments()
