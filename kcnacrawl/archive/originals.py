"""Originals: the response records that revisits refer to, and the proof that one is still there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kcnacrawl.archive.digests import agrees
from kcnacrawl.archive.errors import ArchiveError, ExhaustedError
from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.stored import StoredResponse, stored_response

if TYPE_CHECKING:
    from kcnacrawl.archive.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What is known of a whole response record: where it is, and what it must say to be the one meant."""

    warc: str
    """Name of the WARC file, without folder and without ``.open``."""

    offset: int
    length: int
    """Of the record's gzip member, in bytes."""

    record_id: str
    """``<urn:uuid:…>``."""

    url: str
    """``WARC-Target-URI``."""

    date: str
    """``WARC-Date`` as written."""

    payload_digest: str
    etag: str | None = None
    last_modified: str | None = None
    """Validators of the HTTP response, as served."""


def original_of(entry: Entry) -> Original:
    """The original that an entry of an index is about."""
    return Original(
        warc=entry.warc,
        offset=entry.offset,
        length=entry.length,
        record_id=entry.record_id,
        url=entry.url,
        date=entry.date,
        payload_digest=entry.payload_digest or "",
        etag=entry.etag,
        last_modified=entry.last_modified,
    )


class Originals(Protocol):
    """Knows the payloads stored before."""

    minimum: int
    """Bytes from which a payload is worth a revisit; smaller ones are stored again."""

    def find(self, payload_digest: str, url: str) -> Original | None:
        """A whole GET response with this payload, of the same address if there is one; it may have vanished since."""

    def add(self, original: Original) -> None:
        """Remember a whole GET response that was just written."""


class RunOriginals:
    """Originals of earlier runs, from an index, and this run's own, which the index may not know yet."""

    def __init__(
        self, earlier: Callable[[str, str], Original | None], *, minimum: int = 512, remembered: int = 4096
    ) -> None:
        """
        :param earlier: asks the index, with payload digest and address
        :param minimum: bytes from which a payload is worth a revisit
        :param remembered: how many of this run's own, the latest, are kept in memory (about 600 bytes each)
        """
        self.minimum = minimum
        self._earlier = earlier
        self._remembered = remembered
        self._own: dict[str, Original] = {}

    def find(self, payload_digest: str, url: str) -> Original | None:
        """A response of this run if there is one: the less a file needs others the better."""
        return self._own.get(payload_digest) or self._earlier(payload_digest, url)

    def add(self, original: Original) -> None:
        self._own.pop(original.payload_digest, None)
        self._own[original.payload_digest] = original
        if len(self._own) > self._remembered:
            del self._own[next(iter(self._own))]


def prove(original: Original, folder: Path) -> Record | None:
    """Read an original back: its record, or null when file, record, id, address, date or payload digest disagree.

    :raises ExhaustedError: when it cannot be told, as no file could be read
    """
    proven = prove_response(original, folder)
    return proven[0] if proven is not None else None


def prove_response(original: Original, folder: Path) -> tuple[Record, StoredResponse] | None:
    """The same, with the response that the record holds.

    :raises ExhaustedError: when it cannot be told
    """
    try:
        record = read_record(folder / original.warc, original.offset)
    except ExhaustedError:
        raise
    except ArchiveError:
        return None
    said = (record.type, record.id, record.uri, record.get("WARC-Date"), record.get("WARC-Payload-Digest"))
    meant = ("response", original.record_id, original.url, original.date, original.payload_digest)
    if said != meant or record.length != original.length or record.get("WARC-Truncated") is not None:
        return None
    response = stored_response(record)
    try:
        return (record, response) if response and agrees(original.payload_digest, response.body) else None
    except ValueError:
        return None  # a digest that cannot be computed proves nothing
