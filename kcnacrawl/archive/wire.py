"""The bytes of one HTTP/1 response as received, their normal form for storage, and the way back.

Normal form: chunks undone, the ``Transfer-Encoding`` line kept under ``X-Archive-Orig-Transfer-Encoding``, a
``Content-Length`` that is the stored length (a served one that is not is kept under ``X-Archive-Orig-Content-Length``),
every other byte of the head as served. Replay tools and validators agree on this form and on no other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from kcnacrawl.archive.chunks import Chunks, take_chunks
from kcnacrawl.archive.exchange import Cut
from kcnacrawl.archive.framing import Pieces

ORIGINAL = b"X-Archive-Orig-"

_HEAD_END = re.compile(rb"\n\r?\n")
_BLANK_LINES = re.compile(rb"(?:\r?\n)*")
# As strict as the readers of archives are: one space each, a version of two numbers.
_STATUS_LINE = re.compile(rb"HTTP/[0-9]+\.[0-9]+ ([1-9][0-9]{2})(?: [^\n]*)?\r?\n")
# For a head in lower case: an expression that ignores case takes four times as long.
_FRAMING_FIELD = re.compile(rb"\n(?:(content-length)|transfer-encoding)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)(?=\n)")
_HALF_HEAD = "The connection ended before the response head was whole."
_NUMBER = re.compile(rb"[0-9]{1,400}")
_BODYLESS = frozenset({101, 204, 304})


class NotHttpError(Exception):
    """The received bytes hold no whole HTTP/1 response head; the message is one sentence."""

    def __init__(self, sentence: str, truncated: Cut | None) -> None:
        super().__init__(sentence)
        self.truncated = truncated
        """``disconnect`` when the bytes ended too early, null when they are something else."""


@dataclass(frozen=True, slots=True)
class Response:
    """One response taken apart."""

    status: int
    head: bytes
    """Status line, header lines and the empty line, in normal form."""

    body: bytes | bytearray | memoryview
    """The entity body: transfer-coding undone, content-coding as served."""

    as_received: bool
    """True when head and body are the received bytes."""

    framing: str | None
    """How to get from head and body to the received bytes (``apply_framing``); null when they are those bytes, or when
    the way is too long to be written down."""

    flaw: str | None = None
    """One sentence on why the body is not whole by its own framing, or null."""

    truncated: Cut | None = None
    """The flaw in the words of ``WARC-Truncated``."""


class _Field(NamedTuple):
    start: int
    value: bytes
    is_length: bool


@dataclass(slots=True)
class _Body:
    """Where the body stands in the received bytes and how it ended."""

    start: int
    end: int
    chunks: Chunks | None = None
    flaw: str | None = None
    truncated: Cut | None = None

    def data(self, received: bytes) -> bytes | bytearray | memoryview:
        return self.chunks.body if self.chunks else memoryview(received)[self.start : self.end]


def parse_response(received: bytes, method: str = "GET") -> Response:
    """Take a response apart by RFC 9112, forgiving what browsers forgive.

    :raises NotHttpError: when there is no whole final head, or what came is not HTTP/1
    """
    start, head_end, status = _find_final_head(received)
    fields = _framing_fields(received[start:head_end], start)
    has_body = method != "HEAD" and status not in _BODYLESS
    body = _find_body(received, head_end, fields, has_body=has_body)
    data = body.data(received)
    if start == 0 and body.end == len(received) and not body.chunks and _lengths_right(fields, len(data), has_body):
        return Response(status, received[:head_end], data, True, None, body.flaw, body.truncated)
    pieces = Pieces(received)
    pieces.insert(0, start)
    _add_head(pieces, received, (start, head_end), fields, length=len(data), has_body=has_body)
    head = pieces.stored()
    _add_body(pieces, body, len(received))
    return Response(status, head, data, False, pieces.framing(), body.flaw, body.truncated)


def header_spans(received: bytes, method: str = "GET") -> list[tuple[int, int]]:
    """Spans of the received bytes that are, or may be, header lines: everything but the body."""
    try:
        start, head_end, status = _find_final_head(received)
    except NotHttpError:
        return [(0, len(received))]
    fields = _framing_fields(received[start:head_end], start)
    body = _find_body(received, head_end, fields, has_body=method != "HEAD" and status not in _BODYLESS)
    return [(0, head_end), (body.chunks.data_end if body.chunks else body.end, len(received))]


def _framing_fields(head: bytes, start: int) -> list[_Field]:
    return [
        _Field(start + match.start() + 1, match[2], match[1] is not None)
        for match in _FRAMING_FIELD.finditer(head.lower())
    ]


def _find_final_head(received: bytes) -> tuple[int, int, int]:
    """Start, end and status of the final head, after blank lines and interim (1xx) heads."""
    position = 0
    while True:
        blank = _BLANK_LINES.match(received, position)
        position = blank.end() if blank else position
        line = _STATUS_LINE.match(received, position)
        if line is None:
            raise _what_came(received, position)
        end = _HEAD_END.search(received, line.end() - 1)
        if end is None:
            raise NotHttpError(_HALF_HEAD, "disconnect")
        status = int(line[1])
        if status >= 200 or status == 101:
            return position, end.end(), status
        position = end.end()


def _what_came(received: bytes, position: int) -> NotHttpError:
    begun = received[position : position + 5].lstrip(b"\r")
    if b"HTTP/".startswith(begun) and received.find(b"\n", position) < 0:
        return NotHttpError(_HALF_HEAD, "disconnect")
    return NotHttpError("What the server sent is not an HTTP/1 response.", None)


def _find_body(received: bytes, start: int, fields: list[_Field], *, has_body: bool) -> _Body:
    if not has_body:
        return _Body(start, start)
    coding = b",".join(field.value for field in fields if not field.is_length).rpartition(b",")[2].strip()
    if coding == b"chunked":
        chunks = take_chunks(received, start)
        # A body that does not even begin with a chunk is a plain one under a wrong header.
        if chunks.count or not chunks.malformed:
            cut: Cut | None = None if chunks.flaw is None else ("unspecified" if chunks.malformed else "disconnect")
            return _Body(start, chunks.end, chunks, chunks.flaw, cut)
    length = None if coding not in (b"", b"identity") else _content_length(fields)
    if length is None:
        return _Body(start, len(received))
    came = len(received) - start
    if came >= length:
        return _Body(start, start + length)
    return _Body(start, len(received), None, f"The body ended after {came} of {length} bytes.", "disconnect")


def _content_length(fields: list[_Field]) -> int | None:
    """The length that all ``Content-Length`` values agree on, or null: then the body is all that came."""
    values = {value.strip() for field in fields if field.is_length for value in field.value.split(b",")}
    lengths = {int(value) for value in values if _NUMBER.fullmatch(value)}
    return lengths.pop() if len(lengths) == 1 and all(map(_NUMBER.fullmatch, values)) else None


def _says(field: _Field, length: int) -> bool:
    value = field.value.strip()
    return _NUMBER.fullmatch(value) is not None and int(value) == length


def _lengths_right(fields: list[_Field], length: int, has_body: bool) -> bool:
    """Whether the head needs no change: just one framing field, and it says the stored length."""
    if not fields:
        return not has_body
    return len(fields) == 1 and fields[0].is_length and _says(fields[0], length)


def _add_head(
    pieces: Pieces, received: bytes, head: tuple[int, int], fields: list[_Field], *, length: int, has_body: bool
) -> None:
    position, end = head
    right = next((field for field in fields if field.is_length and _says(field, length)), None)
    for field in fields:
        if field is not right:
            pieces.copy(position, field.start)
            pieces.skip(ORIGINAL)
            position = field.start
    line_end = b"\r\n" if received.endswith(b"\r\n", head[0], end) else b"\n"
    pieces.copy(position, end - len(line_end))
    if right is None and has_body:
        pieces.skip(b"Content-Length: %d%s" % (length, line_end))
    pieces.copy(end - len(line_end), end)


def _add_body(pieces: Pieces, body: _Body, end: int) -> None:
    position = body.start
    for start, stop in body.chunks.spans if body.chunks else [(body.start, body.end)]:
        pieces.insert(position, start)
        pieces.copy(start, stop)
        position = stop
    pieces.insert(position, end)
