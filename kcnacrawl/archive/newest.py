"""The newest capture in an index: what a person wants to see first."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.urls import article_id


class Capture(NamedTuple):
    """A line of an index, as far as replay addresses need it."""

    timestamp: str
    """14 digits."""

    url: str


def newest_capture(index: Path) -> Capture | None:
    """The newest capture of an article or, when there is none, of any page; null when the index has no page.

    :param index: ``.cdxj``, or ``.idx`` of a ZipNum index
    :raises ArchiveError: when it cannot be read
    """
    best: dict[bool, Capture] = {}
    try:
        for line in _lines(index):
            _, timestamp, text = line.split(b" ", 2)
            # The cheap test first: an index may have millions of lines.
            is_article = b"/newstream/" in line
            seen = best.get(is_article)
            if seen is not None and timestamp.decode() <= seen.timestamp:
                continue
            if (url := _page(text)) is not None:
                best[article_id(url) is not None] = Capture(timestamp.decode(), url)
    except (OSError, ValueError) as error:
        raise ArchiveError(f"{index} cannot be read: {error}.") from error
    return best.get(True) or best.get(False)


def _lines(index: Path) -> Iterator[bytes]:
    if index.suffix == ".idx":
        blocks = index.with_suffix(".cdx.gz")
        with gzip.open(blocks) as file:
            yield from (line for line in file if not line.startswith(b"!meta"))
        return
    with index.open("rb") as file:
        yield from file


def _page(text: bytes) -> str | None:
    """The address of a line when it is that of a page somebody can look at."""
    fields = json.loads(text)
    is_page = fields.get("mime") == "warc/revisit" or (
        fields.get("mime") in ("text/html", "application/xhtml+xml") and fields.get("status") == "200"
    )
    url = fields.get("url", "")
    return url if is_page and url.startswith(("http:", "https:")) else None
