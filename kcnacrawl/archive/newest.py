"""The newest article in an index: what a person wants to see first."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kcnacrawl.archive.errors import ArchiveError

_ARTICLE = re.compile(rb'"url": "[^"]*/newstream/+([0-9]{9,11})-[0-9]')


class Capture(NamedTuple):
    """A line of an index, as far as replay addresses need it."""

    timestamp: str
    """14 digits."""

    url: str


def newest_capture(index: Path) -> Capture | None:
    """The last capture of the newest article or, when there is none, of any page; null when the index has no page.

    The newest article is the one that the site took in last, which its identity tells.

    :param index: ``.cdxj``, or ``.idx`` of a ZipNum index
    :raises ArchiveError: when it cannot be read
    """
    best: tuple[str, str] = ("", "")
    newest: Capture | None = None
    try:
        for line in _lines(index):
            _, stamp, text = line.split(b" ", 2)
            timestamp = stamp.decode()
            # The cheap tests first: an index may have millions of lines.
            if best[0] and b"/newstream/" not in line:
                continue
            rank = (_taken_in(line), timestamp)
            if rank > best and (url := _page(text)) is not None:
                best, newest = rank, Capture(timestamp, url)
    except (OSError, ValueError) as error:
        raise ArchiveError(f"{index} cannot be read: {error}.") from error
    return newest


def _taken_in(line: bytes) -> str:
    """When the site took the article of a line in, as digits of one length; empty for other pages."""
    found = _ARTICLE.search(line)
    return f"{int(found[1]):011d}" if found else ""


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
