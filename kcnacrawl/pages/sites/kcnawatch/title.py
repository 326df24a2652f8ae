"""The title of a KCNA Watch article: the line before the day and source, checked against all else that names it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kcnacrawl.pages.chrome import is_all_link, is_called_widget, is_notice, undouble
from kcnacrawl.pages.flatten import Flat, Line
from kcnacrawl.pages.metadata import Metadata
from kcnacrawl.pages.sites.kcnawatch.infoline import InfoLine
from kcnacrawl.text.clean import clean_line
from kcnacrawl.text.dates import parse_date

_FIRST_HEADING = frozenset(("h1",))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4"))
_TITLE_CLASS = re.compile(r" (?:class|id|itemprop)=\"[^\"]*(?:title|headline|heading)", re.IGNORECASE)
_SUBTITLE_CLASS = re.compile(r" class=\"[^\"]*(?:sub-?title|sub-?head|deck|standfirst|lede)", re.IGNORECASE)
_DATES = re.compile(r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}\s*)+")
# Today's date, long and short, glued to each other and to what follows where nothing parts them.
_TODAY_TWICE = re.compile(r"([A-Z][a-z]{2})[a-z]* (\d{1,2}, \d{4})\s*\1[a-z]* \2\s*(?=\S)")
_NOT_LETTERS = re.compile(r"[\W_]+")
_LONGEST_DATE = 60
_LOOK_BACK = 12
_TELLING = 12


class Title(NamedTuple):
    """The title of an article."""

    text: str | None
    line: int
    """Number of its line; the info line's own when it shares that one."""
    sure: bool
    """Whether more than its place says so."""


def read_title(flat: Flat, info: InfoLine, metadata: Metadata) -> Title:
    """Find the title among the lines before the info line.

    A line counts when it is no date, no source label and no notice. When the head or a heading names one of the lines
    before the info line, that is the title, otherwise the nearest.
    """
    if info.before and not _is_frame(info.before, info.source_label):
        return Title(_from_shared_line(flat, info, metadata), info.first, sure=False)
    candidates = _candidates(flat, info)
    nearest = next(candidates, None)
    if nearest is None:
        return Title(next(iter(metadata.titles), None), info.first, sure=False)
    if _is_heading(flat, flat.lines[nearest], _FIRST_HEADING):
        return Title(*_whole_heading(flat, nearest), sure=True)
    text = _text(flat.lines[nearest])
    if len(text.encode()) > _TELLING and metadata.mentions(text):
        return Title(text, nearest, sure=True)
    lines = [nearest, *candidates]
    known = {_key(title) for title in metadata.titles}
    for number in lines:
        # A menu far above may be called what a lazy head calls every page: "Newstream".
        if number != lines[0] and _is_linked(flat, flat.lines[number]):
            continue
        if _key(_text(flat.lines[number])) in known:
            return Title(_text(flat.lines[number]), number, sure=True)
    for number in (*(n for n in lines if _is_first_heading(flat, n)), *(n for n in lines if _is_any_heading(flat, n))):
        return Title(*_whole_heading(flat, number), sure=False)
    return Title(_alone(flat, lines[0], info, metadata), lines[0], sure=False)


def _is_first_heading(flat: Flat, number: int) -> bool:
    """Whether a line is the page's heading and not the site's name."""
    return _is_heading(flat, flat.lines[number], _FIRST_HEADING) and not is_all_link(flat, flat.lines[number])


def _is_any_heading(flat: Flat, number: int) -> bool:
    line = flat.lines[number]
    return _is_heading(flat, line, _HEADINGS) or _TITLE_CLASS.search(flat.tags[flat.box(line)]) is not None


def _alone(flat: Flat, number: int, info: InfoLine, metadata: Metadata) -> str:
    """The title in a line that may hold parts of the frame in front of it."""
    text = _text(flat.lines[number])
    named = _named_within(text, metadata)
    frame = text != clean_line(flat.lines[number].text) or (info.source_label or "\n") in text
    whole = clean_line(flat.lines[number].text)
    return _last_part(flat, number, whole, info) if frame and named == text else named


def _whole_heading(flat: Flat, number: int) -> tuple[str, int]:
    """The text of the heading that a line ends, which may have lines before it, and the number of the last."""
    heading = next((e for e in flat.chain(flat.box(flat.lines[number])) if flat.names[e] in _HEADINGS), 0)
    first = number
    while heading and first and heading <= flat.lines[first - 1].pieces[0][1] <= flat.ends[heading]:
        first -= 1
    texts = [clean_line(line.text) for line in flat.lines[first:number]]
    return undouble(" ".join([*texts, _text(flat.lines[number])])), number


def read_subtitle(flat: Flat, title_line: int, info: InfoLine) -> str | None:
    """Give the second headline: a heading, or what is called one, between title and info line."""
    for number in range(title_line + 1, info.first):
        line = flat.lines[number]
        called = any(_SUBTITLE_CLASS.search(flat.tags[element]) for element in flat.chain(flat.box(line))[:2])
        if (called or _is_heading(flat, line, _HEADINGS - _FIRST_HEADING)) and not _is_frame(
            line.text, info.source_label
        ):
            return clean_line(line.text) if clean_line(line.text) != _text(flat.lines[title_line]) else None
    return None


def _candidates(flat: Flat, info: InfoLine) -> Iterator[int]:
    for number in range(info.first - 1, max(-1, info.first - 1 - _LOOK_BACK), -1):
        line = flat.lines[number]
        if _is_frame(line.text, info.source_label):
            continue
        if any(is_called_widget(flat.tags[e]) or flat.names[e] == "nav" for e in flat.chain(flat.box(line))[:3]):
            continue
        yield number


def _is_frame(text: str, source_label: str | None) -> bool:
    """Whether a line belongs to the site's frame: today's date, the logo with the source's name, a button."""
    text = clean_line(text)
    if len(text) <= _LONGEST_DATE and any(map(str.isdigit, text)) and (_DATES.fullmatch(text) or parse_date(text)):
        return True
    # Logo line: the paper's name in front of the label, "KCNA KCNA.kp (En)".
    if source_label and text.endswith(source_label) and len(text) <= 2 * len(source_label) + 10:
        return True
    return is_notice(text) or not any(character.isalnum() for character in text)


def _is_heading(flat: Flat, line: Line, names: frozenset[str]) -> bool:
    return any(flat.names[element] in names for element in flat.chain(flat.box(line))[:4])


def _is_linked(flat: Flat, line: Line) -> bool:
    """Whether a line is nothing but links."""
    return all(flat.link(element) for text, element in line.pieces if not text.isspace())


def _text(line: Line) -> str:
    return undouble(_TODAY_TWICE.sub("", clean_line(line.text)))


def _key(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()


def _named_within(text: str, metadata: Metadata) -> str:
    """The title the head names when a line holds it at its end behind something else; the line itself otherwise."""
    for title in metadata.titles:
        if len(title) > 3 and text.endswith(title):
            return title
    return text


def _from_shared_line(flat: Flat, info: InfoLine, metadata: Metadata) -> str:
    before = clean_line(info.before)
    named = _named_within(before, metadata)
    return named if named != before else _last_part(flat, info.first, before, info)


def _last_part(flat: Flat, number: int, text: str, info: InfoLine) -> str:
    """The last part of a line that is not the frame's: neighbours in elements of their own are texts of their own."""
    parts: list[tuple[int, str]] = []
    for piece, element in flat.lines[number].pieces:
        if clean_line(piece) not in text:
            break
        if piece.isspace():
            continue
        last = parts[-1][0] if parts else 0
        together = parts and (_holds(flat, last, element) or _holds(flat, element, last))
        if together and not _is_frame(parts[-1][1], info.source_label):
            parts[-1] = (min(last, element), parts[-1][1] + piece)
        else:
            parts.append((element, piece))
    texts = [clean_line(part) for _, part in parts if not _is_frame(part, info.source_label)]
    return undouble(texts[-1] if texts else text)


def _holds(flat: Flat, outer: int, inner: int) -> bool:
    return outer <= inner <= flat.ends[outer]
