"""What the run that wrote a WARC file was asked for, from its ``warcinfo`` record."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.reader import iter_records
from kcnacrawl.arguments import ArgumentError, Arguments, parse_arguments

FIELD = "arguments"
"""Name of the ``warcinfo`` field: a JSON object of spider arguments."""


def read_arguments(path: Path) -> Arguments:
    """The spider arguments noted in a file; those of a crawl of everything when it notes none, as foreign files do."""
    try:
        first = next(iter_records(path), None)
    except ArchiveError:
        return Arguments()
    if first is None or first.type != "warcinfo":
        return Arguments()
    for line in bytes(first.block).decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == FIELD:
            return _parse(value)
    return Arguments()


def _parse(value: str) -> Arguments:
    try:
        given = json.loads(value)
        return parse_arguments(given, date.max.replace(year=9998)) if isinstance(given, dict) else Arguments()
    except (ValueError, ArgumentError):
        return Arguments()
