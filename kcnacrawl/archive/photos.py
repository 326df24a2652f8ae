"""Photographs in an archive: where the bytes of one are, and which picture they are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kcnacrawl.archive.entries import Entry
from kcnacrawl.archive.errors import ArchiveError, ExhaustedError
from kcnacrawl.archive.originals import original_of, prove
from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.receipts import make_receipt
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.revisits import refers_to, revisited_response
from kcnacrawl.archive.stored import StoredResponse, stored_response
from kcnacrawl.items import Receipt
from kcnacrawl.pages.entity import decode_entity
from kcnacrawl.pages.page import PageError
from kcnacrawl.pages.picture import picture_sha256
from kcnacrawl.pages.requisites import resolve
from kcnacrawl.urls import target_uri

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was fetched."""

    sha256: str
    """Of its bytes without content codings, in lower-case hexadecimal."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Moved:
    """A redirect in place of a picture."""

    url: str | None
    """Where to, as in ``WARC-Target-URI``; null when that is no web address."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole answer to a request for a file, read back."""

    body: bytes
    """Without content codings."""

    content_type: str
    record: Record


def picture_of(record: Record, revisit: Record | None = None) -> Picture | None:
    """The picture in a response record; null when it holds none, or not the whole of it.

    :param revisit: the record of the fetch that is meant, when it is one that refers to *record*
    """
    whole = _whole(record, revisit)
    digest = picture_sha256(whole.body, whole.content_type) if whole is not None else None
    return Picture(digest, make_receipt(record, revisit)) if digest is not None else None


def moved_to(status: int, location: str, url: str) -> Moved | None:
    """The redirect that an answer is, or null when it is none.

    :param location: the ``Location`` header, a character for each of its bytes
    :param url: the address that was asked
    """
    if status not in _REDIRECTS or not location:
        return None
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    target = resolve(location, url)
    return Moved(target_uri(target) if target is not None else None)


def answer_of(record: Record, revisit: Record | None = None) -> Picture | Moved | None:
    """The picture in a response record, or where it redirects to; null when it is neither.

    :param revisit: the record of the fetch that is meant, when it is one that refers to *record*
    """
    response = _response(record, revisit)
    moved = moved_to(response.status, response.header("location"), (revisit or record).uri) if response else None
    return moved or picture_of(record, revisit)


def read_answer(entry: Entry, folder: Path, find: Callable[[str], Entry | None]) -> Picture | Moved | None:
    """The same of a capture that an index points to, read back and proven; null, too, when it is not there as it was.

    :param find: gives the entry of a record id, for originals of revisits
    :raises ExhaustedError: when it cannot be told, as no file could be read
    """
    if entry.kind != "revisit":
        record = prove(original_of(entry), folder)
        return answer_of(record) if record is not None else None
    try:
        revisit = read_record(folder / entry.warc, entry.offset)
    except ExhaustedError:
        raise
    except ArchiveError:
        return None
    held = find(refers_to(revisit)) if revisit.id == entry.record_id else None
    original = prove(original_of(held), folder) if held is not None else None
    return answer_of(original, revisit) if original is not None else None


def read_whole(entry: Entry, folder: Path) -> Whole | None:
    """The file that an index points to, read back and proven; null when it is not there as it was.

    :raises ExhaustedError: when it cannot be told, as no file could be read
    """
    record = prove(original_of(entry), folder)
    return _whole(record) if record is not None else None


def _response(record: Record, revisit: Record | None) -> StoredResponse | None:
    return stored_response(record) if revisit is None else revisited_response(revisit, record)


def _whole(record: Record, revisit: Record | None = None) -> Whole | None:
    response = _response(record, revisit)
    if response is None or response.status != 200 or record.get("WARC-Truncated") is not None:
        return None
    try:
        body = decode_entity(response.body, ",".join(response.headers("content-encoding")))
    except PageError:
        return None
    return Whole(body, response.header("content-type"), record)
