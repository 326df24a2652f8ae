"""Gives back the very bytes that came over the wire, and proves them by the digest noted at capture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kcnacrawl.archive.capture import WIRE_URN
from kcnacrawl.archive.digests import agrees
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.framing import apply_framing
from kcnacrawl.archive.reader import find_record, iter_records
from kcnacrawl.archive.record import Record, read_fields
from kcnacrawl.archive.stored import stored_response
from kcnacrawl.archive.targets import find_original


@dataclass(frozen=True, slots=True)
class Wire:
    """Bytes of one direction of a connection."""

    data: bytes
    redacted: tuple[str, ...]
    """Names of the headers whose values are not in them, because they were never archived."""

    flaw: str | None
    """One sentence on why they are not proven, or null when they are."""


FindOriginal = Callable[[Record], Record]
"""From a revisit record to its original, proven to be the one; raises ArchiveError when it is not there."""


def restore(record: Record, *, request: bool = False, find: FindOriginal = find_original) -> Wire:
    """The bytes received, or with *request* the bytes sent, of the capture that a record belongs to.

    :param find: is asked for the original when the capture is a revisit whose payload is needed
    :raises ArchiveError: when the record has none to give
    """
    capture = list(_capture(_first(record)))
    if request:
        return _sent(capture, record)
    holder = _holder(capture)
    if holder is None:
        raise ArchiveError(
            f"{_name(record)} is a {record.type} record and comes with no bytes received{_why(capture)}."
        )
    return _received(capture, holder, find)


def _first(record: Record) -> Record:
    """The record that a request, metadata record or raw answer was written beside; any other record itself."""
    beside = record.get_all("WARC-Concurrent-To")
    if beside and (record.type in ("request", "metadata") or record.uri.startswith(WIRE_URN)):
        return find_record([record.path], beside[0])
    return record


def _capture(record: Record) -> Iterator[Record]:
    """The record and those written after it that are concurrent to it."""
    yield record
    for other in iter_records(record.path, record.offset + record.length):
        if record.id not in other.get_all("WARC-Concurrent-To"):
            return
        yield other


def _sent(capture: list[Record], record: Record) -> Wire:
    """:param record: the one that was asked about"""
    request = next((other for other in capture if other.type == "request"), None)
    if request is None:
        raise ArchiveError(f"{_name(record)} comes with no request record.")
    return Wire(bytes(request.block), _redacted(capture, "request/"), _block_flaw(request))


def _holder(capture: list[Record]) -> Record | None:
    """The record of a capture from which its received bytes are made; null when none came."""
    record = capture[0]
    if "wireRecord" in _notes(capture) or record.type == "request":
        record = next((other for other in capture if other.uri.startswith(WIRE_URN)), record)
    return record if record.type in ("response", "resource", "revisit") else None


def _why(capture: list[Record]) -> str:
    error = _notes(capture).get("error", "").rstrip(".")
    return f": {error}" if error else ""


def _received(capture: list[Record], holder: Record, find: FindOriginal) -> Wire:
    notes = _notes(capture)
    redacted = _redacted(capture, "response/")
    record = capture[0]
    block = bytes(holder.block)
    if holder.type == "revisit" and block and "not-modified" not in (holder.get("WARC-Profile") or ""):
        # The head is the revisit's own, and proven by its digest; the rest was found to be the payload it names.
        block += _payload(find(holder))
    if "wireFraming" not in notes:
        return Wire(block, redacted, _block_flaw(holder))
    try:
        data = apply_framing(block, notes["wireFraming"])
    except ValueError as error:
        raise ArchiveError(f"{_name(record)} cannot be turned back into the bytes received: {error}.") from error
    proven = agrees(notes.get("wireDigest", "sha256:"), data)
    flaw = None if proven else f"{_name(record)}: the bytes differ from those received, whose digest was noted."
    return Wire(data, redacted, flaw)


def _payload(original: Record) -> bytes:
    response = stored_response(original)
    return response.body if response else b""


def _notes(capture: list[Record]) -> dict[str, str]:
    notes: dict[str, str] = {}
    for record in capture:
        if record.type == "metadata":
            notes |= read_fields(record.block)
    return notes


def _redacted(capture: list[Record], part: str) -> tuple[str, ...]:
    names = _notes(capture).get("redacted", "").split(", ")
    return tuple(name.removeprefix(part) for name in names if name.startswith(part))


def _block_flaw(record: Record) -> str | None:
    noted = record.get("WARC-Block-Digest")
    if noted is None:
        return f"{_name(record)} has no digest noted at capture, so nothing proves its bytes."
    try:
        proven = agrees(noted, record.block)
    except ValueError as error:
        return f"{_name(record)} cannot be proven: {error}."
    return None if proven else f"{_name(record)}: the bytes differ from those received, whose digest was noted."


def _name(record: Record) -> str:
    return f"{Path(record.path).name}: the record at {record.offset} ({record.id})"
