"""One line of a package's index held against what its record would give."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from kcnacrawl.archive.cdxj.http import read_head
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lint.digests import MalformedDigestError, UnknownDigestError, agrees, differ
from kcnacrawl.archive.lint.finding import quoted, shown
from kcnacrawl.archive.lint.indexline import Meaning, read_meaning
from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.source import Source
from kcnacrawl.archive.stored import stored_response

_PORT_AND_WWW = re.compile(r"(?:,www[0-9]*)?(?::[0-9]+)?$")
_NOTHING = ("", "-", "unk")
"""What stands in a line where a record says nothing."""


def line_flaws(text: bytes, true: Meaning, path: Path, whole: bytes) -> Iterator[str]:
    """Clauses on what a line says and its record does not; ``{where}`` in them stands for the record.

    :param true: what the record gives
    :param path: of the WARC file
    :param whole: of packages of ours the line that our indexer writes; else empty: other indexers write some things in
        other words, leave them out, or write more
    """
    line = read_meaning(text)
    if line is None:
        return  # told where the form of the index is checked
    for what in ("key", "url", "timestamp", "mime", "status", "digest", "length"):
        here, there = getattr(line, what), getattr(true, what)
        if here == there or (here in _NOTHING and there in _NOTHING):
            continue
        if not whole and _is_said_otherwise(what, line, true, path):
            continue
        yield f"its {what} is {quoted(here)}, but {{where}} gives {quoted(there)}"
    fields = _fields(text)
    yield from _record_digest(fields, true, path)
    for name, here, there in _more(fields, _fields(whole)) if whole else ():
        yield f"its {name} is {quoted(here)}, but {{where}} gives {quoted(there)}"


def milliseconds_flaw(text: bytes, date: str) -> str | None:
    """A clause on a timestamp whose last three of 17 digits are not those of the record's date."""
    stamp = text.split(b" ", 2)[1].decode()
    there = (date.partition(".")[2].rstrip("Zz") + "000")[:3]
    if len(stamp) != 17:
        return f"its timestamp {quoted(stamp)} has no milliseconds, without which revisits are shown wrongly"
    if stamp[14:] != there:
        return f"its timestamp is {quoted(stamp)}, but the milliseconds of {{where}} are {there}"
    return None


def _fields(line: bytes) -> dict[str, Any]:
    fields: dict[str, Any] = orjson.loads(b"{" + line.partition(b" {")[2])
    return fields


def _more(fields: dict[str, Any], true: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Fields that few lines have: what was posted, and what no line of ours has."""
    for name in sorted((fields.keys() | true.keys()) - {*Meaning._fields, "recordDigest"}):
        here, there = fields.get(name, ""), true.get(name, "")
        if here != there:
            yield shown(name), str(here), str(there)


def _is_said_otherwise(what: str, line: Meaning, true: Meaning, path: Path) -> bool:
    """Whether an indexer that is not ours may have put it that way."""
    if getattr(true, what) in _NOTHING:
        return what in ("mime", "status", "digest")
    try:
        if what == "key":
            # Most indexers know nothing of what was posted, and each has its own mind about odd addresses.
            return _host(line.key) == _host(true.key)
        if what == "digest":
            return line.digest == true.digest.partition(":")[2] or _is_digest_of_payload(line, path)
        if what == "mime":
            return line.mime.lower() == true.mime.lower()
        return what == "length" and line.length == str(read_record(path, int(true.offset)).length)
    except ArchiveError:
        return True  # a damaged record has its own finding


def _host(key: str) -> str:
    return _PORT_AND_WWW.sub("", key.partition(")")[0])


def _is_digest_of_payload(line: Meaning, path: Path) -> bool:
    """Whether it is another digest of the same bytes: of the body with or without its chunks, or of the block."""
    record = read_record(path, int(line.offset))
    if record.type == "revisit":
        return not differ(line.digest.encode(), (record.get("WARC-Payload-Digest") or "").encode())
    response = stored_response(record)
    block = bytes(record.block)
    candidates = [block, block[read_head(block).end :], *([response.body] if response else [])]
    try:
        return any(agrees(line.digest.encode(), data) for data in candidates)
    except UnknownDigestError:
        return True
    except MalformedDigestError:
        return False


def _record_digest(fields: Any, true: Meaning, path: Path) -> Iterator[str]:
    """``recordDigest`` is that of the record's bytes as they are in the file."""
    noted = fields.get("recordDigest")
    if noted is None:
        return
    start = int(true.offset)
    with Source(path) as source:
        digest = f"sha256:{hashlib.sha256(source.data[start : start + int(true.length)]).hexdigest()}"
    if noted != digest:
        yield f"its recordDigest is {quoted(str(noted))}, but {{where}} has {quoted(digest)}"
