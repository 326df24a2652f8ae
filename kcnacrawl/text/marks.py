"""The closing of an agency text: end mark and trailer, taken off the end and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from kcnacrawl.items import Trailer
from kcnacrawl.text.dates import parse_date

_DASHES = r"\-‐‑‒–—―－−─"
_END_MARK = re.compile(
    "(?:"
    # -0- after a space, glued to the sentence, or alone; never inside a number (a score of 3-0-1).
    rf"(?<![\d{_DASHES}])[{_DASHES}]{{1,2}} ?[0０] ?[{_DASHES}]{{1,2}}"
    rf"|(?<![\w{_DASHES}])[{_DASHES}]{{1,2}} ?[OoОоＯ] ?[{_DASHES}]{{1,2}}"
    r"|[(（\[【] ?[끝完终終] ?[)）\]】]"
    rf"|(?:[{_DASHES}] ?){{2,}}[{_DASHES}]"
    r"|(?<=\n)끝"
    r")[.。]?\Z"
)
_LAST_OF_END_MARK = frozenset("-‐‑‒–—―－−─)）]】끝")
_DAY = (
    r"(?:(?:juche|주체|主体|主體|チュチェ|чучхе) ?)?\d{1,4}(?: ?\(\d{4}\))?"
    r"(?: ?[-./년年] ?\d{1,2} ?[-./월月] ?\d{1,2} ?[.일日]?)"
)
_BRACKETED_DAY = re.compile(rf"[(（\[] ?(?P<day>{_DAY}) ?[)）\]]\.?\Z", re.IGNORECASE)
# Glued to a sentence only with its www.: any other host needs a space before it, and the ending of the country.
_HOST = re.compile(
    r"(?:https?://)?(?P<host>www\.(?:[a-z0-9-]+\.)+[a-z]{2,4}"
    r"|(?<!\S)(?:(?!www\.)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+kp)/? ?\n*\Z",
    re.IGNORECASE,
)


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
    if text.rstrip(".。")[-1:] not in _LAST_OF_END_MARK:
        return None
    tail = text[-30:]
    # The line break stands for the start of the text.
    found = _END_MARK.search(tail if len(text) > len(tail) else "\n" + tail)
    return len(text) - len(found[0]) if found else None


class _Found(NamedTuple):
    start: int
    host: str
    day: str | None


def _find_trailer(text: str) -> _Found | None:
    if day := _BRACKETED_DAY.search(text, max(0, len(text) - 36)):
        host = _HOST.search(text, max(0, day.start() - 48), day.start())
        return _Found(host.start(), host["host"].lower(), day["day"]) if host else None
    # Without a date only as a paragraph of its own: a host named in a sentence is text.
    if text.endswith(("kp", "kp/")) and (host := _HOST.match(text, text.rfind("\n") + 1)):
        return _Found(host.start(), host["host"].lower(), None)
    return None
