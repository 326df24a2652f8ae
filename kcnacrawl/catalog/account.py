"""What a catalog holds, as lines for a person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from kcnacrawl.catalog.crawl import Crawl
from kcnacrawl.catalog.lookups import Lookups


def account(catalog: Lookups) -> Iterator[str]:
    """Files, captures, crawls, and the crawls that wait to be taken up again."""
    files, counts, crawls, unfinished = catalog.files(), catalog.counts(), catalog.crawls(), catalog.unfinished()
    writing = sum(file.size is None and not file.gone for file in files)
    gone = sum(file.gone for file in files)
    size = sum(file.size or 0 for file in files if not file.gone)
    captures = ", ".join(f"{counts[kind]:,} {kind}s" for kind in ("response", "revisit", "resource"))
    yield from _table(
        [
            ("catalog", str(catalog.path), ""),
            ("files", f"{len(files):,}", f"{size:,} bytes closed, {writing} being written, {gone} gone"),
            ("captures", f"{sum(counts.values()) - counts['address']:,}", captures),
            ("addresses", f"{counts['address']:,}", ""),
            ("crawls", f"{len(crawls):,}", f"{len(unfinished)} unfinished"),
        ]
    )
    if unfinished:
        yield ""
        head = ("unfinished", "began", "runs", "waiting", "spider and arguments")
        yield from _table([head, *(_row(catalog, crawl) for crawl in unfinished)])


def _row(catalog: Lookups, crawl: Crawl) -> tuple[str, ...]:
    asked = (f"{name}={value}" for name, value in json.loads(crawl.arguments).items())
    waiting = f"{catalog.waiting(crawl.id):,}"
    return (crawl.id, crawl.began, str(crawl.runs), waiting, " ".join([crawl.spider, *asked]))


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
