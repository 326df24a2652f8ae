"""The pages of a package: each article with its title and text, each other page with its title."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from kcnacrawl.archive.cdxj.timestamp import timestamp
from kcnacrawl.archive.pages import open_record
from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.stored import stored_response
from kcnacrawl.archive.wacz.lines import LineFile
from kcnacrawl.archive.wacz.plan import Plan
from kcnacrawl.archive.wacz.scratch import CHOSEN, IS_PAGE
from kcnacrawl.archive.wacz.words import search_words
from kcnacrawl.pages.document import Document
from kcnacrawl.pages.entity import decode_entity
from kcnacrawl.pages.page import ArticlePage, PageError
from kcnacrawl.urls import article_id

HEADER = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
"""First line, without ``hasText``: with it, ReplayWeb.page 2.5 reads a megabyte of the file, as it is stored, for its
search, and finds nothing that comes later; without it, it searches all pages."""

_QUERY = f"""
SELECT c.record_id, c.url, c.date, m.file, m.offset, l.file, l.offset
FROM capture c
JOIN capture m ON m.number = COALESCE((SELECT number FROM capture o WHERE o.record_id = c.refers_to), c.number)
LEFT JOIN line l ON l.record_id = c.record_id
WHERE c.why = {CHOSEN} AND c.status IN (200, 0) AND {IS_PAGE} ORDER BY c.date, c.number
"""


class Captured(NamedTuple):
    """A capture of a page."""

    id: str
    """As in ``Page``."""

    url: str
    date: str
    path: Path
    """Of the WARC file with the record that has the payload; for a revisit that of the original."""

    offset: int


class Page(NamedTuple):
    """A line of ``pages.jsonl``."""

    id: str
    url: str
    ts: str
    """The capture's second in RFC 3339: index and replay address name captures by their seconds."""

    title: str | None
    text: str | None
    """The article's text; null for other pages."""

    newness: str
    """Sorts articles by their publication; empty for other pages."""

    def line(self, *, with_text: bool = True) -> bytes:
        fields: dict[str, Any] = {"id": self.id, "url": self.url, "ts": self.ts, "title": self.title or self.url}
        if with_text and self.text:
            words = search_words(f"{self.title or ''}\n{self.text}")
            fields["text"] = f"{self.text}\n\n{words}" if words else self.text
        return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)


def find_pages(plan: Plan, articles: list[LineFile]) -> Iterator[Page]:
    """The pages of the captures asked for, in the order of their capture; empty ones, which show nothing, left out.

    :param articles: files of the lines that are noted
    """
    total = count_captured(plan)
    for record_id, url, date, file, offset, line_file, line_offset in plan.scratch.rows(_QUERY):
        plan.progress("Pages", 1, total)
        if line_file is not None:
            title, text, newness = _from_line(articles[line_file].path, line_offset)
            yield Page(record_id, url, _instant(date), title, text, newness)
        else:
            page = read_page(Captured(record_id, url, date, plan.files[file].path, offset))
            if page is not None:
                yield page


def count_captured(plan: Plan) -> int:
    """How many captures of pages were asked for."""
    return plan.scratch.value(f"SELECT COUNT(*) FROM ({_QUERY})")


def find_captured(plan: Plan) -> Iterator[Captured]:
    """The captures that have a line, in the order of their capture."""
    for record_id, url, date, file, offset, *_ in plan.scratch.rows(_QUERY):
        yield Captured(record_id, url, date, plan.files[file].path, offset)


def read_page(captured: Captured) -> Page | None:
    """A page as its record tells it; null when it is empty and shows nothing.

    :raises ArchiveError: when the record cannot be read
    :raises ValueError: when the date is none
    """
    record = read_record(captured.path, captured.offset)
    response = stored_response(record)
    if response is not None and not response.body:
        return None
    return Page(captured.id, captured.url, _instant(captured.date), *_from_record(record, captured.url))


def told_page(captured: Captured, title: str | None, text: str) -> Page:
    """A page of which its article is known already.

    :raises ValueError: when the date is none
    """
    return Page(captured.id, captured.url, _instant(captured.date), title, text, "")


def _instant(date: str) -> str:
    digits = timestamp(date)
    year, month, day, hour, minute, second = (digits[:4], *(digits[at : at + 2] for at in range(4, 14, 2)))
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"


def _from_line(path: Path, offset: int) -> tuple[str | None, str | None, str]:
    with path.open("rb") as file:
        file.seek(offset)
        item = orjson.loads(file.readline())
    return item.get("title"), item.get("body"), f"{item.get('published') or ''} {item.get('ingested_at') or ''}"


def _from_record(record: Record, url: str) -> tuple[str | None, str | None, str]:
    """:param url: of the capture; a revisit may refer to a record of another address"""
    if article_id(url) is not None:
        try:
            page = open_record(record)
        except PageError:
            return _title(record), None, ""
        if isinstance(page, ArticlePage):
            article = page.article
            return article.title, article.body, f"{article.published or ''} {article.ingested_at or ''}"
    return _title(record), None, ""


def _title(record: Record) -> str | None:
    response = stored_response(record)
    if response is None:
        return None
    try:
        body = decode_entity(response.body, ",".join(response.headers("content-encoding")))
        node = Document(body, record.uri, response.header("content-type"), response.status).tree.css_first("title")
    except PageError:
        return None
    return " ".join(node.text().split()) if node else None
