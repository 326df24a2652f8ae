"""What an index keeps of a record: made while it is written, or read back from its file, with the same result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.kept import Kept, kept_of, media_type
from kcnacrawl.archive.reader import find_file
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.records import Bytes, Draft
from kcnacrawl.archive.source import OnDamage, Source

KINDS = frozenset({"response", "revisit", "resource"})
"""Types of records that an index has a line for."""

_METHOD = re.compile(rb"[!#-'*+.0-9A-Z^-z|~-]+(?= )")
_CONCURRENT = re.compile(rb"\nwarc-concurrent-to:[ \t]*([^\r\n]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One response, revisit or resource record."""

    warc: str
    """Name of the file, without folder and without ``.open``."""

    offset: int
    length: int
    """Of the record's gzip member in bytes; of the record itself in a file that is not compressed."""

    record_id: str
    """``<urn:uuid:…>``."""

    kind: str
    """``response``, ``revisit`` or ``resource``."""

    profile: str | None = None
    """Of a revisit: ``identical-payload-digest`` or ``server-not-modified``."""

    url: str
    """``WARC-Target-URI``; ``urn:wire:`` and the address for received bytes that are stored as they were."""

    date: str
    """``WARC-Date`` as written."""

    method: str = "GET"
    """Of the concurrent request record; ``GET`` when there is none."""

    status: int | None = None
    """Of the HTTP response; null when the record holds none."""

    mime: str | None = None
    """Media type, lower case, without parameters: of the HTTP response, or of a record that holds none."""

    payload_digest: str | None = None
    payload_size: int = 0
    """Bytes of the payload in this record; 0 for a revisit."""

    whole: bool = True
    """False when the record says that it was cut off. Of a revisit the payload always is, and this is true."""

    etag: str | None = None
    last_modified: str | None = None
    """Validators of the HTTP response, as served."""

    refers_to: str | None = None
    """Of a revisit: id of the record that has the payload."""


def draft_entries(warc: str, offset: int, drafts: Sequence[Draft], lengths: Sequence[int]) -> list[Entry]:
    """The entries of the records of one capture, written one behind the other from *offset*.

    :param lengths: bytes that each record takes in the file
    """
    found = []
    method = "GET"
    for draft, length in zip(drafts, lengths, strict=True):
        if draft.kind in KINDS:
            found.append(_draft_entry(warc, offset, length, draft))
        elif draft.kind == "request":
            method = _method(draft.block[0])
        offset += length
    return _with_method(found, method)


def entries(path: Path, start: int = 0, *, on_damage: OnDamage | None = None) -> Iterator[Entry]:
    """The entries of all records of a file, in order, from *start*, where a record must begin.

    :param on_damage: is told of each damaged record, and reading goes on at the next that begins whole
    :raises ArchiveError: at the first damaged record when there is no *on_damage*; when the file cannot be read
    """
    with Source(find_file(path)) as source:
        if source.is_foreign():
            _refuse(source.path, on_damage)
            return
        yield from entries_between(source, start, len(source.data), on_damage)


def entries_between(source: Source, start: int, end: int, on_damage: OnDamage | None) -> Iterator[Entry]:
    """The entries of the captures that have a record which begins from *start*, where one must, to *end*.

    The last capture is read to its end, so that its last entries may be those that the next part begins with.
    ``source.position`` is where the first record behind *end* begins, once all entries were taken.
    """
    capture = _Capture()
    for record in source.records(start, end, on_damage):
        if not capture.add(record):
            yield from capture.entries()
            capture = _Capture()
            capture.add(record)
    position = source.position
    if position > start:
        for record in source.records(position, len(source.data), lambda error: None):
            if not capture.add(record):
                break
    source.position = position
    yield from capture.entries()


def _refuse(path: Path, on_damage: OnDamage | None) -> None:
    error = ArchiveError(f"{path} is no WARC file with a gzip member for each record; nothing can point into it.")
    if on_damage is None:
        raise error
    on_damage(error)


class _Capture:
    """Collects the records that belong together, until one comes that does not."""

    def __init__(self) -> None:
        self._ids: set[bytes] = set()
        self._named: set[bytes] = set()
        self._found: list[Entry] = []
        self._method = "GET"

    def add(self, record: Record) -> bool:
        """Take a record in, unless it is of another capture."""
        identity = record.id.lower().encode()
        named = _CONCURRENT.findall(record.head.lower())
        if self._ids and identity not in self._named and self._ids.isdisjoint(named):
            return False
        self._ids.add(identity)
        self._named.update(named)
        kind = record.type
        if kind in KINDS:
            self._found.append(_record_entry(record, kind))
        elif kind == "request":
            self._method = _method(record.block)
        return True

    def entries(self) -> list[Entry]:
        """The entries of what was taken in."""
        return _with_method(self._found, self._method)


def _with_method(found: list[Entry], method: str) -> list[Entry]:
    return found if method == "GET" else [replace(entry, method=method) for entry in found]


def _draft_entry(warc: str, offset: int, length: int, draft: Draft) -> Entry:
    fields = dict(draft.fields)
    http = kept_of(draft.block[0] if draft.block else b"") if draft.kind != "resource" else Kept()
    is_revisit = draft.kind == "revisit"
    return Entry(
        warc=warc,
        offset=offset,
        length=length,
        record_id=draft.id,
        kind=draft.kind,
        profile=_profile(fields.get("WARC-Profile")) if is_revisit else None,
        url=fields["WARC-Target-URI"],
        date=fields["WARC-Date"],
        status=http.status,
        mime=http.mime if http.size else media_type(draft.content_type),
        payload_digest=draft.payload_digest,
        payload_size=len(draft.payload) if draft.payload is not None else 0,
        whole=_is_whole(draft.kind, fields.get("WARC-Truncated")),
        etag=http.etag,
        last_modified=http.last_modified,
        refers_to=fields.get("WARC-Refers-To") if is_revisit else None,
    )


def _record_entry(record: Record, kind: str) -> Entry:
    http = kept_of(record.block) if kind != "resource" else Kept()
    is_revisit = kind == "revisit"
    return Entry(
        warc=record.path.name.removesuffix(OPEN),
        offset=record.offset,
        length=record.length,
        record_id=record.id,
        kind=kind,
        profile=_profile(record.get("WARC-Profile")) if is_revisit else None,
        url=record.uri,
        date=record.get("WARC-Date") or "",
        status=http.status,
        mime=http.mime if http.size else media_type(record.get("Content-Type")),
        payload_digest=record.get("WARC-Payload-Digest"),
        payload_size=0 if is_revisit else len(record.block) - http.size,
        whole=_is_whole(kind, record.get("WARC-Truncated")),
        etag=http.etag,
        last_modified=http.last_modified,
        refers_to=record.get("WARC-Refers-To") if is_revisit else None,
    )


def _profile(uri: str | None) -> str | None:
    return uri.rpartition("/")[2] if uri else None


def _is_whole(kind: str, truncated: str | None) -> bool:
    return truncated is None or (kind == "revisit" and truncated == "length")


def _method(block: Bytes) -> str:
    found = _METHOD.match(block)
    return found[0].decode() if found else "GET"
