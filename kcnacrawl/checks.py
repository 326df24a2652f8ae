"""What is missing or odd about an article: rules as data. Only what a person should look at is a problem."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kcnacrawl.items import Article, Problem
from kcnacrawl.text.clean import clean_line
from kcnacrawl.text.dates import KOREA


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong with an article."""

    code: str
    """Stable short name, as in ``Problem.code``."""

    message: str
    """One sentence for a person; ``{article}`` stands for the article."""

    holds: Callable[[Article], bool]
    """True when the article has this problem."""

    fatal: bool = False
    """True when the article must not be put out."""


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _day_in_korea(instant: str | None) -> date | None:
    try:
        return (datetime.fromisoformat(instant or "") + KOREA).date()
    except (ValueError, OverflowError):
        return None


def _is_after(article: Article, instant: str | None) -> bool:
    published, then = _day(article.published), _day_in_korea(instant)
    return published is not None and then is not None and published - then > timedelta(days=1)


def _is_before_agency(article: Article) -> bool:
    published = _day(article.published)
    return published is not None and published < date(1946, 12, 5)


def _has_far_dateline(article: Article) -> bool:
    published, dateline = _day(article.published), article.dateline
    if published is None or dateline is None or dateline.month is None or dateline.day is None:
        return False
    # 29 February is counted as 1 March in other years; around New Year the nearer year is meant.
    distances = [
        abs((published - date(year, dateline.month, 1)).days - dateline.day + 1)
        for year in range(max(1, published.year - 1), min(9999, published.year + 1) + 1)
    ]
    return min(distances) > 3


def _has_far_trailer(article: Article) -> bool:
    published, trailer = _day(article.published), _day(article.trailer.date if article.trailer else None)
    return published is not None and trailer is not None and abs((published - trailer).days) > 3


_CLOSING = re.compile(r"[ \n]-0-(?:\s|$)|\(끝\)|\bwww\.kcna\.kp \([\dJ]")
_FURNITURE = re.compile(r"^(?:More From |More Articles$|Date: \d)|Read original version at source", re.MULTILINE)
_MARKUP = re.compile(
    r"</?(?:p|br|div|span|a|img|b|i|strong|em|nobr|font|script|style|table|td|tr|li|ul)\b[^<>]*>|&(?:nbsp|amp|lt|gt|quot|#\d+);"
)
_MISREAD = re.compile("â€[\u0080-\u009f™œ\u009d\u02dc¦“”]|Ã[\u0080-\u00bf]|ï¿½|ì[\u0080-\u00bf]{2}")


def _text(article: Article) -> str:
    return f"{article.title}\n\n{article.body}"


def _says_nothing_else(article: Article) -> bool:
    first = (article.body or "").partition("\n\n")[0]
    return bool(first) and clean_line(first).lstrip("· ") == (article.title or "").lstrip("· ")


def _repeats_paragraph(article: Article) -> bool:
    paragraphs = [paragraph for paragraph in (article.body or "").split("\n\n") if len(paragraph) > 60]
    return len(set(paragraphs)) < len(paragraphs)


def _is_very_short(article: Article) -> bool:
    body = article.body or ""
    dateline = len(article.dateline.text) if article.dateline else 0
    return article.kind not in ("photo", "video") and 0 < len(body.encode()) - dateline < 60


def _lacks_end_mark(article: Article) -> bool:
    """True for a text of www.kcna.kp that just stops: every one of 1,862 examined ends with a mark."""
    if article.source != "kcna.kp" or article.dateline is None or not article.body:
        return False
    return (
        len(clean_line(article.body_raw or "")) - len(article.trailer.text if article.trailer else "")
        <= len(article.body) + 1
    )


RULES: tuple[Rule, ...] = (
    Rule("no_id", "The address does not tell which article it is.", lambda a: not a.id, fatal=True),
    Rule("no_title", "The page shows no title.", lambda a: not a.title, fatal=True),
    Rule("no_body", "The page shows no text.", lambda a: not a.body, fatal=True),
    Rule("no_date", "Neither the page nor the text says a day of publication.", lambda a: _day(a.published) is None),
    Rule("no_source", "Nothing says where the text comes from.", lambda a: not a.source),
    Rule("no_language", "The language cannot be told from the text.", lambda a: bool(a.body) and not a.language),
    Rule(
        "date_in_future", "The day of publication is after the day of the fetch.", lambda a: _is_after(a, a.fetched_at)
    ),
    Rule(
        "date_after_ingest",
        "The day of publication is after KCNA Watch took the article in.",
        lambda a: _is_after(a, a.ingested_at),
    ),
    Rule("date_before_1946", "The day of publication is before the agency was founded.", _is_before_agency),
    Rule(
        "dateline_far_from_published",
        "The dateline is more than three days from the day of publication.",
        _has_far_dateline,
    ),
    Rule(
        "trailer_far_from_published",
        "The closing line is dated more than three days from the day of publication.",
        _has_far_trailer,
    ),
    Rule("no_end_mark", "The text stops without the agency's end mark; the page may be cut short.", _lacks_end_mark),
    Rule(
        "text_after_end_mark",
        "There is text after the end mark or the closing line.",
        lambda a: bool(a.body) and bool(_CLOSING.search(a.body or "")),
    ),
    Rule("title_repeated_in_body", "The text begins with the title.", _says_nothing_else),
    Rule("paragraph_repeated", "A paragraph stands in the text more than once.", _repeats_paragraph),
    Rule("very_short_body", "The text is shorter than a sentence.", _is_very_short),
    Rule(
        "page_text_in_body", "The text holds words of the page around it.", lambda a: bool(_FURNITURE.search(_text(a)))
    ),
    Rule("html_in_text", "Title or text holds markup.", lambda a: bool(_MARKUP.search(_text(a)))),
    Rule(
        "replacement_characters",
        "Title or text holds characters that could not be decoded.",
        lambda a: "\ufffd" in _text(a),
    ),
    Rule(
        "wrong_charset",
        "Title or text looks decoded with the wrong character set.",
        lambda a: bool(_MISREAD.search(_text(a))),
    ),
)

FATAL: frozenset[str] = frozenset(rule.code for rule in RULES if rule.fatal)
"""Codes of problems that keep an article out of the output."""


def problems(article: Article) -> list[Problem]:
    """Give every problem of a derived article, in the order of the rules. "Now" is the instant of its fetch."""
    return [Problem(code=rule.code, message=rule.message) for rule in RULES if rule.holds(article)]
