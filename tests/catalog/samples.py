"""Entries, archives and catalogs to test with."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kcnacrawl.archive.entries import Entry
from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.catalog.catalog import Catalog
from kcnacrawl.catalog.opening import open_catalog

SITE = "http://mirror.example"
WARC = "mirror-20260301040506-00000-here.warc.gz"
NOW = "2026-03-01T04:05:06Z"


def digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def entry(number: int, **more: Any) -> Entry:
    """A page, told apart from others by its number."""
    usual: dict[str, Any] = {
        "warc": WARC,
        "offset": number * 10_000,
        "length": 9_000,
        "record_id": f"<urn:uuid:{uuid.UUID(int=number, version=4)}>",
        "kind": "response",
        "url": f"{SITE}/newstream/{number}/",
        "date": f"2026-03-01T04:05:06.{number:06d}Z",
        "status": 200,
        "mime": "text/html",
        "payload_digest": digest(str(number)),
        "payload_size": 28_000,
        "etag": f'"{number}"',
        "last_modified": "Sun, 01 Mar 2026 04:05:06 GMT",
    }
    return Entry(**(usual | more))


def exchange(path: str, text: str = "a page", *, when: datetime | None = None, head: str = "") -> Exchange:
    """One page fetched by GET."""
    body = text.encode()
    received = (
        f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    )
    sent = f"GET {path} HTTP/1.1\r\nHost: mirror.example\r\n\r\n".encode()
    started = when or datetime(2026, 3, 1, 4, 5, 6, 7, UTC)
    return Exchange(url=SITE + path, sent=sent, received=received, started=started, ip="127.0.0.1")


class Archive:
    """Folders of an archive, and what runs do to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "catalog.db"
        self.warc = folder / "warc"
        self.told: list[str] = []
        self.runs = 0

    def open(self, **more: Any) -> Catalog:
        """The catalog, as a run that starts opens it."""
        self.warc.mkdir(exist_ok=True, parents=True)
        return open_catalog(self.path, self.warc, notify=self.told.append, **more)

    def crawl(
        self,
        pages: dict[str, str],
        *,
        spider: str = "mirror",
        end: str | None = "finished",
        max_bytes: int = 1_000_000_000,
        **arguments: str,
    ) -> str:
        """Run a crawl as the real one does, to its end or until it is broken off; the id of its run."""
        catalog = self.open()
        self.runs += 1
        run = f"20260301{self.runs:06d}-abcd"
        crawl = catalog.begin(spider, arguments, run, NOW)
        info = {"crawl": crawl.id, "run": run, "run-number": str(crawl.number), "began": crawl.began}
        said = {"isPartOf": spider, "arguments": crawl.arguments, "software": "kcnacrawl/0"}
        closed: list[Callable[[], None]] = []
        writer = WarcWriter(
            self.warc,
            spider,
            info=info | said,
            max_bytes=max_bytes,
            on_open=lambda name: catalog.add_file(name, crawl.id, run),
            on_close=lambda path: closed.append(lambda: catalog.close_file(path.name, path.stat().st_size)),
        )
        for number, (path, text) in enumerate(pages.items()):
            writer.write(exchange(path, text, when=datetime(2026, 3, 1, 4, 5, 6, 7, UTC) + timedelta(seconds=number)))
            writer.sync()
            catalog.commit(writer.take_entries(), asked=[SITE + path], answered=[SITE + path])
        if end is not None:
            done = end != "shutdown"
            writer.end([("crawl", crawl.id), ("run", run), ("ended", end), ("done", "yes" if done else "no")])
            writer.close()
            for tell in closed:
                tell()
            catalog.end(crawl.id, run, end, done, NOW)
        else:
            writer._file._let_go()  # as when the process dies
        catalog.close()
        return run


def pages(count: int, first: int = 0) -> dict[str, str]:
    """Addresses and texts of pages."""
    return {f"/{number}": f"The text of page {number}. " * 40 for number in range(first, first + count)}


__all__ = ["NOW", "SITE", "WARC", "Archive", "digest", "entry", "exchange", "pages", "replace"]
