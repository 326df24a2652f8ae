"""Who wrote a WARC file, by its first record."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.reader import iter_records
from kcnacrawl.archive.record import read_fields

ARGUMENTS = "arguments"
"""Name of the ``warcinfo`` field that holds the arguments of the spider."""


class Written(NamedTuple):
    """What a ``warcinfo`` record says; empty what it does not."""

    date: str = ""
    """Its ``WARC-Date``."""

    run: str = ""
    crawl: str = ""
    arguments: str = ""
    """A JSON object."""


def read_written(path: Path) -> Written:
    """
    :raises ArchiveError: when the file, or its first record, cannot be read
    """
    first = next(iter_records(path), None)
    if first is None or first.type != "warcinfo":
        return Written()
    fields = read_fields(first.block)
    # Runs name files.
    run = fields.get("run", "")
    return Written(
        first.get("WARC-Date") or "",
        run if Path(run).name == run else "",
        fields.get("crawl", ""),
        fields.get(ARGUMENTS, ""),
    )


def who_wrote(path: Path) -> Written:
    """The same, with nothing known of a file that cannot be read: told by whoever needs its records."""
    try:
        return read_written(path)
    except ArchiveError:
        return Written()
