"""Writes the cases as the WARC files of two nights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kcnacrawl.archive.entries import entries
from kcnacrawl.archive.originals import Original
from kcnacrawl.archive.writer import WarcWriter
from tests.replay.site import ARTICLE, CASES, HOST


class EarlierNights:
    """The originals of the first night, as a catalog gives them."""

    minimum = 512

    def __init__(self) -> None:
        self.known: dict[str, Original] = {}

    def find(self, payload_digest: str, url: str) -> Original | None:
        return self.known.get(payload_digest)

    def add(self, original: Original) -> None:
        self.known.setdefault(original.payload_digest, original)


def build_archive(folder: Path) -> None:
    """Two files: the first night with everything, the second with what was there already."""
    originals = EarlierNights()
    for nights in (range(100), range(100, 200)):
        writer = WarcWriter(folder, "test", info={"software": "kcnacrawl/0"}, originals=originals)
        for case in CASES.values():
            if case.number in nights and case.status != 304:
                writer.write(case.exchange())
        if CASES["not modified"].number in nights:
            write_not_modified(writer, folder)
        writer.close()


def write_not_modified(writer: WarcWriter, folder: Path) -> None:
    """A 304 to a conditional request of ours for the article."""
    (first,) = [
        Original(
            warc=found.warc,
            offset=found.offset,
            length=found.length,
            record_id=found.record_id,
            url=found.url,
            date=found.date,
            payload_digest=found.payload_digest or "",
            etag='"v1"',
        )
        for path in sorted(folder.glob("*.warc.gz"))
        for found in entries(path)
        if found.url == HOST + ARTICLE and found.kind == "response"
    ]
    exchange = CASES["not modified"].exchange()
    sent = exchange.sent.replace(b"\r\n\r\n", b'\r\nIf-None-Match: "v1"\r\n\r\n', 1)
    received = b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n'
    writer.write(replace(exchange, sent=sent, received=received, not_modified=first))
