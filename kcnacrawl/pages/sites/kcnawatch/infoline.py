"""The line of a KCNA Watch article that says day and source, found by its text whatever elements it is split into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from kcnacrawl.pages.flatten import Flat
from kcnacrawl.text.clean import clean_line
from kcnacrawl.text.dates import parse_date

# English is SEEN; the other languages are INFERRED, for pages with a localised frame.
_DATE = r"(?:Date(?: of publication)?|Published(?: on)?|날짜|일자|게시일|발행일|Fecha|日期|日付|掲載日|Дата)"
_SOURCE = r"(?:Source|출처|원천|소스|Fuente|来源|來源|出典|情報源|Источник)"
_READ = (
    r"(?:Read (?:the )?original(?: (?:version|article))?(?: at (?:the )?source)?|원문 ?보기|원문"
    r"|Leer (?:la )?versión original[^|\n]{0,20}|阅读原文|閱讀原文|原文を読む|Читать оригинал)"
)
_DAY = (
    r"(?:\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}|\d{4}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{1,2}"
    r"|[^\W\d_]{3,10}\.? \d{1,2}, \d{4}|\d{1,2} (?:de )?[^\W\d_]{3,10}\.? (?:de )?\d{4}"
    r"|\d{4}\s?[년年]\s?\d{1,2}\s?[월月]\s?\d{1,2}\s?[일日])"
)
_BETWEEN = r"[\s|·•,;/–—-]{0,20}"
_LABEL = rf"(?P<source>[^|\n]{{1,80}}?)(?=\s{{0,9}}(?:\||\n|\Z|{_READ}))"
_TO = r"\s{0,9}[:：]?\s{0,9}"
_INFO = re.compile(
    rf"{_DATE}{_TO}(?P<day>{_DAY}){_BETWEEN}(?:{_SOURCE}{_TO}{_LABEL})?(?:{_BETWEEN}(?P<read>{_READ}))?", re.IGNORECASE
)
_REVERSED = re.compile(
    rf"{_SOURCE}\s{{0,9}}[:：]\s{{0,9}}{_LABEL}{_BETWEEN}{_DATE}{_TO}(?P<day>{_DAY})(?:{_BETWEEN}(?P<read>{_READ}))?",
    re.IGNORECASE,
)
_ODD_MARKS = str.maketrans({"｜": "|", "\u200b": " ", "\ufeff": " "})
_SEEN_DAY = re.compile(r"\d{1,2}\s?/\s?\d{1,2}\s?/\s?\d{4}")
_MOST_MATCHES = 20
_AROUND_LABEL = " \t|·•,;–—-"
_READ_ORIGINAL = re.compile(_READ, re.IGNORECASE)
# Copies for wide and narrow screens stand close together; a second article's line would not.
_NEAR_LINES = 8


@dataclass(frozen=True, slots=True)
class InfoLine:
    """What the line says and where it stands."""

    published: str | None
    """ISO 8601, or null when the printed day does not exist."""
    published_raw: str
    source_label: str | None
    first: int
    """Number of its first line."""
    last: int
    """Number of its last line, copies for other screens included."""
    before: str
    """Text of the first line in front of it."""
    after: str
    """Text of the last line behind it."""


def find_info_line(flat: Flat) -> InfoLine | None:
    """Find the first line that has a day and a source (or the link to the original) together, or ``None``."""
    text = "\n".join([line.text for line in flat.lines])
    if not text.isascii() and any(mark in text for mark in ("｜", "\u200b", "\ufeff")):
        text = text.translate(_ODD_MARKS)
    matches = list(islice(_matches(text), _MOST_MATCHES))
    # Of all forms of a day, the one that was SEEN; a search form in the frame may say "Date" and "Source" too.
    first = next((n for n, match in enumerate(matches) if _SEEN_DAY.fullmatch(match["day"])), 0)
    if not matches:
        return None
    found, copies = matches[first], matches[first + 1 :]
    raw, label = found["day"], found["source"]
    last = found
    for copy in copies:
        near = text.count("\n", last.end(), copy.start()) <= _NEAR_LINES
        if not near or copy["day"] != raw or copy["source"] != label:
            break
        last = copy
    start, end = text.rfind("\n", 0, found.start()) + 1, text.find("\n", last.end())
    return InfoLine(
        published=parse_date(re.sub(r"\s*([/.-])\s*", r"\1", raw), day_first=True),
        published_raw=clean_line(raw),
        source_label=clean_line(label).strip(_AROUND_LABEL) or None if label else None,
        first=text.count("\n", 0, start),
        last=text.count("\n", 0, last.end()),
        before=text[start : found.start()].rstrip(_AROUND_LABEL).lstrip(" \t|"),
        after=text[last.end() : end if end >= 0 else len(text)].strip(_AROUND_LABEL),
    )


def _matches(text: str) -> Iterator[re.Match[str]]:
    position, searched = 0, False
    # A plain search for the SEEN word is twenty times as fast as the pattern.
    while (position := text.find("Date", position)) >= 0:
        match = _INFO.match(text, position)
        position += 4
        if match and (match["source"] or match["read"]):
            searched, position = True, match.end()
            yield match
    if not searched:
        yield from (m for form in (_INFO, _REVERSED) for m in form.finditer(text) if m["source"] or m["read"])


def is_read_original(text: str) -> bool:
    """Whether a link's text says that it leads to the original."""
    return _READ_ORIGINAL.search(text) is not None
