"""Lines of CDXJ: what one means, and what the record it leads to would give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import orjson

from kcnacrawl.archive.cdxj.lines import Indexer
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.reader import find_file
from kcnacrawl.archive.source import Source

_LINE = re.compile(rb"([^ \n]+) ([0-9]{14}|[0-9]{17}) (\{[^\n]*\})\r?\n?")
_OFFSET = re.compile(r"[0-9]{1,18}")


class IndexLine(NamedTuple):
    """One line of an index. They sort by their bytes."""

    text: bytes
    """With its line feed."""

    file: str
    number: int
    """From 1."""


class Meaning(NamedTuple):
    """What a line says, whatever the order of its fields and whatever else it says."""

    key: str
    timestamp: str
    """To the second."""

    url: str
    mime: str
    status: str
    digest: str
    length: str
    offset: str
    filename: str

    def differences(self, true: Meaning) -> Iterator[tuple[str, str, str]]:
        """What is wrong with this one when another is right: name of the field and both values."""
        for name, here, there in zip(self._fields, self, true, strict=True):
            if here != there and (name != "key" or self.url == true.url):
                yield name, here, there


def read_meaning(text: bytes) -> Meaning | None:
    """What a line means; null when it is no line of CDXJ."""
    found = _LINE.fullmatch(text)
    try:
        fields = orjson.loads(found[3]) if found else None
    except orjson.JSONDecodeError:
        return None
    if found is None or not isinstance(fields, dict):
        return None
    values = ["" if (value := fields.get(name)) is None else str(value) for name in Meaning._fields[2:]]
    return Meaning(found[1].decode("utf-8", "replace"), found[2][:14].decode(), *values)


def is_offset(text: str) -> bool:
    """Whether the offset of a line is one."""
    return _OFFSET.fullmatch(text) is not None


def lines_at(path: Path, offset: str) -> list[Meaning]:
    """What the line of the record at an offset would mean, with and without what was posted, if it is to have one.

    :raises ArchiveError: when no record begins there
    """
    if not is_offset(offset):
        raise ArchiveError(f"{offset!r} is no offset.")
    with Source(find_file(path)) as source:
        record = source.record_at(int(offset)) if int(offset) < len(source.data) else None
        if record is None:
            raise ArchiveError(f"{path} has {len(source.data)} bytes; no record begins at {offset}.")
        following = record.offset + record.length
        indexers = [Indexer(source, lambda damage: None, post=post) for post in (True, False)]
        for indexer in indexers:
            indexer.feed(record)
            indexer.finish(source.record_at(following) if following < len(source.data) else None)
        lines = [line for indexer in indexers for line in indexer.lines]
        return [meaning for line in dict.fromkeys(lines) if (meaning := read_meaning(line)) is not None]
