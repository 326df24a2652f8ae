"""A related block whose cards are all alike, read from the source. One card that differs, and it is left to the reader
that understands markup.
"""

from __future__ import annotations

import re
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
    found = []
    for start, href in zip(range(0, len(texts), count), hrefs, strict=True):
        related = _read_card(texts[start : start + count], document.absolute(unescape(href)))
        if related is None:
            return None
        found.append(related)
    return found


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


def _read_card(texts: list[str], url: str | None) -> Related | None:
    """Read "title, title, excerpt, day, excerpt" or any such series that begins with the title and has one of each."""
    wordings = list(dict.fromkeys(texts))
    if len(wordings) != 3:
        return None
    title, excerpt, raw = wordings
    day = _read_day(raw)
    if day is None:
        excerpt, day = raw, _read_day(excerpt)
    title, excerpt = clean_line(unescape(title)), clean_line(unescape(excerpt))
    if day is None or len(excerpt.encode()) < _SHORTEST_EXCERPT or not is_card_text(title):
        return None
    return Related(title=title, url=url, excerpt=excerpt, published=day)


@lru_cache(maxsize=256)
def _read_day(text: str) -> str | None:
    return parse_date(text) if len(text) <= _LONGEST_DAY and _DAY.fullmatch(text) else None
