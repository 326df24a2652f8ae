"""Bodies that end too early, too late, never, or in odd chunks."""

from __future__ import annotations

from collections.abc import Iterator

from kcnacrawl.replica.answer import RawAnswer
from kcnacrawl.replica.bad.sample import PAUSE, Bad, Sample, chunk, head, raw, sized

_CHUNKED = "Transfer-Encoding: chunked"
_END = b"0\r\n\r\n"


def _half(sample: Sample) -> bytes:
    return sample.page[: len(sample.page) // 2]


def _length(sample: Sample, difference: int) -> bytes:
    return head(f"Content-Length: {len(sample.page) + difference}") + sample.page


def _drip(sample: Sample) -> Iterator[bytes | float]:
    yield head(f"Content-Length: {len(sample.page)}")
    step = len(sample.page) // 10 + 1
    for start in range(0, len(sample.page), step):
        yield sample.page[start : start + step]
        yield 0.1


def _endless(opening: bytes, piece: bytes) -> Iterator[bytes | float]:
    yield opening
    while True:
        yield piece
        yield 0.001  # lets the server answer others, however fast this client reads


def _pieces(page: bytes, size: int, extension: bytes = b"") -> bytes:
    return b"".join(chunk(page[i : i + size], extension) for i in range(0, len(page), size))


_FILL = b"<p>" + b"This sentence does not end. " * 2000 + b"</p>"

FRAMING: dict[str, Bad] = {
    "empty": Bad("closes the connection without a byte", False, lambda s: raw()),
    "reset_at_once": Bad("resets the connection without a byte", False, lambda s: raw(reset=True)),
    "silent": Bad("takes the request and never answers", False, lambda s: raw(PAUSE)),
    "drop": Bad(
        "closes in the middle of a body with Content-Length",
        False,
        lambda s: raw(head(f"Content-Length: {len(s.page)}") + _half(s)),
    ),
    "drop_head": Bad("closes in the middle of the headers", False, lambda s: raw(b"HTTP/1.1 200 OK\r\nContent-Ty")),
    "drop_chunked": Bad(
        "closes in the middle of a chunk", False, lambda s: raw(head(_CHUNKED) + chunk(s.page)[: len(s.page) // 2])
    ),
    "drop_between_chunks": Bad(
        "closes after a whole chunk, before the last one", False, lambda s: raw(head(_CHUNKED) + chunk(_half(s)))
    ),
    "reset": Bad(
        "resets the connection in the middle of the body",
        False,
        lambda s: raw(head(f"Content-Length: {len(s.page)}") + _half(s), 0.05, reset=True),
    ),
    "stall": Bad(
        "sends half of the body and then nothing, leaving the connection open",
        False,
        lambda s: raw(head(f"Content-Length: {len(s.page)}") + _half(s), PAUSE),
    ),
    "slow": Bad("waits two seconds before it answers", True, lambda s: raw(2.0, sized(s.page))),
    "slow_body": Bad("sends the body in ten pieces over a second", True, lambda s: RawAnswer(_drip(s))),
    "length_short": Bad("announces 1000 bytes fewer than it sends", False, lambda s: raw(_length(s, -1000))),
    "length_long": Bad("announces 1000 bytes more than it sends, then closes", False, lambda s: raw(_length(s, 1000))),
    "length_zero": Bad("announces no body and sends one", False, lambda s: raw(head("Content-Length: 0") + s.page)),
    "length_negative": Bad("announces a negative length", False, lambda s: raw(head("Content-Length: -1") + s.page)),
    "length_words": Bad(
        "announces a length that is no number", False, lambda s: raw(head("Content-Length: many") + s.page)
    ),
    "length_huge": Bad(
        "announces 10^18 bytes, sends the page, closes",
        False,
        lambda s: raw(head(f"Content-Length: {10**18}") + s.page),
    ),
    "length_twice": Bad(
        "states the same right length twice", True, lambda s: raw(sized(s.page, f"Content-Length: {len(s.page)}"))
    ),
    "length_differs": Bad("states two different lengths", False, lambda s: raw(sized(s.page, "Content-Length: 17"))),
    "length_and_chunked": Bad(
        "states a wrong length beside chunked coding",
        True,
        lambda s: raw(head(_CHUNKED, "Content-Length: 17") + chunk(s.page) + _END),
    ),
    "no_length": Bad(
        "neither length nor chunks; the body ends with the connection",
        True,
        lambda s: raw(head("Connection: close") + s.page),
    ),
    "http10": Bad(
        "answers as HTTP/1.0, the body ends with the connection",
        True,
        lambda s: raw(head().replace(b"HTTP/1.1", b"HTTP/1.0") + s.page),
    ),
    "excess": Bad("sends other bytes after a correct body", True, lambda s: raw(sized(s.page) + b"<p>left over</p>")),
    "second_answer": Bad(
        "sends a second response nobody asked for", True, lambda s: raw(sized(s.page) + sized(b"<p>not asked for</p>"))
    ),
    "endless": Bad(
        "chunks that never end", False, lambda s: RawAnswer(_endless(head(_CHUNKED) + chunk(s.page), chunk(_FILL)))
    ),
    "endless_plain": Bad(
        "a body without length that never ends",
        False,
        lambda s: RawAnswer(_endless(head("Connection: close") + s.page, _FILL)),
    ),
    "endless_head": Bad(
        "headers that never end",
        False,
        lambda s: RawAnswer(_endless(b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n" * 100)),
    ),
    "chunk_extensions": Bad(
        "every chunk carries an extension",
        True,
        lambda s: raw(head(_CHUNKED) + _pieces(s.page, 4096, b';note="a;b";x=1') + _END),
    ),
    "chunk_trailers": Bad(
        "trailer fields follow the last chunk",
        True,
        lambda s: raw(
            head(_CHUNKED, "Trailer: X-Sum") + _pieces(s.page, 4096) + b"0\r\nX-Sum: 12\r\nX-Note: end\r\n\r\n"
        ),
    ),
    "chunk_tiny": Bad("chunks of seven bytes", True, lambda s: raw(head(_CHUNKED) + _pieces(s.page, 7) + _END)),
    "chunk_upper": Bad(
        "chunk sizes in upper case with leading zeros",
        True,
        lambda s: raw(head(_CHUNKED) + b"0000%X\r\n%b\r\n" % (len(s.page), s.page) + _END),
    ),
    "chunk_bad_size": Bad(
        "a chunk size that is no number",
        False,
        lambda s: raw(head(_CHUNKED) + chunk(_half(s)) + b"zz\r\n" + _half(s) + b"\r\n" + _END),
    ),
    "chunk_no_crlf": Bad(
        "no line end after a chunk", False, lambda s: raw(head(_CHUNKED) + b"%x\r\n%b" % (len(s.page), s.page) + _END)
    ),
    "chunk_size_huge": Bad(
        "a chunk size beyond 64 bits", False, lambda s: raw(head(_CHUNKED) + b"f" * 17 + b"\r\n" + s.page)
    ),
    "chunked_no_chunks": Bad("says chunked and sends a plain body", False, lambda s: raw(head(_CHUNKED) + s.page)),
}
