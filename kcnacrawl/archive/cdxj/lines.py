"""The lines of one WARC file, as cdxj-indexer 1.5 writes them.

Where that tool is wrong this one does otherwise:

* A torn or damaged file is read to the damage and behind it; the tool ends silently or with a traceback, all lines lost.
* A date it cannot read ends it; here offsets, missing parts and leap seconds are understood, and a record without any
  date is told and left out.
* ``application/warc-fields`` with parameters or in other letters is not taken for a page: a later ``metadata`` record of
  that kind would hide the page at its address (see ``post`` for requests other than GET, too).
* An empty ``WARC-Payload-Digest`` is computed like a missing one.
* A record without ``Content-Length`` is damaged.
* ARC files are not read.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path
from typing import NamedTuple

from kcnacrawl.archive.cdxj.http import HttpHead, media_type, read_head
from kcnacrawl.archive.cdxj.timestamp import timestamp
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.reader import iter_records
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.records import WARC_FIELDS
from kcnacrawl.archive.source import OnDamage
from kcnacrawl.archive.surt import surt

INDEXED = frozenset({"response", "revisit", "resource", "metadata"})
"""Types of records that have a line."""

_HTTP = ("http:", "https:")


def index_lines(path: Path, *, on_damage: OnDamage | None = None, post: bool = True) -> Iterator[bytes]:
    """The lines of a file, each with its line feed, in the order of its records.

    :param on_damage: is told of each record that cannot be indexed, and reading goes on
    :param post: keep answers to POST and PUT under keys of their own, as replay tools look for them
    :raises ArchiveError: when the file cannot be read, and at the first damage when there is no *on_damage*
    """
    for record in iter_records(path, on_damage=on_damage):
        if record.type in INDEXED:
            line = index_line(record, on_damage)
            if line is not None:
                yield line


def index_line(record: Record, on_damage: OnDamage | None) -> bytes | None:
    kind = record.type
    content_type = record.get("Content-Type")
    if kind in ("resource", "metadata") and media_type(content_type or "").lower() == WARC_FIELDS:
        return None
    try:
        stamp = timestamp(record.get("WARC-Date") or "")
    except ValueError as error:
        damage = ArchiveError(f"{record.path}: the record at {record.offset} cannot be indexed: {error}.")
        if on_damage is None:
            raise damage from error
        on_damage(damage)
        return None
    url = target(record)
    has_http = kind in ("response", "revisit") and len(record.block) > 0 and (url or "").startswith(_HTTP)
    head = read_head(record.block) if has_http else HttpHead(None, None, 0)
    if kind == "revisit":
        mime: str | None = "warc/revisit"
    elif kind == "response":
        mime = head.mime
    else:
        mime = None if content_type is None else media_type(content_type)
    fields = (
        ("url", url),
        ("mime", mime),
        ("status", head.status),
        (
            "digest",
            record.get("WARC-Payload-Digest") or (None if kind == "revisit" else sha1(record.block[head.end :])),
        ),
        ("length", str(record.length)),
        ("offset", str(record.offset)),
        ("filename", record.path.name.removesuffix(OPEN)),
    )
    shown = ", ".join(f'"{name}": {quoted(value)}' for name, value in fields if value is not None)
    return f"{surt(url or '')} {stamp} {{{shown}}}\n".encode()


def target(record: Record) -> str | None:
    url = record.get("WARC-Target-URI")
    if url is None:
        return None
    if url[:1] == "<" and url[-1:] == ">":
        url = url[1:-1]
    return url.replace(" ", "%20")


def sha1(data: bytes | memoryview) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def sorted_lines(paths: Iterable[Path], *, on_damage: OnDamage | None = None, post: bool = True) -> Iterator[bytes]:
    """The lines of several files, sorted by their bytes as ``LC_ALL=C sort -u`` does."""
    lines = {line for path in paths for line in index_lines(path, on_damage=on_damage, post=post)}
    yield from sorted(lines)
