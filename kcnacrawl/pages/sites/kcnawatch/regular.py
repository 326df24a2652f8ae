"""A related block whose cards are all alike, read from the source. One card that differs, and it is left to the reader
that understands markup.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from html import unescape

from kcnacrawl.items import Related
from kcnacrawl.pages.cards import is_card_text
from kcnacrawl.pages.document import Document
from kcnacrawl.text.clean import clean_line
from kcnacrawl.text.dates import parse_date

_TEXT = re.compile(r">\s*([^<\s][^<]*)<")
_HREF = re.compile(r"href=[\"']?([^\s\"'>]+)")
_NAME = re.compile(r"[0-9]{9,11}-[0-9]{1,10}")
_DAY = re.compile(r"[A-Z][a-z]{2,8} \d{1,2}, \d{4}")
_TITLE_TAG = re.compile(r"<(?:a|h[1-6])(?:\s[^>]*)?>\s*(?:<(?:a|b|strong|span|div|p|h[1-6])(?:\s[^>]*)?>\s*)*\Z")
_LONGEST_DAY = 20
_NOT_PLAIN = re.compile(r"<(?:[!?A-Z]|script|style|noscript|template|footer|svg|table|select|pre\b|button)")
_SHORTEST_EXCERPT = 60  # bytes: a Chinese or Korean character says as much as three Latin letters


def read_regular(source: str, document: Document) -> list[Related] | None:
    """Give the related articles of a block's source, or ``None`` when its cards are not surely all of one form."""
    # As many "<" as ">": none stands in a text or in an attribute.
    if source.count("<") != source.count(">") or _NOT_PLAIN.search(source) or "\0" in source:
        return None
    texts, hrefs = [text.rstrip() for text in _TEXT.findall(source + "<")], _targets(source)
    count, rest = divmod(len(texts), len(hrefs) or 1)
    if rest or len(hrefs) < 2 or not 3 <= count <= 8 or not _is_title(source, texts[0]):
        return None
    columns = _columns([texts[place::count] for place in range(count)])
    if columns is None:
        return None
    return [
        Related(title=_clean(title), url=document.absolute(unescape(href)), excerpt=_clean(excerpt), published=day)
        for title, excerpt, day, href in zip(*columns, hrefs, strict=True)
    ]


def _columns(columns: list[list[str]]) -> tuple[list[str], list[str], list[str]] | None:
    """Sort "title, title, excerpt, day, excerpt", or any such series that begins with the title and has one of each."""
    titles = columns[0]
    days = [column for column in columns[1:] if _DAY.fullmatch(column[0])]
    others = [column for column in columns[1:] if column != titles and column not in days]
    if len(days) != 1 or not others or any(column != others[0] for column in others):
        return None
    read = [day for text in days[0] if len(text) <= _LONGEST_DAY and (day := _read_day(text))]
    if len(read) < len(titles) or min(len(text.encode()) for text in others[0]) < _SHORTEST_EXCERPT:
        return None
    # What comes again may be a label or a button and no title.
    doubtful = {titles[0], *(title for title, times in Counter(titles).items() if times > 1)}
    return (titles, others[0], read) if all(is_card_text(_clean(title)) for title in doubtful) else None


def _is_title(source: str, text: str) -> bool:
    """Whether a text stands directly in a link or a heading."""
    place = source.find(text)
    while not source[:place].rstrip().endswith(">"):  # not in a picture's description
        place = source.find(text, place + 1)
    return _TITLE_TAG.search(source, max(0, place - 400), place) is not None


def _targets(source: str) -> list[str]:
    """The targets of the cards, in order; none when one comes back later or leads to no article."""
    found: dict[str, str] = {}
    last = ""
    for href in _HREF.findall(source):
        if href == last:
            continue
        # The path's part that names an article, taken without the pattern that takes all there is.
        last, name = href, href.partition("/newstream/")[2].partition("/")[0]
        if not _NAME.fullmatch(name) or (name in found and next(reversed(found)) != name):
            return []
        found.setdefault(name, href)
    return list(found.values())


def _clean(text: str) -> str:
    if "&" in text:
        text = unescape(text)
    # Plain English is clean already, and told to be many times as fast as it is cleaned.
    return text if text.isascii() and text.isprintable() and "  " not in text else clean_line(text)


@lru_cache(maxsize=256)
def _read_day(text: str) -> str | None:
    return parse_date(text) if _DAY.fullmatch(text) else None
