"""Archives of any size, quickly made."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.writer import WarcWriter

PAYLOAD = 20_000
"""Bytes of a picture."""


def large_archive(folder: Path, size: int) -> None:
    """One WARC file of about *size* bytes: of ten captures nine are pictures that do not compress, one is a page."""
    dice = random.Random(5)
    writer = WarcWriter(folder, "kcnawatch", info={"isPartOf": "kcnawatch"}, max_bytes=10 * size)
    started = datetime(2026, 11, 1, tzinfo=UTC)
    number = 0
    while writer.bytes_written < size:
        number += 1
        is_page = number % 10 == 0
        kind, body = ("text/html", page(number)) if is_page else ("image/png", dice.randbytes(PAYLOAD))
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        path = f"/{number}" if is_page else f"/{number}.png"
        writer.write(
            Exchange(
                url=f"http://mirror.example{path}",
                sent=f"GET {path} HTTP/1.1\r\nHost: mirror.example\r\n\r\n".encode(),
                received=head.encode() + body,
                started=started + timedelta(seconds=number),
            )
        )
    writer.close()


def page(number: int) -> bytes:
    """A page that shows one of the pictures."""
    return f"<html><title>Page {number}</title><img src=/{number - 1}.png><p>{'Words. ' * 400}</p></html>".encode()
