"""Which captures are revisits: whether a response says nothing that an original, proven to be there, does not say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.originals import Original, Originals, prove, prove_response
from kcnacrawl.archive.records import Draft
from kcnacrawl.archive.redact import without_userinfo
from kcnacrawl.archive.stored import StoredResponse, stored_head
from kcnacrawl.archive.wire import Response, header_spans
from kcnacrawl.urls import target_uri

Profile = Literal["identical-payload-digest", "server-not-modified"]

SHOWN_BY = ("content-type", "content-encoding", "content-range", "location", "refresh")
"""Headers in which a revisit must agree with its original: some replay tools take all of them from the original."""


class Revisited(NamedTuple):
    """What a revisit record says."""

    profile: Profile
    original: Original


Plan = Callable[[Exchange, Response, str], Revisited | None]
"""From an exchange, its response and the digest of its payload: the revisit to write, or null for a response."""


def store(exchange: Exchange, response: Response, payload_digest: str) -> None:
    """The plan of an archive without revisits."""


class Dedup:
    """Makes the plan for each exchange of one archive."""

    def __init__(self, folder: Path, originals: Originals | None) -> None:
        """:param originals: null to store every payload again; a 304 we asked for is a revisit all the same"""
        self._folder = folder
        self._originals = originals

    def plan(self, exchange: Exchange, response: Response, payload_digest: str) -> Revisited | None:
        """The revisit to write for a response; null when it has to be stored.

        :raises ExhaustedError: when no file could be read to prove an original
        """
        if exchange.cut or response.truncated:
            return None
        if response.status == 304:
            return self._not_modified(exchange, response)
        if 300 <= response.status < 400:
            return None  # pywb shows the page of a redirect only where its own record has it; there are few of any size
        if self._originals is None or len(response.body) < self._originals.minimum:
            return None
        original = self._originals.find(payload_digest, target_uri(without_userinfo(exchange.url)))
        if original is None or original.payload_digest != payload_digest:
            return None
        proven = prove_response(original, self._folder)
        if proven is None or not _shown_alike(stored_head(response.status, response.head), proven[1]):
            return None
        return Revisited("identical-payload-digest", original)

    def remember(self, exchange: Exchange, draft: Draft, *, warc: str, offset: int, length: int) -> None:
        """Take note of the first record of a capture once it is written; later responses may be revisits to it."""
        if self._originals is None or draft.kind != "response" or exchange.method != "GET":
            return
        fields = dict(draft.fields)
        if draft.payload is None or len(draft.payload) < self._originals.minimum or "WARC-Truncated" in fields:
            return
        assert draft.payload_digest is not None
        self._originals.add(
            Original(
                warc=warc,
                offset=offset,
                length=length,
                record_id=draft.id,
                url=fields["WARC-Target-URI"],
                date=fields["WARC-Date"],
                payload_digest=draft.payload_digest,
            )
        )

    def _not_modified(self, exchange: Exchange, response: Response) -> Revisited | None:
        original = exchange.not_modified
        if original is None or not _means(stored_head(304, response.head), original):
            return None
        _, (body, end) = header_spans(exchange.received, exchange.method)
        if body < end or prove(original, self._folder) is None:
            return None
        return Revisited("server-not-modified", original)


def _shown_alike(head: StoredResponse, original: StoredResponse) -> bool:
    return original.status == head.status and all(original.headers(name) == head.headers(name) for name in SHOWN_BY)


def _means(head: StoredResponse, original: Original) -> bool:
    """Whether a 304 is about the original: its validators, where it has any, are the original's (RFC 9110, 8.8.3.2)."""
    etag, last_modified = head.header("etag"), head.header("last-modified")
    if etag and original.etag:
        return etag.removeprefix("W/") == original.etag.removeprefix("W/")
    return not last_modified or not original.last_modified or last_modified == original.last_modified
