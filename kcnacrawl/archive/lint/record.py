"""One record held against every rule that it alone can break."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from kcnacrawl.archive.lint import http
from kcnacrawl.archive.lint.blocks import fields_flaws
from kcnacrawl.archive.lint.digests import MalformedDigestError, UnknownDigestError, agrees
from kcnacrawl.archive.lint.finding import shown
from kcnacrawl.archive.lint.heads import Head, find_head, read_head, read_odd_head
from kcnacrawl.archive.lint.layout import Layout, layout_of, places
from kcnacrawl.archive.lint.members import Data
from kcnacrawl.archive.lint.tables import CONTENT_TYPES, PROFILES, TRUNCATED

Level = Literal["error", "note"]
Tell = Callable[[str, Level], None]
"""Is told of each flaw: a clause and how bad it is."""

RECORD_END = b"\r\n\r\n"
_BARE = ("warcinfo", "metadata", "revisit")


@dataclass(slots=True)
class Parts:
    """A record taken apart."""

    data: Data
    head: Head
    layout: Layout
    kind: str
    ours: bool
    start: int
    """Where the block begins in the data."""

    end: int
    """Where it ends."""

    next: int
    """Where the next record would begin."""

    flaws: list[str]
    """Clauses on how the header and the end of the record are written."""

    def get(self, name: str) -> bytes:
        """The first value of a field, by its name in lower case; empty when absent."""
        place = self.layout.at.get(name)
        return b"" if place is None else self.head.values[place]

    @property
    def id(self) -> bytes:
        return self.get("warc-record-id")

    @property
    def uri(self) -> bytes:
        """Target URI without the angle brackets of WARC/1.0; empty when absent."""
        return self.get("warc-target-uri").strip(b"<>")

    def block(self) -> memoryview:
        """A view of the block; must be gone before the file is closed."""
        return memoryview(self.data)[self.start : self.end]


class LostRecordError(Exception):
    """A record has no end that could be found; the message is a clause."""


def take_apart(data: Data, start: int, *, ours: bool, whole: bool) -> Parts:
    """The record that begins at *start*, and every flaw of how its header is written.

    :param whole: the data is this record and nothing else, as in a gzip member
    :raises LostRecordError: when it has no header, or no length
    """
    if data[start : start + 5] != b"WARC/":
        raise LostRecordError("it does not begin as a WARC record does")
    found = find_head(data, start)
    if found is None:
        raise LostRecordError("its header does not end")
    text = bytes(data[start : found[0]])
    head = read_head(text)
    flaws: list[str] = []
    if head is None:
        odd: list[tuple[str, bool]] = []
        head = read_odd_head(text, odd)
        flaws += [clause for clause, broken in odd if broken or ours]
    at = places(head.names)
    kind = head.values[at["warc-type"]].decode("latin-1") if "warc-type" in at else ""
    layout = layout_of(head.names, kind, ours=ours, old=head.version != b"WARC/1.1")
    parts = Parts(data, head, layout, kind, ours, found[1], found[1], found[1], flaws)
    length = parts.get("content-length")
    if not (length.isdigit() and len(length) < 19):
        if not whole:
            raise LostRecordError("its header has no Content-Length that is a number")
        parts.end = max(found[1], len(data) - len(RECORD_END))
        parts.next = len(data)
        return parts
    parts.end = found[1] + int(length)
    _find_end(parts, whole=whole)
    return parts


def _find_end(parts: Parts, *, whole: bool) -> None:
    data, end = parts.data, parts.end
    if not whole and end > len(data):
        raise LostRecordError("the file ends inside it")
    if data[end : end + 4] == RECORD_END and (not whole or end + 4 == len(data)):
        parts.next = end + 4
        return
    said = parts.end - parts.start
    there = len(data) - parts.start - (4 if data[-4:] == RECORD_END else 0)
    if whole:
        if said == there:
            parts.flaws.append("its block is not followed by two line ends")
        else:
            parts.flaws.append(f"its Content-Length is {said}, but its block has {there} bytes")
        parts.end = min(end, parts.start + there)
        parts.next = len(data)
        return
    parts.flaws.append(f"its block of {said} bytes is not followed by two line ends")
    while data[parts.end : parts.end + 1] in (b"\r", b"\n") and data[end : end + 1]:
        end += 1
        if data[end : end + 1] not in (b"\r", b"\n"):
            break
    parts.next = end


def check_record(parts: Parts, tell: Tell) -> http.Message | None:
    """Tell every flaw of a record's fields and block; the HTTP message in it, when it is one."""
    for clause in (*parts.flaws, *parts.layout.errors):
        tell(clause, "error")
    for clause in parts.layout.notes:
        tell(clause, "note")
    values = parts.head.values
    names = parts.head.names
    for place, check, clause in parts.layout.checks:
        if not check(values[place]):
            tell(f"its {shown(names[place])} {shown(values[place])!r} {clause}", "error")
    for clause, level in _field_flaws(parts):
        tell(clause, level)
    message = _message(parts)
    if message is not None:
        for clause in message.errors:
            tell(clause, "error")
        for clause in message.notes:
            tell(clause, "note")
    elif parts.get("content-type").startswith(b"application/warc-fields"):
        for clause in fields_flaws(parts.block()):
            tell(clause, "error" if parts.ours else "note")
    _check_digests(parts, message, tell)
    return message


def _field_flaws(parts: Parts) -> Iterator[tuple[str, Level]]:
    kind, truncated = parts.kind, parts.get("warc-truncated")
    if truncated and truncated not in TRUNCATED:
        yield f"its WARC-Truncated {shown(truncated)!r} is none of the known reasons", "error" if parts.ours else "note"
    content_type = parts.get("content-type")
    if parts.start == parts.end:
        if kind == "revisit" and content_type and parts.ours:
            yield "it has a Content-Type, but no block", "error"
    elif not content_type:
        if not parts.ours or kind == "revisit":
            yield "its block is not empty, but it has no Content-Type", "error" if parts.ours else "note"
    elif kind in CONTENT_TYPES and _plain(content_type) != CONTENT_TYPES[kind] and (parts.ours or _is_http(parts)):
        yield (
            (
                f"its Content-Type is {shown(content_type)!r}, but that of a {kind} record is "
                f"{CONTENT_TYPES[kind].decode()!r}"
            ),
            "error" if parts.ours else "note",
        )
    if kind == "revisit":
        yield from _revisit_flaws(parts)


def _revisit_flaws(parts: Parts) -> Iterator[tuple[str, Level]]:
    profile = parts.get("warc-profile")
    name = PROFILES.get(profile)
    empty = parts.start == parts.end
    if profile and name is None:
        yield f"its WARC-Profile {shown(profile)!r} is none that is known", "error" if parts.ours else "note"
    elif profile and b"/1.1/" not in profile and parts.head.version == b"WARC/1.1":
        yield "its WARC-Profile is that of WARC/1.0", "error" if parts.ours else "note"
    if name == "identical-payload-digest":
        if "warc-payload-digest" not in parts.layout.at and not parts.ours:
            yield "it has no WARC-Payload-Digest, which its profile asks for", "error"
        if parts.ours and parts.get("warc-truncated") != b"length":
            yield "its body was left out, but it has no WARC-Truncated: length", "error"
        if parts.ours and empty:
            yield "it has no block; the response header belongs there", "error"
    if name == "server-not-modified" and parts.ours and not empty:
        yield "its block is not empty, so that replay shows a blank page", "error"
    for field in ("WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date"):
        if not parts.ours and field.lower() not in parts.layout.at:
            yield f"it has no {field}, so that not every tool finds the original", "note"


def _is_http(parts: Parts) -> bool:
    return parts.kind not in ("response", "request") or parts.uri[:7].lower() in (b"http://", b"https:/")


def _plain(content_type: bytes) -> bytes:
    return content_type.lower().replace(b" ", b"").replace(b'"', b"").partition(b";charset")[0]


def _message(parts: Parts) -> http.Message | None:
    if parts.start == parts.end or "warc-segment-number" in parts.layout.at:
        return None
    content_type = parts.get("content-type")
    if content_type[:16].lower() != b"application/http":
        return None
    if parts.kind == "request":
        return http.read_request(parts.data, parts.start, parts.end)
    return http.read_response(
        parts.data,
        parts.start,
        parts.end,
        ours=parts.ours,
        truncated="warc-truncated" in parts.layout.at,
        revisit=parts.kind == "revisit",
    )


def _check_digests(parts: Parts, message: http.Message | None, tell: Tell) -> None:
    block = parts.block()
    if noted := parts.get("warc-block-digest"):
        _check_digest("WARC-Block-Digest", noted, block, tell)
    noted = parts.get("warc-payload-digest")
    if not noted or parts.kind in _BARE or "warc-segment-number" in parts.layout.at:
        return
    if message is None:
        _check_digest("WARC-Payload-Digest", noted, block, tell)
        return
    stored = block[message.body - parts.start :]
    if message.payload is None:
        _check_digest("WARC-Payload-Digest", noted, stored, tell)
    elif _is_digest_of(noted, stored):
        tell("its WARC-Payload-Digest is that of the body with its chunks, not of the payload", "note")
    else:
        _check_digest("WARC-Payload-Digest", noted, message.payload, tell)


def _is_digest_of(noted: bytes, data: memoryview) -> bool:
    try:
        return agrees(noted, data)
    except (MalformedDigestError, UnknownDigestError):
        return False


def _check_digest(name: str, noted: bytes, data: bytes | memoryview, tell: Tell) -> None:
    try:
        if not agrees(noted, data):
            tell(f"its {name} is not that of its bytes", "error")
    except UnknownDigestError as error:
        tell(f"its {name} cannot be checked: the algorithm {shown(str(error), 20)!r} is not known", "note")
    except MalformedDigestError:
        tell(f"its {name} {shown(noted)!r} is no digest of its algorithm", "error")
