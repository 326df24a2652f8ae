"""Odd lengths, chunks and content codings."""

from __future__ import annotations

import gzip
import zlib

import brotli  # type: ignore[import-untyped]

from tests.capture.wire_case import CHUNKED, OK, Case, body, failing

TEXT = b"A sentence of the page. " * 40
GZIP = gzip.compress(TEXT, mtime=0)
BOMB = gzip.compress(bytes(4 << 20), mtime=0)

LENGTHS = [
    Case("length_too_short", (OK + b"Content-Length: 2\r\n\r\nok and more",), body=b"ok"),
    failing("length_too_long", OK + b"Content-Length: 500\r\n\r\nok", error="ResponseDataLossError", cut="disconnect"),
    Case("length_twice", (OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nok",)),
    Case("length_listed_twice", (OK + b"Content-Length: 2, 2\r\n\r\nok",)),
    failing("length_conflicting", OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok!"),
    failing("length_negative", OK + b"Content-Length: -2\r\n\r\nok"),
    failing("length_word", OK + b"Content-Length: two\r\n\r\nok"),
    failing("length_hexadecimal", OK + b"Content-Length: 0x2\r\n\r\nok"),
    failing("length_signed", OK + b"Content-Length: +2\r\n\r\nok"),
    failing("length_empty", OK + b"Content-Length:\r\n\r\nok"),
    failing("length_decimal", OK + b"Content-Length: 2.0\r\n\r\nok"),
    Case("length_zero", (OK + b"Content-Length: 0\r\n\r\n",), body=b""),
    Case("length_zero_with_body", (OK + b"Content-Length: 0\r\n\r\nsurplus",), body=b""),
    Case("length_leading_zeros", (OK + b"Content-Length: 0002\r\n\r\nok",)),
    Case("length_spaced", (OK + b"Content-Length:   2  \r\n\r\nok",)),
    Case("length_missing", (OK + b"\r\nok",)),
    Case("length_missing_nothing", (OK + b"\r\n",), body=b""),
    Case("second_response_follows", (body(b"one") + body(b"two"),), body=b"one"),
    Case(
        "length_beyond_bounds",
        (OK + b"Content-Length: 99999999999\r\n\r\nok", "silence"),
        "ResponseTooLargeError",
        "length",
    ),
]

CHUNKS = [
    Case("chunked", (CHUNKED + b"2\r\nok\r\n0\r\n\r\n",), body=b"ok"),
    Case(
        "chunked_in_pieces", (CHUNKED, 0.02, b"5\r\nhel", 0.02, b"lo\r", 0.02, b"\n0\r\n", 0.02, b"\r\n"), body=b"hello"
    ),
    Case("chunk_extensions", (CHUNKED + b'2;a=b;c="d"\r\nok\r\n0;last\r\n\r\n',), body=b"ok"),
    Case("chunk_trailers", (CHUNKED + b"2\r\nok\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n",), body=b"ok"),
    Case("chunk_upper_case", (CHUNKED + b"A\r\n0123456789\r\n0\r\n\r\n",), body=b"0123456789"),
    Case("chunk_leading_zeros", (CHUNKED + b"0002\r\nok\r\n000\r\n\r\n",), body=b"ok"),
    Case("chunk_many", (CHUNKED + b"1\r\nx\r\n" * 300 + b"0\r\n\r\n",), body=b"x" * 300),
    Case("chunk_none", (CHUNKED + b"0\r\n\r\n",), body=b""),
    Case("chunk_surplus", (CHUNKED + b"2\r\nok\r\n0\r\n\r\nsurplus",), body=b"ok"),
    Case(
        "chunked_with_length",
        (OK + b"Content-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",),
        body=b"ok",
    ),
    Case("chunked_capitals", (OK + b"Transfer-Encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",), body=b"ok"),
    Case("chunked_http10", (b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",), body=b"ok"),
    failing("chunk_bad_size", CHUNKED + b"xyz\r\nok\r\n0\r\n\r\n", error="ResponseDataLossError"),
    failing("chunk_negative_size", CHUNKED + b"-2\r\nok\r\n0\r\n\r\n", error="ResponseDataLossError"),
    failing("chunk_no_terminator", CHUNKED + b"2\r\nok\r\n", error="ResponseDataLossError", cut="disconnect"),
    failing("chunk_no_last_line", CHUNKED + b"2\r\nok\r\n0\r\n", error="ResponseDataLossError", cut="disconnect"),
    failing("chunk_no_line_end", CHUNKED + b"2\r\nokX0\r\n\r\n", error="ResponseDataLossError"),
    failing("chunk_lf_only", CHUNKED + b"2\nok\n0\n\n", error="ResponseDataLossError", cut="disconnect"),
    failing("chunk_cut", CHUNKED + b"ff\r\nonly a little", error="ResponseDataLossError", cut="disconnect"),
    failing("chunk_size_line_cut", CHUNKED + b"2\r\nok\r\n2", error="ResponseDataLossError", cut="disconnect"),
    failing("chunk_size_line_endless", CHUNKED + b"2;" + b"x" * 5000, error="ResponseDataLossError"),
    failing(
        "chunked_header_plain_body", CHUNKED + b"<html>not chunked at all</html>\r\n", error="ResponseDataLossError"
    ),
    failing("chunked_header_nothing", CHUNKED, error="ResponseDataLossError", cut="disconnect"),
    failing("chunked_twice", OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
    Case("transfer_identity", (OK + b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok",)),
    failing("transfer_unknown", OK + b"Transfer-Encoding: zebra\r\n\r\nok"),
]


def coded(name: str, content: bytes, coding: bytes, decoded: bytes = TEXT) -> Case:
    """A response in a content coding that decodes well."""
    return Case(name, (body(content, b"Content-Encoding: " + coding),), body=decoded)


def undecodable(name: str, content: bytes, coding: bytes, tries: int = 2) -> Case:
    """A response that is whole on the wire, but not decodable; a damaged one is asked for once more."""
    return Case(name, (body(content, b"Content-Encoding: " + coding),), "UndecodableResponseError", tries=tries)


GZIP_CHUNKED = CHUNKED[:-2] + b"Content-Encoding: gzip\r\n\r\n%x\r\n" % len(GZIP) + GZIP + b"\r\n0\r\n\r\n"

CODINGS = [
    coded("gzip", GZIP, b"gzip"),
    coded("gzip_capitals", GZIP, b"GZIP"),
    Case("gzip_chunked", (GZIP_CHUNKED,), body=TEXT),
    coded("x_gzip", GZIP, b"x-gzip"),
    coded("gzip_members", GZIP + GZIP, b"gzip", TEXT * 2),
    coded("gzip_twice", gzip.compress(GZIP), b"gzip, gzip"),
    coded("gzip_two_lines", gzip.compress(GZIP), b"gzip\r\nContent-Encoding: gzip"),
    coded("gzip_rubbish_behind", GZIP + b"\0\0rubbish", b"gzip"),
    coded("gzip_empty_body", b"", b"gzip", b""),
    coded("deflate_zlib", zlib.compress(TEXT), b"deflate"),
    coded("deflate_raw", zlib.compress(TEXT)[2:-4], b"deflate"),
    coded("brotli_unasked", brotli.compress(TEXT), b"br"),
    coded("coding_identity", TEXT, b"identity"),
    coded("coding_empty", TEXT, b""),
    Case("gzip_on_404", (body(GZIP, b"Content-Encoding: gzip").replace(b"200 OK", b"404 Gone"),), 404, body=TEXT),
    undecodable("gzip_cut", GZIP[:-20], b"gzip"),
    undecodable("gzip_wrong_sum", GZIP[:-8] + b"\0\0\0\0" + GZIP[-4:], b"gzip"),
    undecodable("gzip_header_only", GZIP[:10], b"gzip"),
    undecodable("gzip_not_at_all", TEXT, b"gzip"),
    undecodable("brotli_cut", brotli.compress(TEXT)[:-9], b"br"),
    undecodable("coding_unknown", TEXT, b"zebra", tries=1),
    undecodable("gzip_bomb", BOMB, b"gzip", tries=1),
]

CASES = LENGTHS + CHUNKS + CODINGS
