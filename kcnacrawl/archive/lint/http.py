"""The HTTP message in a block: whether it can be read, and whether its header agrees with what is stored."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kcnacrawl.archive.chunks import take_chunks
from kcnacrawl.archive.lint.finding import quoted
from kcnacrawl.archive.lint.members import Data

MAX_HEAD = 1 << 22

_STATUS_LINE = re.compile(rb"HTTP/[0-9]+\.[0-9]+ ([1-9][0-9]{2})(?: [^\n]*)?\r?\n")
_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([^ \r\n]+) HTTP/[0-9]+\.[0-9]+\r?\n")
# For a head in lower case: an expression that ignores case takes four times as long.
_FRAMING = re.compile(rb"\n(content-length|transfer-encoding|content-encoding)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)")
_CHANGED = re.compile(rb"\nX-Archive-Orig-(?i:transfer-encoding|content-length)[ \t]*:")
_NUMBER = re.compile(rb"[0-9]{1,18}")
_BODYLESS = frozenset({b"204", b"304"})


@dataclass(slots=True)
class Message:
    """A message as far as a checker needs it."""

    body: int
    """Where the body begins in the data; the end of the block when there is none."""

    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    payload: bytes | None = None
    """The body without chunks, when it is stored with them."""

    only_after_head: bool = False
    """True when the body may be absent only if the request was HEAD."""

    method: bytes = b""
    target: bytes = b""
    """Both of a request."""

    status: bytes = b""
    """Of a response; empty when its status line cannot be read."""

    was_changed: bool = False
    """Of a response: whether its head was changed when it was stored."""


def read_response(data: Data, start: int, end: int, *, ours: bool, truncated: bool, revisit: bool = False) -> Message:
    """Look at the response that stands from *start* to *end*.

    :param ours: hold it against the normal form of our own writer
    :param truncated: the record says that something is missing at the end
    :param revisit: the body was left out on purpose
    """
    body = _head_end(data, start, end)
    message = Message(end if body is None else body)
    head = bytes(data[start : message.body])
    status = _STATUS_LINE.match(head)
    if status is None:
        message.errors.append(f"its status line {_first_line(head)} is not one of HTTP/1")
    else:
        message.status = status[1]
    if body is None:
        message.errors.append("the head of the response in it does not end")
    message.was_changed = b"\nX-Archive-Orig-" in head and _CHANGED.search(head) is not None
    if status is None or body is None or revisit:
        return message
    fields: dict[bytes, list[bytes]] = {b"content-length": [], b"transfer-encoding": [], b"content-encoding": []}
    for match in _FRAMING.finditer(head.lower()):
        fields[match[1]].append(match[2].strip())
    bodyless = status[1] in _BODYLESS or status[1] < b"200"
    if fields[b"transfer-encoding"]:
        _check_coding(message, data, end, fields[b"transfer-encoding"], ours=ours, truncated=truncated)
    if not bodyless:
        _check_length(message, end - message.body, fields, ours=ours, truncated=truncated)
    elif ours and end > message.body:
        what = f"a response of status {status[1].decode()} has no body"
        message.errors.append(f"{what}, but {end - message.body} bytes are stored")
    _check_gzip(message, data, end, fields[b"content-encoding"])
    return message


def read_request(data: Data, start: int, end: int) -> Message:
    """Look at the request that stands from *start* to *end*."""
    body = _head_end(data, start, end)
    message = Message(end if body is None else body)
    head = bytes(data[start : min(message.body, start + MAX_HEAD)])
    line = _REQUEST_LINE.match(head)
    if line is None:
        message.errors.append(
            f"its request line {_first_line(data[start : min(end, start + 200)])} is not one of HTTP/1"
        )
    else:
        message.method, message.target = line[1], line[2]
        if body is None:
            message.notes.append("the head of the request in it does not end")
    return message


def _first_line(head: bytes | bytearray) -> str:
    return quoted(bytes(head).partition(b"\n")[0].rstrip(), 40)


def _head_end(data: Data, start: int, end: int) -> int | None:
    # The line before the empty one may end in either way.
    crlf = data.find(b"\n\r\n", start, end)
    bare = data.find(b"\n\n", start, end if crlf < 0 else crlf)
    if bare >= 0:
        return bare + 2
    return crlf + 3 if crlf >= 0 else None


def _check_coding(message: Message, data: Data, end: int, values: list[bytes], *, ours: bool, truncated: bool) -> None:
    if ours:
        message.errors.append("its head has a Transfer-Encoding, but chunks are undone in this archive")
        return
    if b",".join(values).rpartition(b",")[2].strip() != b"chunked":
        return
    chunks = take_chunks(bytes(data[message.body : end]), 0)
    if chunks.malformed and not chunks.count:
        message.errors.append("its head says that the body is chunked, but it is plain")
        return
    message.payload = bytes(chunks.body)
    if chunks.flaw and not truncated:
        message.errors.append(f"its chunks are not whole: {chunks.flaw[0].lower()}{chunks.flaw[1:-1]}")


def _check_length(
    message: Message, stored: int, fields: dict[bytes, list[bytes]], *, ours: bool, truncated: bool
) -> None:
    lengths = fields[b"content-length"]
    said = int(lengths[0]) if lengths and _NUMBER.fullmatch(lengths[0]) else None
    if ours and not lengths and not stored:
        message.only_after_head = True
    elif ours and len(lengths) != 1:
        message.errors.append(f"its head has {len(lengths)} fields Content-Length; in this archive it is one")
    elif ours and said is None:
        message.errors.append(f"its Content-Length {quoted(lengths[0], 20)} is no number")
    elif said is None or said == stored or fields[b"transfer-encoding"]:
        return
    elif stored == 0:
        message.only_after_head = True
    else:
        wrong = ours or (said > stored and not truncated)
        told = message.errors if wrong else message.notes
        told.append(f"its head says Content-Length {said}, but the body stored has {stored} bytes")


def _check_gzip(message: Message, data: Data, end: int, codings: list[bytes]) -> None:
    if not codings or message.body == end:
        return
    begin = message.payload[:4] if message.payload is not None else bytes(data[message.body : message.body + 4])
    if codings[-1] in (b"gzip", b"x-gzip") and begin[:2] != b"\x1f\x8b":
        message.notes.append("its head says Content-Encoding: gzip, but the body does not begin as gzip does")
    elif codings[-1] == b"zstd":
        message.notes.append("its body is in zstd, which replay tools do not undo")
