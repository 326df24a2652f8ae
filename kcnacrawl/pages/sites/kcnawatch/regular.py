"""A related block whose cards are all alike, read from the source. One card that differs, and it is left to the reader
that understands markup.
"""

from __future__ import annotations

import re
from html import unescape

from kcnacrawl.items import Related
from kcnacrawl.pages.cards import is_card_text
from kcnacrawl.pages.document import Document
from kcnacrawl.text.clean import clean_line
from kcnacrawl.text.dates import make_day
from kcnacrawl.urls import article_id

_TAG = re.compile(r"<[^>]*>")
_HREF = re.compile(r"<a [^>]*\bhref=\"([^\"]*)\"")
_DAY = re.compile(r"([A-Z][a-z]{2,8}) (\d{1,2}), (\d{4})")
_TITLE_TAG = re.compile(r"<(?:a|h[1-6])(?: [^>]*)?>\s*(?:<(?:b|strong|span|div|p|h[1-6])(?: [^>]*)?>\s*)*\Z")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
_MONTH_NUMBERS = {name: number for number, name in enumerate((*_MONTHS, "November", "December"), 1)}
_NOT_PLAIN = re.compile(r"<(?:!|script|style|noscript|template|footer|svg|table|select|pre)|='|hidden|display|\0")
_SHORTEST_EXCERPT = 60


def read_regular(source: str, document: Document) -> list[Related] | None:
    """Give the related articles of a block's source, or ``None`` when its cards are not surely all of one form."""
    if _NOT_PLAIN.search(source):
        return None
    hrefs = _targets(source)
    texts = [text for text in _TAG.split(source) if text and not text.isspace()]
    count, rest = divmod(len(texts), len(hrefs) or 1)
    if rest or len(hrefs) < 2 or not 3 <= count <= 8 or not _TITLE_TAG.search(source[: source.find(texts[0])]):
        return None
    found = []
    for start, href in zip(range(0, len(texts), count), hrefs, strict=True):
        url = document.absolute(unescape(href))
        related = _read_card([text.strip() for text in texts[start : start + count]], url)
        if related is None:
            return None
        found.append(related)
    return found


def _targets(source: str) -> list[str]:
    """The targets of the cards, in order; none when one comes back later or leads to no article."""
    found: dict[str, str] = {}
    last = ""
    for href in _HREF.findall(source):
        if href == last:
            continue
        last, identity = href, article_id(href)
        if identity is None or (identity in found and next(reversed(found)) != identity):
            return []
        found.setdefault(identity, href)
    return list(found.values())


def _read_card(texts: list[str], url: str | None) -> Related | None:
    """Read "title, title, excerpt, day, excerpt" or any such series that begins with the title and has one of each."""
    days = [match for text in texts if (match := _DAY.fullmatch(text))]
    title, *others = dict.fromkeys(text for text in texts if not _DAY.fullmatch(text))
    if len(days) != 1 or len(others) != 1 or len(others[0]) < _SHORTEST_EXCERPT or days[0][0] == texts[0]:
        return None
    month = _MONTH_NUMBERS.get(days[0][1])
    title, excerpt = clean_line(unescape(title)), clean_line(unescape(others[0]))
    if month is None or not is_card_text(title):
        return None
    return Related(title=title, url=url, excerpt=excerpt, published=make_day(int(days[0][3]), month, int(days[0][2])))
