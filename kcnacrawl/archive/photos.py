"""Photographs in an archive: where the bytes of one are, and which picture they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kcnacrawl.archive.entries import Entry
from kcnacrawl.archive.originals import Original, prove
from kcnacrawl.archive.receipts import make_receipt
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.revisits import revisited_response
from kcnacrawl.archive.stored import stored_response
from kcnacrawl.items import Receipt
from kcnacrawl.pages.entity import decode_entity
from kcnacrawl.pages.page import PageError
from kcnacrawl.pages.picture import picture_sha256


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was fetched."""

    sha256: str
    """Of its bytes without content codings, in lower-case hexadecimal."""

    receipt: Receipt


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


def read_picture(entry: Entry, folder: Path) -> Picture | None:
    """The picture that an index points to, read back and proven; null when it is not there as it was."""
    whole = read_whole(entry, folder)
    return picture_of(whole.record) if whole is not None else None


def read_whole(entry: Entry, folder: Path) -> Whole | None:
    """The file that an index points to, read back and proven; null when it is not there as it was."""
    if entry.payload_digest is None:
        return None
    original = Original(
        warc=entry.warc,
        offset=entry.offset,
        length=entry.length,
        record_id=entry.record_id,
        url=entry.url,
        date=entry.date,
        payload_digest=entry.payload_digest,
    )
    record = prove(original, folder)
    return _whole(record) if record is not None else None


def _whole(record: Record, revisit: Record | None = None) -> Whole | None:
    response = stored_response(record) if revisit is None else revisited_response(revisit, record)
    if response is None or response.status != 200 or record.get("WARC-Truncated") is not None:
        return None
    try:
        body = decode_entity(response.body, ",".join(response.headers("content-encoding")))
    except PageError:
        return None
    return Whole(body, response.header("content-type"), record)
