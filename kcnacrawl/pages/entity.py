"""Content codings undone: the bytes a server sent in, the bytes of the document out. Bounded while inflating."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator, Iterator

import brotli  # type: ignore[import-untyped]
import deflate

from kcnacrawl.pages.page import PageError

_WINDOW = 1 << 16
_STEP = 1 << 20
_MEMBERS = 1000
_GZIP_MAGIC = b"\x1f\x8b"


def decode_entity(body: bytes, content_encoding: str, limit: int = 64 << 20) -> bytes:
    """Undo the codings named in a ``Content-Encoding`` header (``gzip``, ``deflate``, ``br``; several by commas).

    :raises PageError: ``damaged_coding``, ``unknown_coding``, or ``too_large`` when more than *limit* bytes come out
    """
    names = [name for part in content_encoding.split(",") if (name := part.strip().lower()) not in ("", "identity")]
    if len(names) > 4:
        raise PageError("unknown_coding", f"The body is said to be coded {len(names)} times over.")
    for name in reversed(names):
        if not body:
            break  # what was never sent was never coded
        if name not in _DECODERS:
            raise PageError("unknown_coding", f"The body has a content coding no reader knows: {name[:40]!r}.")
        body = _DECODERS[name](body, limit)
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _gunzip(body: bytes, limit: int) -> bytes:
    size = int.from_bytes(body[-4:], "little")
    # Deflate makes one byte into 1,032 at most, so a greater promise is not worth its memory. The one-call decoder is
    # three times as fast as zlib, but does not tell where a member ends: one member only.
    if size <= min(limit, 1032 * len(body)) and body.find(b"\x1f\x8b\x08", 1) < 0:
        try:
            whole = bytes(deflate.gzip_decompress(body, size + 1))
        except (deflate.DeflateError, ValueError):
            whole = b""  # rubbish behind the member, or damage: told apart below
        if whole and len(whole) == size:
            return whole
    return _join(_gunzip_members(memoryview(body)), "gzip", limit)


def _gunzip_members(view: memoryview) -> Iterator[bytes]:
    start = members = 0
    # Browsers ignore padding and rubbish behind a whole member.
    while start < len(view) and (members == 0 or view[start : start + 2] == _GZIP_MAGIC):
        if members == _MEMBERS:
            raise PageError("too_large", f"The gzip body has more than {_MEMBERS} members.")
        start = yield from _inflate(zlib.decompressobj(31), view, start)
        members += 1


def _undeflate(body: bytes, limit: int) -> bytes:
    # "deflate" means zlib's form; some servers send the bare stream.
    zlib_form = len(body) > 1 and body[0] & 15 == 8 and (body[0] << 8 | body[1]) % 31 == 0
    stream = zlib.decompressobj(15 if zlib_form else -15)
    return _join(_inflate(stream, memoryview(body), 0), "deflate", limit)


def _inflate(stream: zlib._Decompress, view: memoryview, start: int) -> Generator[bytes, None, int]:
    """Inflate one stream in small windows; the value returned is where it ends."""
    while not stream.eof:
        window = view[start : start + _WINDOW]
        if not window:
            raise zlib.error("it ends in the middle")
        start += len(window)
        yield stream.decompress(window, _STEP)
        while stream.unconsumed_tail:
            yield stream.decompress(stream.unconsumed_tail, _STEP)
    return start - len(stream.unused_data)


def _unbrotli(body: bytes, limit: int) -> bytes:
    return _join(_unbrotli_pieces(body), "br", limit)


def _unbrotli_pieces(body: bytes) -> Iterator[bytes]:
    stream, rest = brotli.Decompressor(), body
    while not stream.is_finished():
        piece = stream.process(rest, output_buffer_limit=_STEP)
        rest = b""
        if not piece and stream.can_accept_more_data():
            raise brotli.error("it ends in the middle")
        yield piece


def _join(pieces: Iterator[bytes], coding: str, limit: int) -> bytes:
    out = bytearray()
    try:
        for piece in pieces:
            out += piece
            if len(out) > limit:
                out = bytearray()  # the error's traceback holds this frame for as long as the error is kept
                raise _too_large(limit)
    except (zlib.error, brotli.error) as error:
        raise PageError("damaged_coding", f"The {coding} body is damaged after {len(out)} bytes: {error}.") from error
    return bytes(out)


def _too_large(limit: int) -> PageError:
    return PageError("too_large", f"The body is larger than {limit} bytes once decoded.")


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
}
