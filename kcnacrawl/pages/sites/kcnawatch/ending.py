"""Where the text of a KCNA Watch article ends: before "More From …", related articles, or the page's footer."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from kcnacrawl.pages.flatten import Flat, Line
from kcnacrawl.pages.sites.kcnawatch.infoline import InfoLine
from kcnacrawl.text.clean import clean_line
from kcnacrawl.text.marks import take_marks
from kcnacrawl.urls import article_id

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
SENTENCE_END = re.compile(r"[.。!?！？…:;\"”'’)）\]】-]\s*$")
_MORE_FROM = re.compile(r"more\s+from\b", re.IGNORECASE)
_MORE_ARTICLES = re.compile(
    r"(?:more|load more|related|latest|similar|other) (?:articles|news|stories)\W*", re.IGNORECASE
)
_LONGEST_HEADING = 60
_FAR = 40


def find_end(flat: Flat, info: InfoLine, own: str | None) -> tuple[int, int | None]:
    """Give the number of the line the text ends before, and that of the ``More From`` heading, if there is one."""
    start, lines = info.last + 1, flat.lines
    headings = _find_headings(flat, start) or (_part_heading(flat, start) and _find_headings(flat, start)) or []
    exact = f"more from {info.source_label or ''}".casefold()
    named = [n for n in headings if clean_line(lines[n].text).casefold() == exact]
    likely = named or [n for n in headings if _is_section_heading(flat, lines[n])]
    card = next((n for n in range(start, len(lines)) if _is_card(flat, lines[n], own)), len(lines))
    if likely:
        heading = _choose(likely, card)
        # Links to other articles before the very words of the heading are a sidebar's.
        return (heading if named else min(heading, card)), heading
    other = (n for n in range(start, card) if _MORE_ARTICLES.fullmatch(lines[n].text) or _is_footer(flat, lines[n]))
    return next(other, card), None


def _find_headings(flat: Flat, start: int) -> list[int]:
    return [n for n in range(start, len(flat.lines)) if _MORE_FROM.match(flat.lines[n].text)]


def _part_heading(flat: Flat, start: int) -> bool:
    """Part a line in which an inline element begins with the heading, where bare text runs on into it."""
    for number in range(start, len(flat.lines)):
        pieces = flat.lines[number].pieces
        for place in range(1, len(pieces)):
            if pieces[place][1] != pieces[place - 1][1] and _MORE_FROM.match(pieces[place][0].lstrip()):
                halves = (pieces[:place], pieces[place:])
                texts = (clean_line("".join(text for text, _ in half)) for half in halves)
                flat.lines[number : number + 1] = [Line(t, half) for t, half in zip(texts, halves, strict=True) if t]
                return True
    return False


def _choose(likely: Sequence[int], card: int) -> int:
    """The last before the first related article; of copies for other screens the first."""
    last = bisect_right(likely, card) - 1
    if last < 0 or card >= likely[-1] + _FAR:
        return likely[0]
    while last and likely[last - 1] == likely[last] - 1:
        last -= 1
    return likely[last]


def _is_card(flat: Flat, line: Line, own: str | None) -> bool:
    """Whether a line is nothing but a link to another article."""
    found = False
    for text, element in line.pieces:
        if text.isspace():
            continue
        href = flat.link(element)
        identity = article_id(href) if "/newstream/" in href else None
        if identity is None or identity == own:
            return False
        found = True
    return found


def _is_section_heading(flat: Flat, line: Line) -> bool:
    if any(flat.names[element] in HEADINGS for element in flat.near(line)):
        return True
    if len(line.text) > _LONGEST_HEADING or SENTENCE_END.search(line.text):
        return False
    return take_marks(clean_line(line.text)).end_mark is None


def _is_footer(flat: Flat, line: Line) -> bool:
    return any(flat.names[element] == "footer" for element in flat.chain(line.pieces[0][1]))
