"""The pages of a package: each article with its title and text, each other page with its title."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from kcnacrawl.archive.cdxj.timestamp import timestamp
from kcnacrawl.archive.pages import is_article, open_record
from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.stored import stored_response
from kcnacrawl.archive.wacz.lines import LineFile
from kcnacrawl.archive.wacz.plan import Plan
from kcnacrawl.archive.wacz.words import search_words
from kcnacrawl.pages.document import Document
from kcnacrawl.pages.entity import decode_entity
from kcnacrawl.pages.page import ArticlePage, PageError

HEADER = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
"""First line. Without ``hasText``: ReplayWeb.page 2.5 would then search in the first megabyte of the file alone, and in
nothing when a line is cut there; without it, it searches all pages that it has loaded."""

_QUERY = """
SELECT c.record_id, c.url, c.date, c.file, c.offset, c.refers_to, l.file, l.offset
FROM capture c LEFT JOIN capture o ON o.record_id = c.refers_to LEFT JOIN line l ON l.record_id = c.record_id
WHERE c.why = 1 AND COALESCE(c.is_page, o.is_page) ORDER BY c.date, c.number
"""


class Page(NamedTuple):
    """A line of ``pages.jsonl``."""

    id: str
    url: str
    ts: str
    """The capture's second in RFC 3339: index and replay address name captures by their seconds."""

    title: str | None
    text: str | None
    """The article's text; null for other pages."""

    def line(self, *, with_text: bool = True) -> bytes:
        fields: dict[str, Any] = {"id": self.id, "url": self.url, "ts": self.ts, "title": self.title or self.url}
        if with_text and self.text:
            words = search_words(f"{self.title or ''}\n{self.text}")
            fields["text"] = f"{self.text}\n\n{words}" if words else self.text
        return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)


def find_pages(plan: Plan, articles: list[LineFile]) -> Iterator[Page]:
    """The pages of the captures asked for, in the order of their capture.

    :param articles: files of the lines that are noted
    """
    for row in plan.scratch.rows(_QUERY):
        record_id, url, date, file, offset, refers_to, line_file, line_offset = row
        if line_file is not None:
            title, text = _from_line(articles[line_file].path, line_offset)
        else:
            title, text = _from_record(plan, file, offset, refers_to)
        yield Page(record_id, url, _instant(date), title, text)


def _instant(date: str) -> str:
    digits = timestamp(date)
    year, month, day, hour, minute, second = (digits[:4], *(digits[at : at + 2] for at in range(4, 14, 2)))
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"


def _from_line(path: Path, offset: int) -> tuple[str | None, str | None]:
    with path.open("rb") as file:
        file.seek(offset)
        item = orjson.loads(file.readline())
    return item.get("title"), item.get("body")


def _from_record(plan: Plan, file: int, offset: int, refers_to: object) -> tuple[str | None, str | None]:
    if refers_to:
        query = "SELECT file, offset FROM capture WHERE record_id = ? AND kind = 'response'"
        file, offset = next(plan.scratch.rows(query, refers_to), (file, offset))
    record = read_record(plan.files[file].path, offset)
    if is_article(record):
        try:
            page = open_record(record)
        except PageError:
            return _title(record), None
        if isinstance(page, ArticlePage):
            return page.article.title, page.article.body
    return _title(record), None


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
