"""Content codings that are damaged, misdeclared or doubled."""

from __future__ import annotations

import gzip
import zlib

from kcnacrawl.replica.answer import RawAnswer
from kcnacrawl.replica.bad.sample import Bad, Sample, chunk, head, raw, sized


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


def _coded(body: bytes, coding: str) -> RawAnswer:
    return raw(sized(body, f"Content-Encoding: {coding}"))


def _wrong_sum(page: bytes) -> bytes:
    packed = bytearray(_gzip(page))
    packed[-8] ^= 0xFF
    return bytes(packed)


def _flipped(page: bytes) -> bytes:
    packed = bytearray(_gzip(page))
    packed[len(packed) // 2] ^= 0xFF
    return bytes(packed)


def _raw_deflate(page: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(page) + packer.flush()


def _bomb(sample: Sample) -> bytes:
    """About 300 kB that unpack to 300 MB."""
    member = _gzip(b" " * (1 << 20))
    return _gzip(sample.page) + member * 300


def _cut_chunked(sample: Sample) -> RawAnswer:
    packed = _gzip(sample.page)
    return raw(head("Content-Encoding: gzip", "Transfer-Encoding: chunked") + chunk(packed[:-20]) + b"0\r\n\r\n")


CODING: dict[str, Bad] = {
    "gzip_cut": Bad(
        "a gzip body cut in half, its length right",
        False,
        lambda s: _coded(_gzip(s.page)[: len(_gzip(s.page)) // 2], "gzip"),
    ),
    "gzip_cut_chunked": Bad("a gzip body without its last 20 bytes, in whole chunks", False, _cut_chunked),
    "gzip_no_trailer": Bad(
        "a gzip body without its checksum and length", False, lambda s: _coded(_gzip(s.page)[:-8], "gzip")
    ),
    "gzip_crc": Bad("a gzip body with a wrong checksum", False, lambda s: _coded(_wrong_sum(s.page), "gzip")),
    "gzip_flipped": Bad("a gzip body with one byte changed", False, lambda s: _coded(_flipped(s.page), "gzip")),
    "gzip_not": Bad("says gzip, sends plain HTML", False, lambda s: _coded(s.page, "gzip")),
    "gzip_empty": Bad("says gzip, sends an empty body", False, lambda s: _coded(b"", "gzip")),
    "gzip_untold": Bad("sends gzip without saying so", False, lambda s: raw(sized(_gzip(s.page)))),
    "gzip_twice": Bad("gzip in gzip, both declared", True, lambda s: _coded(_gzip(_gzip(s.page)), "gzip, gzip")),
    "gzip_twice_untold": Bad("gzip in gzip, one declared", False, lambda s: _coded(_gzip(_gzip(s.page)), "gzip")),
    "gzip_excess": Bad(
        "a gzip body followed by other bytes", True, lambda s: _coded(_gzip(s.page) + b"left over", "gzip")
    ),
    "gzip_members": Bad(
        "a gzip body of three members",
        True,
        lambda s: _coded(b"".join(_gzip(part) for part in (s.page[:1000], s.page[1000:9000], s.page[9000:])), "gzip"),
    ),
    "gzip_old_name": Bad("gzip under its old name x-gzip", True, lambda s: _coded(_gzip(s.page), "x-gzip")),
    "gzip_upper": Bad("gzip declared in upper case", True, lambda s: _coded(_gzip(s.page), "GZIP")),
    "gzip_bomb": Bad("a small gzip body that unpacks to 300 MB", False, lambda s: _coded(_bomb(s), "gzip")),
    "deflate_zlib": Bad("deflate with the zlib wrapper", True, lambda s: _coded(zlib.compress(s.page), "deflate")),
    "deflate_raw": Bad("deflate without the zlib wrapper", True, lambda s: _coded(_raw_deflate(s.page), "deflate")),
    "coding_identity": Bad("declares the coding identity", True, lambda s: _coded(s.page, "identity")),
    "coding_utf8": Bad("declares the coding UTF-8", False, lambda s: _coded(s.page, "UTF-8")),
    "coding_unknown": Bad("declares a coding nobody knows", False, lambda s: _coded(s.page, "rot13")),
    "coding_empty": Bad("declares an empty coding", True, lambda s: _coded(s.page, "")),
}
