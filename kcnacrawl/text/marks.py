"""The closing of an agency text: end mark and trailer, taken off the end and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from kcnacrawl.items import Trailer
from kcnacrawl.text.clean import clean_text
from kcnacrawl.text.dates import parse_date

_DASHES = r"\-‐‑‒–—―－−─"
_END_MARK = re.compile(
    "(?:"
    # -0- after a space, glued to the sentence, or alone; never inside a number (a score of 3-0-1).
    rf"(?<![\d{_DASHES}])[{_DASHES}]{{1,2}} ?[0０] ?[{_DASHES}]{{1,2}}"
    rf"|(?<![\w{_DASHES}])[{_DASHES}]{{1,2}} ?[OoОоＯ] ?[{_DASHES}]{{1,2}}"
    rf"|(?:[{_DASHES}] ?){{2,}}[{_DASHES}]"
    r"|(?<=\n)끝"
    r")[.。]?\Z"
)
_LAST_OF_END_MARK = frozenset("-‐‑‒–—―－−─끝")
_BRACKETED_END = re.compile(r"[(（\[【] ?[끝完终終] ?[)）\]】][.。]?\Z")
_CLOSING_BRACKETS = frozenset(")）]】")
_DAY = (
    r"(?:(?:juche|주체|主体|主體|チュチェ|чучхе) ?)?\d{1,4}(?: ?\(\d{4}\))?"
    r"(?: ?[-./년年] ?\d{1,2} ?[-./월月] ?\d{1,2} ?[.일日]?)"
)
_BRACKETED_DAY = re.compile(rf"[(（\[] ?(?P<day>{_DAY}) ?[)）\]]\.?\Z", re.IGNORECASE)
# Glued to a sentence only with its www.: any other host needs a space before it, and the ending of the country.
_HOST = re.compile(
    r"(?:https?://)?(?P<www>www\.(?:[a-z0-9-]+\.)+[a-z]{2,4})/?\Z"
    r"|(?:https?://|(?<!\S))(?P<bare>(?:(?!www\.)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+kp)/?\Z",
    re.IGNORECASE,
)
_TAIL = 200
"""Characters in which end mark and trailer certainly stand."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text without its closing, and the closing."""

    text: str
    """What was written: the clean text less end mark and trailer."""

    end_mark: str | None
    """End mark as printed (``-0-``), or null."""

    trailer: Trailer | None
    """Trailer, or null."""

    trailer_day: str | None
    """The day in the trailer as printed (``2025.04.17.``), or null."""


def take_marks(text: str) -> Marked:
    """Take end mark and trailer off the end of a clean text, in whatever order and however often they stand there.

    They may be paragraphs of their own, close the last paragraph, or be glued to its last sentence.
    """
    end_mark = trailer = trailer_day = None
    while True:
        if (start := _find_end_mark(text)) is not None:
            end_mark = end_mark or text[start:]
        elif found := _find_trailer(text):
            start = found.start
            if trailer is None:
                trailer_day = found.day
                trailer = Trailer(text=text[start:], site=found.host, date=parse_date(found.day) if found.day else None)
        else:
            return Marked(text, end_mark, trailer, trailer_day)
        text = text[:start].rstrip()


def _find_end_mark(text: str) -> int | None:
    last = text.rstrip(".。")[-1:]
    if last in _CLOSING_BRACKETS:
        found = _BRACKETED_END.search(text, max(0, len(text) - 7))
    elif text.endswith(" -0-"):  # nearly all that have one
        return len(text) - 3
    elif last in _LAST_OF_END_MARK:
        # The line break stands for the start of the text.
        found = _END_MARK.search(text[-30:] if len(text) > 30 else "\n" + text)
    else:
        return None
    return len(text) - len(found[0]) if found else None


class _Found(NamedTuple):
    start: int
    host: str
    day: str | None


def _find_trailer(text: str) -> _Found | None:
    day = _BRACKETED_DAY.search(text, max(0, len(text) - 36))
    # Without a date only as a paragraph of its own: a host named in a sentence is text.
    if not day and not text.endswith((".kp", ".kp/")):
        return None
    end = len(text[: day.start()].rstrip()) if day else len(text)
    paragraph = text.rfind("\n", 0, end) + 1
    host = _HOST.search(text, max(paragraph, end - 48), end) if day else _HOST.match(text, paragraph)
    return _Found(host.start(), (host["www"] or host["bare"]).lower(), day["day"] if day else None) if host else None


def ends_with_mark(text: str) -> bool:
    """Tell whether a text, clean or raw, closes with an end mark; a trailer may stand on either side of it."""
    tail = text[-_TAIL:]
    return "-0-" in tail or take_marks(clean_text(tail)).end_mark is not None
