"""What is missing or odd about an article: rules as data. Only what a person should look at is a problem."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kcnacrawl.items import Article, Problem
from kcnacrawl.text.clean import bare_title
from kcnacrawl.text.dates import KOREA
from kcnacrawl.text.marks import ends_with_mark


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong with an article."""

    code: str
    """Stable short name, as in ``Problem.code``."""

    message: str
    """One sentence for a person."""

    holds: Callable[[Article], bool]
    """True when the article has this problem."""

    fatal: bool = False
    """True when the article must not be put out."""


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _is_after(article: Article, instant: str | None) -> bool:
    """True when the day of publication is more than a day after the instant's day in Korea."""
    published = _day(article.published)
    if published is None or not instant:
        return False
    try:
        then = (datetime.fromisoformat(instant) + KOREA).date()
    except (ValueError, OverflowError):
        return False
    return published - then > timedelta(days=1)


def _is_before_agency(article: Article) -> bool:
    published = _day(article.published)
    return published is not None and published.year < 1946


def _has_far_dateline(article: Article) -> bool:
    published, dateline = _day(article.published), article.dateline
    if published is None or dateline is None or dateline.month is None or dateline.day is None:
        return False
    # Days into a year of 366, on a circle: New Year's Eve is next to New Year's Day.
    apart = abs(_day_of_year(published.month, published.day) - _day_of_year(dateline.month, dateline.day))
    return min(apart, 366 - apart) > 3


def _day_of_year(month: int, day: int) -> int:
    return date(2000, month, day).toordinal()


def _has_far_trailer(article: Article) -> bool:
    published, trailer = _day(article.published), _day(article.trailer.date if article.trailer else None)
    return published is not None and trailer is not None and abs((published - trailer).days) > 3


def _lacks_end_mark(article: Article) -> bool:
    # Every one of 1,862 texts of www.kcna.kp with a dateline closes with a mark; those of other sources often do not.
    from_agency = article.source == "kcna.kp" and article.dateline is not None and article.body_raw is not None
    return from_agency and not (ends_with_mark(article.body_raw or "") or _has_text_after_closing(article))


def _has_text_after_closing(article: Article) -> bool:
    body = article.body or ""
    return (
        " -0- " in body
        or " -0-\n" in body
        or "(끝)" in body
        or ("www.kcna.kp" in body and re.search(r"www\.kcna\.kp \((?:Juche ?)?\d", body) is not None)
    )


def _repeats_title(article: Article) -> bool:
    first = (article.body or "").partition("\n\n")[0]
    return bool(first) and bare_title(first) == bare_title(article.title or "")


def _repeats_paragraph(article: Article) -> bool:
    paragraphs = [paragraph for paragraph in (article.body or "").split("\n\n") if len(paragraph) > 60]
    return len(set(paragraphs)) < len(paragraphs)


def _is_very_short(article: Article) -> bool:
    if article.kind in ("photo", "video") or not article.body or len(article.body) > 200:
        return False
    # Bytes, because a Korean or Chinese character says as much as three Latin letters.
    return (
        len(article.body.encode(errors="replace")) - len(article.dateline.text.encode() if article.dateline else b"")
        < 60
    )


_FURNITURE = (
    "Read original version at source",
    "\n\nMore From ",
    "\n\nMore Articles",
    "Upgrade to NK PRO",
    "KCNA Watch Logo",
)


def _has_page_text(article: Article) -> bool:
    body = f"\n\n{article.body or ''}"
    return any(words in body for words in _FURNITURE)


_TAG = re.compile(
    r"</?(?:a|b|br|div|em|font|h\d|i|img|li|nobr|ol|p|script|span|strong|style|table|td|tr|u|ul)(?:\s[^<>]*)?/?>"
    r"|&(?:nbsp|amp|lt|gt|quot|apos|#\d{2,5}|#x[\da-f]{2,5});",
    re.IGNORECASE,
)


def _has_markup(article: Article) -> bool:
    return any(("<" in text or "&" in text) and _TAG.search(text) for text in _texts(article))


def _has_replacement_characters(article: Article) -> bool:
    return any("\ufffd" in text for text in _texts(article))


# UTF-8 read as Windows-1252: a curly quote, a byte order mark, an accented letter; several letters of Korean, Japanese,
# Chinese or Russian in a row. Not one pattern: each begins with a set or a letter, which is found five times as quick.
_SECOND = "[\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]"
_MISREAD = tuple(
    re.compile(pattern)
    for pattern in (
        "â€.",
        "ï»¿",
        "Ã[\u0080-\u00bf]",
        f"[ã-í]{_SECOND}{{1,2}}[ã-í]{_SECOND}",
        f"[ÐÑ]{_SECOND}?[ÐÑ]{_SECOND}?[ÐÑ]",
    )
)


def _is_misread(article: Article) -> bool:
    return any(not text.isascii() and any(pattern.search(text) for pattern in _MISREAD) for text in _texts(article))


def _texts(article: Article) -> tuple[str, str]:
    return article.title or "", article.body or ""


RULES: tuple[Rule, ...] = (
    Rule("no_id", "The address does not tell which article it is.", lambda a: not a.id, fatal=True),
    Rule("no_title", "The page shows no title.", lambda a: not a.title, fatal=True),
    Rule("no_body", "The page shows no text.", lambda a: not a.body, fatal=True),
    Rule("no_date", "Neither page nor text tells the day of publication.", lambda a: _day(a.published) is None),
    Rule("no_source", "Nothing tells where the text comes from.", lambda a: not a.source),
    Rule("no_language", "The text does not tell its language.", lambda a: bool(a.body) and not a.language),
    Rule("date_in_future", "It is dated after the day of the fetch.", lambda a: _is_after(a, a.fetched_at)),
    Rule("date_after_ingest", "It is dated after KCNA Watch took it in.", lambda a: _is_after(a, a.ingested_at)),
    Rule("date_before_1946", "It is dated before there was an agency.", _is_before_agency),
    Rule("dateline_far_from_published", "The dateline is over three days from the date.", _has_far_dateline),
    Rule("trailer_far_from_published", "The closing line is over three days from the date.", _has_far_trailer),
    Rule("no_end_mark", "The text lacks the agency's end mark: it may be cut short.", _lacks_end_mark),
    Rule("text_after_end_mark", "Text follows the end mark or the closing line.", _has_text_after_closing),
    Rule("title_repeated_in_body", "The text begins with the title.", _repeats_title),
    Rule("paragraph_repeated", "A paragraph stands in the text more than once.", _repeats_paragraph),
    Rule("very_short_body", "The text is shorter than a sentence.", _is_very_short),
    Rule("page_text_in_body", "The text holds words of the page around it.", _has_page_text),
    Rule("html_in_text", "Title or text holds markup.", _has_markup),
    Rule("replacement_characters", "Title or text holds undecodable characters.", _has_replacement_characters),
    Rule("wrong_charset", "Title or text looks decoded with the wrong character set.", _is_misread),
)

FATAL: frozenset[str] = frozenset(rule.code for rule in RULES if rule.fatal)
"""Codes of problems that keep an article out of the output."""


def problems(article: Article) -> list[Problem]:
    """Give every problem of a derived article, in the order of the rules. "Now" is the instant of its fetch."""
    return [Problem(code=rule.code, message=rule.message) for rule in RULES if rule.holds(article)]
