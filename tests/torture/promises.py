"""What must hold after a crawl was broken and run again: read with warcio and json, not with readers of our own."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from warcio.archiveiterator import ArchiveIterator

from kcnacrawl.urls import article_id
from tests.torture.crawling import Broken


class Place(NamedTuple):
    """Where a record stands."""

    warc: str
    offset: int


def records(folder: Path) -> Iterator[tuple[Place, Any]]:
    """All records of all WARC files."""
    for path in sorted(folder.glob("output/warc/*.warc.gz")):
        with path.open("rb") as file:
            found = ArchiveIterator(file)
            for record in found:
                record.raw_stream.read()
                yield Place(path.name, found.get_record_offset()), record


def check(crawl: Broken, *, concurrency: int = 1, refetched: int | None = None) -> None:
    """Assert every promise.

    :param refetched: pages that may have been fetched twice, when not ``concurrency + 1`` for each break
    """
    items = check_lines(crawl)
    check_files(crawl)
    check_items(crawl, items)
    check_records(crawl, items)
    check_requests(crawl, (concurrency + 1) * crawl.breaks if refetched is None else refetched)


def check_lines(crawl: Broken) -> list[dict[str, Any]]:
    """No line of any JSON Lines file is torn; the articles of this crawl."""
    items: list[dict[str, Any]] = []
    for path in crawl.folder.glob("output/articles/*.jsonl"):
        data = path.read_bytes()
        assert not data or data.endswith(b"\n"), f"{path.name} ends in half a line"
        items += [json.loads(line) for line in data.splitlines(keepends=True) if line not in crawl.earlier]
    return items


def check_files(crawl: Broken) -> None:
    """Nothing is left open; every file is whole."""
    assert not list(crawl.folder.glob("output/warc/*.open"))
    for path in crawl.folder.glob("output/runs/*.json"):
        assert isinstance(json.loads(path.read_bytes()), dict), f"{path.name} is torn"
    for path in crawl.folder.glob("output/warc/*.warc.gz"):
        with gzip.open(path) as file:
            while file.read(1 << 20):
                pass


def check_items(crawl: Broken, items: list[dict[str, Any]]) -> None:
    """The items are those of an undisturbed run, each once."""
    truth = {true["id"]: true for true in crawl.site.truth()}
    counts = Counter(item["id"] for item in items)
    assert not [identity for identity, count in counts.items() if count > 1], "articles came out twice"
    assert counts.keys() == truth.keys(), f"missing: {truth.keys() - counts.keys()}"
    with_photos = "REQUISITES_ENABLED=False" not in crawl.options
    for item in items:
        for name in ("title", "body", "published", "source_label", "original_url"):
            assert item[name] == truth[item["id"]][name], (item["id"], name)
        assert all((photo["sha256"] is not None) == with_photos for photo in item["photos"]), item["id"]


def check_records(crawl: Broken, items: list[dict[str, Any]]) -> None:
    """Every item has its record; every record of an article has its item."""
    found: dict[Place, tuple[str, str]] = {}
    captured = set()
    for place, record in records(crawl.folder):
        head = record.rec_headers
        uri = head.get_header("WARC-Target-URI") or ""
        found[place] = (head.get_header("WARC-Record-ID"), uri)
        status = record.http_headers.get_statuscode() if record.http_headers else ""
        if record.rec_type in ("response", "revisit") and status == "200" and not head.get_header("WARC-Truncated"):
            captured.add(article_id(uri))
    for item in items:
        receipt = item["receipt"]
        for proof in filter(None, (receipt, receipt.get("revisit"))):
            assert found[Place(proof["warc"], proof["offset"])][0] == proof["record_id"], item["id"]
        assert article_id(found[Place(receipt["warc"], receipt["offset"])][1]) == item["id"]
    assert captured - {None} <= {item["id"] for item in items}


def check_requests(crawl: Broken, allowed: int) -> None:
    """Hardly any page was fetched twice."""
    again = {target: count - 1 for target, count in crawl.asked().items() if count > 1}
    assert sum(again.values()) <= allowed, (crawl.breaks, again)
