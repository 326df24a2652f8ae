"""One record held against every rule that it alone can break."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from kcnacrawl.archive.lint import http
from kcnacrawl.archive.lint.blocks import fields_flaws
from kcnacrawl.archive.lint.digests import MalformedDigestError, UnknownDigestError, agrees
from kcnacrawl.archive.lint.finding import quoted, shown
from kcnacrawl.archive.lint.parts import Parts
from kcnacrawl.archive.lint.tables import CONTENT_TYPES, PROFILES, TRUNCATED

Level = Literal["error", "note"]
Tell = Callable[[str, Level], None]
"""Is told of each flaw: a clause and how bad it is."""

_BARE = ("warcinfo", "metadata", "revisit")


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
            tell(f"its {shown(names[place])} {quoted(values[place])} {clause}", "error")
    for clause, level in _field_flaws(parts):
        tell(clause, level)
    message = _message(parts)
    if message is not None:
        if not parts.ours and message.target[:1] == b"/" and not parts.uri.endswith(message.target):
            message.notes.append(f"it asks for {shown(message.target)}, which its WARC-Target-URI does not end with")
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
        yield f"its WARC-Truncated {quoted(truncated)} is none of the known reasons", "error" if parts.ours else "note"
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
                f"its Content-Type is {quoted(content_type)}, but that of a {kind} record is "
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
        yield f"its WARC-Profile {quoted(profile)} is none that is known", "error" if parts.ours else "note"
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
    if parts.kind not in ("response", "revisit"):
        return None
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
        tell(f"its {name} cannot be checked: the algorithm {quoted(str(error), 20)} is not known", "note")
    except MalformedDigestError:
        tell(f"its {name} {quoted(noted)} is no digest of its algorithm", "error")
