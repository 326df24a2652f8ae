"""One exchange as the WARC records that tell it: response or revisit, request, and metadata if there is more to say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address

from kcnacrawl.archive.dedup import Plan, Revisited, store
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.exchange import Cut, Exchange
from kcnacrawl.archive.framing import whole_framing
from kcnacrawl.archive.records import (
    HTTP_REQUEST,
    HTTP_RESPONSE,
    OCTETS,
    WARC_FIELDS,
    Draft,
    digest,
    warc_date,
    warc_fields,
)
from kcnacrawl.archive.redact import Redaction, without_userinfo
from kcnacrawl.archive.stored import stored_head
from kcnacrawl.archive.wire import NotHttpError, Response, parse_response
from kcnacrawl.urls import target_uri

WIRE_URN = "urn:wire:"
"""Target URI of a record that holds received bytes as they were: this and the address asked for."""

PROFILES = "http://netpreserve.org/warc/1.1/revisit/"
"""What the names of revisit profiles begin with."""

_HEAD_END = re.compile(rb"\n\r?\n")
_COMPRESSED = re.compile(
    rb"\ncontent-encoding[ \t]*:[ \t]*(?!identity)[a-z]"
    rb"|\ncontent-type[ \t]*:[ \t]*(?:image/(?!svg|bmp)|video/|audio/|font/woff|application/(?:zip|gzip|x-gzip|pdf))"
)


@dataclass(slots=True)
class _Records:
    """Collects the records of one capture; the first is the one the others are concurrent to."""

    exchange: Exchange
    warcinfo_id: str
    new_id: Callable[[], str]
    redacted: tuple[str, ...]
    uri: str
    date: str
    drafts: list[Draft]

    def add(self, kind: str, content_type: str, block: tuple[bytes | bytearray | memoryview, ...], uri: str) -> Draft:
        """A record of *kind* with the fields that all records of the capture share."""
        draft = Draft(kind=kind, id=self.new_id(), fields=[], content_type=content_type, block=block)
        fields = draft.fields
        fields.append(("WARC-Date", self.date))
        if uri:
            fields.append(("WARC-Target-URI", uri))
        if self.drafts:
            fields.append(("WARC-Concurrent-To", self.drafts[0].id))
        if self.exchange.ip:
            fields.append(("WARC-IP-Address", _address(self.exchange.ip)))
        if not self.drafts:
            fields += [("WARC-Protocol", protocol) for protocol in self.exchange.protocols]
            if self.exchange.cipher:
                fields.append(("WARC-Cipher-Suite", self.exchange.cipher))
        fields.append(("WARC-Warcinfo-ID", self.warcinfo_id))
        self.drafts.append(draft)
        return draft

    def name_others(self) -> None:
        """Let a response or revisit name the records that follow it, so that a capture cut off in writing shows."""
        first, *others = self.drafts
        if first.kind in ("response", "revisit"):
            first.fields += [("WARC-Concurrent-To", other.id) for other in others]


def make_records(
    exchange: Exchange, *, warcinfo_id: str, redaction: Redaction, new_id: Callable[[], str], plan: Plan = store
) -> list[Draft]:
    """The records of one exchange, the one that the others are concurrent to first.

    That is the response when the received bytes hold one, or the revisit in its place; else the request, else whatever
    there is.

    :param plan: tells which responses become revisits
    :raises ArchiveError: when a value cannot stand in a WARC field
    """
    sent, out_of_request = redaction.of_request(exchange.sent)
    received, out_of_response = redaction.of_response(
        exchange.received, exchange.method, hide_set_cookie=exchange.hide_set_cookie
    )
    uri = target_uri(without_userinfo(exchange.url))
    redacted = out_of_request + out_of_response + (("uri/userinfo",) if _has_userinfo(exchange.url) else ())
    records = _Records(exchange, warcinfo_id, new_id, redacted, uri, warc_date(exchange.started), [])
    notes: list[tuple[str, str]] = []
    try:
        response = parse_response(received, exchange.method) if received else None
    except NotHttpError as error:
        _add_request(records, sent, out_of_request)
        _add_raw(records, received, exchange.cut or error.truncated)
        notes.append(("error", exchange.error or str(error)))
    else:
        if response is not None:
            _add_answer(records, response, out_of_response, plan)
        _add_request(records, sent, out_of_request)
        notes += _failure(exchange, response) + _wire_notes(records, response, received)
    _add_metadata(records, notes)
    records.name_others()
    return records.drafts


def _add_answer(records: _Records, response: Response, redacted: tuple[str, ...], plan: Plan) -> None:
    payload_digest = digest((response.body,))
    revisited = plan(records.exchange, response, payload_digest)
    if revisited is not None:
        _add_revisit(records, response, redacted, revisited)
        return
    draft = records.add("response", HTTP_RESPONSE, (response.head, response.body), records.uri)
    draft.payload, draft.payload_digest = response.body, payload_digest
    draft.compressed = _COMPRESSED.search(response.head.lower()) is not None
    _mark(draft, records.exchange.cut or response.truncated, redacted)


def _add_revisit(records: _Records, response: Response, redacted: tuple[str, ...], revisited: Revisited) -> None:
    original, unmodified = revisited.original, revisited.profile == "server-not-modified"
    content_type, block = ("", ()) if unmodified else (HTTP_RESPONSE, (response.head,))
    draft = records.add("revisit", content_type, block, records.uri)
    draft.payload_digest, draft.original = original.payload_digest, original
    draft.fields += [
        ("WARC-Profile", PROFILES + revisited.profile),
        ("WARC-Refers-To", original.record_id),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", original.date),
    ]
    if unmodified:
        head = stored_head(response.status, response.head)
        validators = {
            "WARC-Etag": head.header("etag") or original.etag,
            "WARC-Last-Modified": head.header("last-modified") or original.last_modified,
        }
        draft.fields += [(name, value) for name, value in validators.items() if value]
    _mark(draft, None if unmodified else "length", redacted)


def _add_request(records: _Records, sent: bytes, redacted: tuple[str, ...]) -> None:
    if not sent:
        return
    draft = records.add("request", HTTP_REQUEST, (sent,), records.uri)
    head = _HEAD_END.search(sent)
    if head and head.end() < len(sent):
        draft.payload = memoryview(sent)[head.end() :]
    _mark(draft, None, redacted)


def _add_raw(records: _Records, received: bytes, cut: Cut | None) -> Draft:
    draft = records.add("resource", OCTETS, (received,), WIRE_URN + records.uri)
    draft.payload = received
    _mark(draft, cut, ())
    return draft


def _mark(draft: Draft, cut: Cut | None, redacted: tuple[str, ...]) -> None:
    if cut:
        draft.fields.append(("WARC-Truncated", cut))
    if redacted:
        draft.fields.append(("WARC-JSON-Metadata", json.dumps({"redacted": redacted})))


def _failure(exchange: Exchange, response: Response | None) -> list[tuple[str, str]]:
    error = exchange.error or (response.flaw if response else "No byte of a response came.")
    return [("error", error)] if error else []


def _wire_notes(records: _Records, response: Response | None, received: bytes) -> list[tuple[str, str]]:
    """How to get the received bytes back, when the stored block is not just these."""
    if response is None:
        return []
    # The block of a server-not-modified revisit is empty: none of the received bytes is in it.
    elsewhere = not records.drafts[0].content_type
    if response.as_received and not elsewhere:
        return []
    notes = [("wireLength", str(len(received))), ("wireDigest", digest((received,)))]
    framing = whole_framing(received) if elsewhere else response.framing
    if framing is not None:
        return [("wireFraming", framing), *notes]
    return [("wireRecord", _add_raw(records, received, records.exchange.cut).id), *notes]


def _add_metadata(records: _Records, notes: list[tuple[str, str]]) -> None:
    exchange = records.exchange
    # What led to a redirected or an embedded file stands nowhere else.
    retold = exchange.attempt > 1 or "R" in exchange.hops or "E" in exchange.hops
    if not (notes or records.redacted or retold):
        return
    fields = [("via", target_uri(without_userinfo(exchange.via)))] if exchange.via else []
    fields += [("hopsFromSeed", exchange.hops)] if exchange.hops else []
    fields += [("attempt", str(exchange.attempt))] if exchange.attempt > 1 else []
    fields.append(("fetchTimeMs", str(exchange.duration_ms)))
    fields += [(name, _one_line(value)) for name, value in notes]
    fields += [("redacted", ", ".join(records.redacted))] if records.redacted else []
    # The page's own address only where no other record has it: nobody may take this record for the page.
    records.add("metadata", WARC_FIELDS, (warc_fields(fields),), "" if records.drafts else records.uri)


def _one_line(text: str) -> str:
    return " ".join(without_userinfo(text).split())


def _has_userinfo(url: str) -> bool:
    return without_userinfo(url) != url


@lru_cache
def _address(ip: str) -> str:
    try:
        return ip_address(ip.partition("%")[0]).compressed
    except ValueError as error:
        raise ArchiveError(f"{ip!r} is not an IP address.") from error
