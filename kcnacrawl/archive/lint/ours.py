"""What records of our own say, and records of other programs need not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote_to_bytes

from kcnacrawl.archive.capture import WIRE_URN
from kcnacrawl.archive.lint.blocks import value_of
from kcnacrawl.archive.lint.finding import quoted, shown
from kcnacrawl.archive.lint.http import Message
from kcnacrawl.archive.lint.parts import Parts
from kcnacrawl.archive.loss import MENDED_URN
from kcnacrawl.archive.record import read_fields
from kcnacrawl.archive.records import OCTETS
from kcnacrawl.archive.writer import FORMAT
from kcnacrawl.outcome import UNDONE

CRAWL_URN = b"urn:kcnacrawl:crawl:"

_NOTES = {
    "via": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"]+"),
    "hopsFromSeed": re.compile(r"[A-Z]+"),
    "attempt": re.compile(r"[2-9]|[1-9][0-9]+"),
    "fetchTimeMs": re.compile(r"[0-9]+"),
    "error": re.compile(r".+"),
    "wireFraming": re.compile(r".+"),
    "wireRecord": re.compile(r"<urn:uuid:[0-9a-f-]{36}>"),
    "wireLength": re.compile(r"[0-9]+"),
    "wireDigest": re.compile(r"sha256:[0-9a-f]{64}"),
    "redacted": re.compile(r"[^\s,]+(?:, [^\s,]+)*"),
}
"""Fields of a ``metadata`` record on a capture, and what their values look like."""

_LOSS = {"damaged": re.compile(r"[^/]+\.damaged"), "lostBytes": re.compile(r"[1-9][0-9]*")}
"""Fields of the record that tells what its file lost before it was mended."""

_USUAL = re.compile(
    rb"fetchTimeMs: [0-9]+\r\nwireFraming: [!-~][ -~]*\r\nwireLength: [0-9]+\r\nwireDigest: sha256:[0-9a-f]{64}\r\n"
)
"""What most of these records say."""

_AUTHORITY = re.compile(rb"[a-z][a-z0-9+.-]*://([^/?#]*)", re.IGNORECASE)
_HOST = re.compile(rb"\nhost:[ \t]*([^\r\n]*)")
# For a head in lower case: an expression that ignores case takes four times as long.
_PORTS = {b"http": b":80", b"https": b":443"}


Level = Literal["error", "note"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wrote a file, by its first record."""

    ours: bool
    warcinfo_id: bytes
    crawl: bytes = b""
    run: bytes = b""
    incomplete: frozenset[bytes] = frozenset()
    """Ids of records whose capture lost something before the file was mended."""


def is_ending(parts: Parts) -> bool:
    """Whether the record tells how a run ended."""
    return parts.kind == "metadata" and parts.uri.startswith(CRAWL_URN)


def is_loss(parts: Parts) -> bool:
    """Whether the record tells what its file lost before it was mended."""
    return parts.kind == "metadata" and parts.uri.startswith(MENDED_URN.encode())


def our_flaws(parts: Parts, message: Message | None, origin: Origin) -> Iterator[tuple[str, Level]]:
    """Clauses on a record that is not the first of its file, and how bad it is."""
    if is_ending(parts):
        yield from ((clause, "error") for clause in _end_flaws(parts, origin))
    elif is_loss(parts):
        yield from ((clause, "error") for clause in _loss_flaws(parts))
    elif parts.kind == "metadata":
        yield from _notes_flaws(parts)
    elif parts.kind != "warcinfo":
        yield from ((clause, "error") for clause in _field_flaws(parts, message))


def warcinfo_flaws(parts: Parts) -> Iterator[str]:
    """Clauses on the record that opens a file."""
    block = parts.block()
    for name, value in FORMAT.items():
        found = value_of(block, name.encode())
        if not found:
            yield f"its block has no field {name}"
        elif found != value.encode():
            yield f"its field {name} is {quoted(found)}, but this program writes {value!r}"


def _end_flaws(parts: Parts, origin: Origin) -> Iterator[str]:
    """Clauses on the record that tells how a run ended."""
    block = parts.block()
    for name in (b"crawl", b"run", b"ended", b"done"):
        if not value_of(block, name):
            yield f"its block has no field {name.decode()}"
    done, crawl, run = (value_of(block, name) for name in (b"done", b"crawl", b"run"))
    if done and done not in (b"yes", b"no"):
        yield f"its field done is {quoted(done)}, neither 'yes' nor 'no'"
    if crawl and CRAWL_URN + crawl != parts.uri:
        yield f"its field crawl is {quoted(crawl)}, but its WARC-Target-URI is {shown(parts.uri)}"
    if done == b"yes" and value_of(block, b"ended").decode("utf-8", "replace") in UNDONE:
        yield f"its field done is 'yes', but a run that ended as {quoted(value_of(block, b'ended'))} was not done"
    for what, said, first in (("crawl", crawl, origin.crawl), ("run", run, origin.run)):
        if said and first and said != first:
            yield f"its field {what} is {quoted(said)}, but that of the file's first record is {quoted(first)}"


def _loss_flaws(parts: Parts) -> Iterator[str]:
    """Clauses on the record that tells what its file lost."""
    fields = read_fields(parts.block())
    for name, form in _LOSS.items():
        if name not in fields:
            yield f"its block has no field {name}"
        elif not form.fullmatch(fields[name]):
            yield f"its field {name} is {quoted(fields[name])}, which this program does not write"


def _notes_flaws(parts: Parts) -> Iterator[tuple[str, Level]]:
    """Clauses on the block of a ``metadata`` record that belongs to a capture."""
    block = bytes(parts.block())
    if _USUAL.fullmatch(block):
        return
    lines = [line.partition(b":")[0].strip().decode("latin-1") for line in block.split(b"\r\n")[:-1]]
    for name in sorted({name for name in lines if lines.count(name) > 1}):
        yield f"its field {shown(name)} stands there {lines.count(name)} times", "error"
    notes = read_fields(block)
    for name, value in notes.items():
        form = _NOTES.get(name)
        if form is None:
            yield f"{shown(name)} is no field of a block that this program knows", "note"
        elif not form.fullmatch(value):
            yield f"its field {name} is {quoted(value)}, which this program does not write", "error"
    if "fetchTimeMs" not in notes:
        yield "its block has no field fetchTimeMs", "error"
    wire = [name for name in ("wireLength", "wireDigest") if name in notes]
    way = [name for name in ("wireFraming", "wireRecord") if name in notes]
    if (wire or way) and (len(wire), len(way)) != (2, 1):
        yield "it does not tell length, digest and framing of the bytes received, but some of these", "error"


def _field_flaws(parts: Parts, message: Message | None) -> Iterator[str]:
    """Clauses on fields and blocks that do not agree with each other."""
    at, kind = parts.layout.at, parts.kind
    if kind == "request" and message is not None:
        yield from _request_flaws(parts, message)
    if kind == "resource" and parts.get("content-type") != OCTETS.encode():
        yield f"its Content-Type is {quoted(parts.get('content-type'))}, but bytes as they came are {OCTETS!r}"
    has_validators = "warc-etag" in at or "warc-last-modified" in at
    if has_validators and not parts.get("warc-profile").endswith(b"/server-not-modified"):
        yield "it has validators, which only a revisit of a page that was not modified has"
    if "warc-protocol" in at or "warc-cipher-suite" in at:
        yield from _layer_flaws(parts)
    if "warc-json-metadata" in at and redacted_in(parts.get("warc-json-metadata")) is None:
        yield "its WARC-JSON-Metadata does not tell what was redacted, which is all that this program writes there"


def redacted_in(value: bytes) -> list[str] | None:
    """What a ``WARC-JSON-Metadata`` of ours says was taken out; null when it is none of ours."""
    try:
        found = json.loads(value)
    except ValueError:
        return None
    names = found.get("redacted") if isinstance(found, dict) and len(found) == 1 else None
    return names if isinstance(names, list) and names and all(isinstance(name, str) for name in names) else None


def _request_flaws(parts: Parts, message: Message) -> Iterator[str]:
    uri = parts.uri
    authority = _AUTHORITY.match(uri)
    if authority is None or not message.method:
        return
    if message.method == b"CONNECT":
        return
    path = uri[authority.end() :]
    path = path if path[:1] == b"/" else b"/" + path
    if message.target[:1] == b"/" and path != message.target and _plain(path) != _plain(message.target):
        yield f"it asks for {shown(message.target)}, but its WARC-Target-URI is {shown(uri)}"
    head = bytes(parts.data[parts.start : message.body])
    if b"\r\nHost: %s\r\n" % authority[1] in head:
        return
    found = _HOST.search(head.lower())
    host, port = found[1].strip() if found else b"", _PORTS.get(uri.partition(b":")[0].lower(), b":")
    if host.removesuffix(port) != authority[1].lower().removesuffix(port):
        yield f"it asks the host {quoted(host)}, but its WARC-Target-URI is {shown(uri)}"


def _plain(path: bytes) -> bytes:
    return unquote_to_bytes(path)


def _layer_flaws(parts: Parts) -> Iterator[str]:
    is_plain = parts.get("warc-protocol").startswith(b"http/") and parts.head.names.count(b"WARC-Protocol") == 1
    if is_plain and parts.uri.startswith(b"http:") and "warc-cipher-suite" not in parts.layout.at:
        return
    names = zip(parts.head.names, parts.head.values, strict=True)
    protocols = [value for name, value in names if name.lower() == b"warc-protocol"]
    secure = any(protocol.startswith((b"tls/", b"ssl/")) for protocol in protocols)
    uri = parts.uri.removeprefix(WIRE_URN.encode())
    if secure != (uri[:6].lower() == b"https:"):
        yield f"its WARC-Protocol {'names' if secure else 'does not name'} TLS, but its address is {shown(uri)}"
    if "warc-cipher-suite" in parts.layout.at and not secure:
        yield "it has a WARC-Cipher-Suite, but no WARC-Protocol that names TLS"
