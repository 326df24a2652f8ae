"""Revisit records with the originals they refer to: together they are one response."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from kcnacrawl.archive.digests import agrees
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.stored import StoredResponse, stored_head, stored_response


class Place(NamedTuple):
    """Where a record is."""

    path: Path
    offset: int


class NoOriginalError(ArchiveError):
    """The original of a revisit is in none of the files at hand."""

    def __init__(self, sentence: str, date: str) -> None:
        super().__init__(sentence)
        self.date = date
        """When the original was captured, as the revisit says; empty when it does not."""


def refers_to(revisit: Record) -> str:
    """``<urn:uuid:…>`` of the original; empty when the record does not say."""
    return revisit.get("WARC-Refers-To") or ""


def read_original(revisit: Record, place: Place | None) -> Record:
    """The original of a revisit, proven to be what the revisit refers to.

    :param place: where it is; null when it was not found
    :raises NoOriginalError: when it is not there; the sentence names both records
    :raises ArchiveError: when it cannot be read, or is another
    """
    if place is None:
        sentence = f"{described(revisit)}, which is in no WARC file of {revisit.path.parent}."
        raise NoOriginalError(sentence, revisit.get("WARC-Refers-To-Date") or "")
    try:
        original = read_record(*place)
    except ArchiveError as error:
        raise ArchiveError(f"{described(revisit)}, which cannot be read: {error}") from error
    if (flaw := disagreement(revisit, original)) is not None:
        raise ArchiveError(f"{described(revisit)}, but {flaw}")
    return original


def described(revisit: Record) -> str:
    """The beginning of a sentence about a revisit and its original."""
    where = f"{revisit.path}: the revisit record at {revisit.offset} ({revisit.id})"
    return f"{where} refers to {refers_to(revisit) or 'no record id'}"


def disagreement(revisit: Record, original: Record) -> str | None:
    """In which way a record is not the original that a revisit means, or null when it is; the end of a sentence."""
    if original.type != "response":
        return f"that record is a {original.type}."
    said = (
        ("id", refers_to(revisit), original.id),
        ("address", revisit.get("WARC-Refers-To-Target-URI"), original.uri),
        ("date", revisit.get("WARC-Refers-To-Date"), original.get("WARC-Date")),
        ("payload digest", revisit.get("WARC-Payload-Digest"), original.get("WARC-Payload-Digest")),
    )
    for name, meant, found in said:
        if meant is not None and meant != found:
            return f"the {name} there is {found}, not {meant}."
    response = stored_response(original)
    noted = revisit.get("WARC-Payload-Digest")
    try:
        if response is None or (noted is not None and not agrees(noted, response.body)):
            return "the payload there has another digest: it was changed since the capture."
    except ValueError as error:
        return f"the payload there cannot be proven: {error}."
    return None


def revisited_response(revisit: Record, original: Record) -> StoredResponse | None:
    """The response that a revisit stands for: its own head if it has one, and the body of the original."""
    whole = stored_response(original)
    own = stored_response(revisit)
    # The head of a 304 says nothing about the page; other writers may have stored it.
    if whole is None or own is None or own.status == 304:
        return whole
    response = stored_head(own.status, own.head)
    response.body = whole.body
    return response
