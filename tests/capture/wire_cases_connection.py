"""Connections that are cut, reset, slow, silent or endless."""

from __future__ import annotations

from collections.abc import Iterator

from tests.capture.wire_case import CHUNKED, OK, Case, body, failing
from tests.capture.wire_server import Step, drip

SLOW = {"download_timeout": 0.5}

CUTS = [
    failing("empty_reply", cut="disconnect"),
    failing("cut_in_status_line", b"HTTP/1.1 20", cut="disconnect"),
    failing("cut_after_status_line", OK, cut="disconnect"),
    failing("cut_in_header_name", OK + b"Conten", cut="disconnect"),
    failing("cut_in_header_value", OK + b"Content-Type: text/ht", cut="disconnect"),
    failing("cut_before_blank_line", OK + b"Content-Length: 2\r\n", cut="disconnect"),
    failing("cut_before_body", OK + b"Content-Length: 2\r\n\r\n", error="ResponseDataLossError", cut="disconnect"),
    failing("cut_in_body", OK + b"Content-Length: 10\r\n\r\nhalf ", error="ResponseDataLossError", cut="disconnect"),
    failing("reset_at_once", 0.1, "reset", cut="disconnect"),
    failing("reset_in_header", OK + b"Content-Le", 0.1, "reset", cut="disconnect"),
    failing(
        "reset_in_body",
        OK + b"Content-Length: 10\r\n\r\nhalf ",
        0.1,
        "reset",
        error="ResponseDataLossError",
        cut="disconnect",
    ),
    failing("reset_in_chunk", CHUNKED + b"ff\r\nhalf", 0.1, "reset", error="ResponseDataLossError", cut="disconnect"),
    failing("reset_until_close", OK + b"\r\nhalf ", 0.1, "reset", error="ResponseDataLossError", cut="disconnect"),
    Case("reset_after_whole", (body(b"ok"), 0.1, "reset")),
]

SLOWNESS = [
    Case("slow_but_whole", lambda: drip(body(b"ok"), 0.002)),
    Case("body_in_pieces", (OK + b"Content-Length: 6\r\n\r\n", 0.02, b"ab", 0.02, b"cd", 0.02, b"ef"), body=b"abcdef"),
    Case("pause_before_answer", (0.2, body(b"ok"))),
    Case("silence", ("silence",), "DownloadTimeoutError", "time", 2, meta=SLOW),
    Case("silence_in_header", (OK + b"Content-", "silence"), "DownloadTimeoutError", "time", 2, meta=SLOW),
    Case(
        "silence_before_body",
        (OK + b"Content-Length: 9\r\n\r\n", "silence"),
        "DownloadTimeoutError",
        "time",
        2,
        meta=SLOW,
    ),
    Case(
        "silence_in_body",
        (OK + b"Content-Length: 9\r\n\r\nabc", "silence"),
        "DownloadTimeoutError",
        "time",
        2,
        meta=SLOW,
    ),
    Case("silence_in_chunk", (CHUNKED + b"9\r\nabc", "silence"), "DownloadTimeoutError", "time", 2, meta=SLOW),
    Case("silence_until_close", (OK + b"\r\nabc", "silence"), "DownloadTimeoutError", "time", 2, meta=SLOW),
]


def _forever(start: bytes, piece: bytes) -> Iterator[Step]:
    yield start
    while True:
        yield piece


def endless(name: str, start: bytes, piece: bytes) -> Case:
    """A case that sends *piece* for ever; we hang up at a bound and do not try again."""
    return Case(name, lambda: _forever(start, piece), "ResponseTooLargeError", "length", whole=False)


ENDLESS = [
    endless("endless_body", OK + b"\r\n", b"x" * 4096),
    endless("endless_chunks", CHUNKED, b"1000\r\n" + b"x" * 4096 + b"\r\n"),
    endless("endless_tiny_chunks", CHUNKED, b"1\r\nx\r\n" * 1000),
    endless("endless_header_lines", OK, b"X-More: and more\r\n" * 100),
    endless("endless_header_line", OK + b"X-More: ", b"and more " * 100),
    endless("endless_folding", OK + b"X-More: a\r\n", b" and more\r\n" * 100),
    endless("endless_interim", b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    endless("endless_status_line", b"HTTP/1.1 200 ", b"very " * 100),
    endless("endless_zero_bytes", b"", bytes(4096)),
    Case(
        "endless_trailers",
        lambda: _forever(CHUNKED + b"0\r\n", b"X-More: and more\r\n" * 100),
        "ResponseDataLossError",
        "unspecified",
        tries=2,
        whole=False,
    ),
    Case(
        "endless_drip",
        lambda: (step for _ in range(10_000) for step in drip(b"HTTP/1.1 200 OK\r\nX: y\r\n", 0.05)),
        "DownloadTimeoutError",
        "time",
        tries=2,
        whole=False,
        meta=SLOW,
    ),
]

CASES = CUTS + SLOWNESS + ENDLESS
