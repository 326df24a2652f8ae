"""Runs that write into one folder, night after night, and the page they meet again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from kcnacrawl.archive.originals import Original, RunOriginals
from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.items import Receipt
from tests.archive.samples import STARTED, URL, exchange
from tests.archive.test_records import digest, record_id

BODY = b"<p>A mill was visited.</p>\n" * 40
PAGE = b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: "a"\r\nContent-Length: %d\r\n\r\n%s' % (len(BODY), BODY)
UNCHANGED = b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nX: 1\r\n\r\n'
EARLIER = Original(
    warc="a.warc.gz", offset=1, length=2, record_id=record_id(9), url="http://mirror.example/other",
    date="2026-02-01T00:00:00.000001Z", payload_digest=digest(BODY), etag='"a"',
    last_modified="Mon, 01 Dec 2025 01:02:03 GMT",
)  # fmt: skip


class Night:
    """One run that writes into a folder, and knows what earlier runs stored there."""

    def __init__(self, folder: Path, earlier: dict[str, Original] | None = None, *, minimum: int = 512) -> None:
        known = earlier if earlier is not None else {}
        self.originals = RunOriginals(lambda payload, _: known.get(payload), minimum=minimum)
        self.writer = WarcWriter(folder, "a", info={"software": "x"}, originals=self.originals)
        self._nights = count()

    def fetch(self, received: bytes = PAGE, **more: Any) -> Receipt:
        """Write an exchange, each a second after the one before."""
        at = STARTED + timedelta(seconds=next(self._nights), days=more.pop("day", 0))
        receipt = self.writer.write(replace(exchange(received, **more), started=at))
        assert receipt is not None
        return receipt

    def close(self) -> Path:
        (path,) = self.writer.close()
        return path


def original(receipt: Receipt, url: str = URL) -> Original:
    assert receipt.revisit is None
    return Original(
        warc=receipt.warc, offset=receipt.offset, length=receipt.length, record_id=receipt.record_id, url=url,
        date=receipt.date, payload_digest=receipt.payload_digest, etag='"a"',
    )  # fmt: skip
