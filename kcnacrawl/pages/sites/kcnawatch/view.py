"""Which part of a page is flattened. A plain page is read from its source, from the frame's end to the end of the
related block; whatever is not plain, or not sure there, is read from the whole parsed page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kcnacrawl.items import Related
from kcnacrawl.pages.document import Document
from kcnacrawl.pages.flatten import Flat, flatten, flatten_source
from kcnacrawl.pages.sites.kcnawatch.regular import read_regular

_STARTS = ("</nav>", "</header>", "<main", "<body")
_BUTTON = re.compile(r">\s*More Articles\s*<")
_LARGEST_PART = 300_000


@dataclass(slots=True)
class View:
    """A flattened page, or the part of it that matters."""

    flat: Flat
    related: list[Related] | None = None
    """The related articles where they were already read from the source."""
    is_whole: bool = False


def views(document: Document) -> Iterator[View]:
    """Give ways to see the page, cheapest first; the last one is the whole page."""
    if part := _find_part(document.text):
        start, cards, end = part
        related = read_regular(document.text[cards:end], document)
        flat = flatten_source(document.text[start : cards if related else end])
        if flat is not None:
            yield View(flat, related)
    body = document.tree.body
    yield View(flatten((body.html or "") if body is not None else ""), is_whole=True)


def _find_part(text: str) -> tuple[int, int, int] | None:
    """Give where the article's part begins, where the first related article does, and where the last ends."""
    source = text.find("Source:", max(0, text.find("<body")))
    heading = text.find("More From", source)
    button = next((match.start() for match in _BUTTON.finditer(text, max(0, heading))), -1)
    if not 0 < source < heading < button or text.find("More From", heading + 9) > 0:
        return None
    start = text.find(">", max(text.rfind(mark, 0, source) for mark in _STARTS)) + 1
    link = text.find("/newstream/", heading, button)
    cards, end = text.rfind("<", heading, link), text.rfind("<", heading, button)
    if not start or not heading < cards < end or end - start > _LARGEST_PART:
        return None
    # Not out of the middle of a script or a comment.
    before = text.rfind("<script", 0, start) <= text.rfind("</script", 0, start)
    return (start, cards, end) if before and text.rfind("<!--", 0, start) <= text.rfind("-->", 0, start) else None
