"""What a WARC file says about itself: whose crawl it belongs to, and how its run ended."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.reader import iter_records
from kcnacrawl.archive.record import read_fields
from kcnacrawl.archive.writer import CRAWL_URN
from kcnacrawl.archive.written import ARGUMENTS
from kcnacrawl.catalog.crawl import canonical

_NAMED = re.compile(r".*-(\d{14})-(\d+)-[^-]*(?:-.*)?\.warc(?:\.gz)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The ``warcinfo`` record of a file, as far as the catalog needs it."""

    name: str
    crawl: str
    run: str
    spider: str
    arguments: str
    number: int
    began: str
    opened: str
    """14 digits: the time in the file's name, or that of its first record."""

    serial: int
    counted: bool
    """False when the file does not say which crawl it is of: it is then taken for a crawl of its own, which is done."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The record with which a run ends."""

    crawl: str
    run: str
    reason: str
    done: bool


def read_heading(path: Path) -> Heading:
    """What the first record of a file says; a file that says nothing is a crawl of its own."""
    name = path.name.removesuffix(OPEN)
    damages: list[ArchiveError] = []
    first = next(iter_records(path, on_damage=damages.append), None)
    said = read_fields(first.block) if first is not None and first.type == "warcinfo" else {}
    date = (first.get("WARC-Date") if first is not None else None) or ""
    found = _NAMED.fullmatch(name)
    stem = name.removesuffix(".gz").removesuffix(".warc")
    counted = bool(said.get("crawl") and said.get("run"))
    return Heading(
        name=name,
        crawl=said["crawl"] if counted else stem,
        run=said["run"] if counted else stem,
        spider=said.get("isPartOf", ""),
        arguments=_arguments(said.get(ARGUMENTS, "{}")),
        number=_number(said.get("run-number", "")) if counted else 0,
        began=said.get("began") or date,
        opened=found[1] if found else re.sub(r"\D", "", date)[:14].ljust(14, "0"),
        serial=int(found[2]) if found else 0,
        counted=counted,
    )


def read_ending(path: Path, start: int) -> Ending | None:
    """How the run ended whose last file this is.

    :param start: where a record begins surely, and not what some body holds: behind the last entry
    """
    ending = None
    for record in iter_records(path, start, on_damage=_ignore):
        if record.type == "metadata" and record.uri.startswith(CRAWL_URN):
            said = read_fields(record.block)
            ending = Ending(
                said.get("crawl", ""), said.get("run", ""), said.get("ended", ""), said.get("done") == "yes"
            )
    return ending


def _arguments(text: str) -> str:
    try:
        given = json.loads(text)
    except ValueError:
        return canonical({})
    return canonical(given if isinstance(given, dict) else {})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _ignore(error: ArchiveError) -> None:
    """Damage is told when the entries of the file are read."""
