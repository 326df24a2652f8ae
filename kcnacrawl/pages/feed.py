"""RSS and Atom, however broken: entries are found by their tags, never by the grammar of XML."""

from __future__ import annotations

import re

from kcnacrawl.pages.document import Document, join, plain
from kcnacrawl.pages.page import Card, ListingPage, PageError
from kcnacrawl.text.clean import clean_line
from kcnacrawl.text.dates import parse_date
from kcnacrawl.urls import article_id

_ENTRY = re.compile(r"<(?:item|entry)\b", re.IGNORECASE)
_ROOT = re.compile(r"<(?:rss|feed|rdf:rdf)\b", re.IGNORECASE)
_HTML = re.compile(r"\s*(?:<!--.{0,2000}?-->\s*)*(?:<!doctype html|<html\b)", re.IGNORECASE | re.DOTALL)
_NEXT = r"(?=<(?:title|link|guid|id|pubdate|description|content|summary|item|entry)\b)"
_FIELD = r"<(?:[a-z]+:)?{name}\b[^>]{0,500}>(.{0,60000}?)(?:</(?:[a-z]+:)?{name}\s*>|" + _NEXT + r"|\Z)"
_TITLE, _LINK, _GUID, _DAY, _TEXT = (
    re.compile(_FIELD.replace("{name}", name), re.IGNORECASE | re.DOTALL)
    for name in ("title", "link", "(?:guid|id)", "(?:pubdate|published|date|updated)", "(?:description|summary)")
)
_HREF = re.compile(r"<link\b[^>]{0,500}?\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_RFC_822 = re.compile(
    r"(?:[a-z]{3},\s*)?(\d{1,2})\s+([a-z]{3})[a-z]*\s+(\d{4})(?:\s+(\d\d?):(\d\d))?(?::\d\d)?\s*([+-]\d{4}|[a-z]{1,5})?",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST_ENTRY = 1 << 18


def is_feed(document: Document) -> bool:
    """Whether a document is a feed by what it holds, not by what it is called."""
    head = document.text[:4096]
    return not _HTML.match(head) and _ROOT.search(head) is not None


def read_feed(document: Document) -> ListingPage:
    """Give the cards of a feed; :raises PageError: ``not_a_feed`` when the answer is none."""
    if not is_feed(document):
        raise PageError("not_a_feed", "The feed reader looked for <rss>, <feed> or <rdf:RDF> and found 0.")
    cards: dict[str, Card] = {}
    for entry in _ENTRY.split(document.text)[1:]:
        card = _read_entry(entry[:_LONGEST_ENTRY], document.url)
        if card is not None:
            cards.setdefault(card.id, card)
    return ListingPage(cards=list(cards.values()))


def _read_entry(entry: str, base: str) -> Card | None:
    hrefs = [next(filter(None, groups), "") for groups in _HREF.findall(entry)]
    links = [_value(_LINK, entry), *hrefs, _value(_GUID, entry)]
    url = next((join(base, link) for link in links if link and article_id(link)), None)
    identity = article_id(url) if url else None
    if url is None or identity is None:
        return None
    raw = _value(_DAY, entry)
    return Card(
        id=identity,
        url=url,
        title=_value(_TITLE, entry),
        published=_day(raw) if raw else None,
        published_raw=raw,
        excerpt=_value(_TEXT, entry),
    )


def _value(pattern: re.Pattern[str], entry: str) -> str | None:
    match = pattern.search(entry)
    if not match:
        return None
    text = match[1]
    text = "".join(_CDATA.findall(text)) if "<![CDATA[" in text else plain(text)
    return clean_line(plain(_TAG.sub(" ", text))) or None


def _day(raw: str) -> str | None:
    """The day in Korea of a feed's instant (RFC 822 or ISO 8601)."""
    match = _RFC_822.fullmatch(raw)
    if not match:
        return parse_date(raw)
    day, month, year, hour, minute, zone = match.groups()
    if month.lower() not in _MONTHS:
        return None
    number = _MONTHS.index(month.lower()) + 1
    if hour is None:
        return parse_date(f"{year}-{number:02}-{int(day):02}")
    offset = f"{zone[:3]}:{zone[3:]}" if zone and zone[0] in "+-" else "Z"
    return parse_date(f"{year}-{number:02}-{int(day):02}T{int(hour):02}:{minute}:00{offset}")
