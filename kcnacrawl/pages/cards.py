"""Lines sorted into cards: each card is one article as a listing or a related block shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from kcnacrawl.pages.chrome import is_notice, undouble
from kcnacrawl.pages.flatten import Flat, Line
from kcnacrawl.pages.tags import LONGEST_KEPT, words
from kcnacrawl.text.clean import clean_line
from kcnacrawl.text.dates import parse_date

_DAY = re.compile(
    r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]{2,8}\.? \d{4}|\d{4}[-.]\d{1,2}[-.]\d{1,2}\.?"
    r"|\d{4}[년年] ?\d{1,2}[월月] ?\d{1,2}[일日])"
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_TITLE_CLASS = re.compile(r" (?:class|itemprop)=\"[^\"]*(?:title|headline|heading)")
_LABEL = re.compile(r"\S.{0,40} \([A-Z][a-z]\)")
_FRAME = words("nav header footer form select aside h1")
_OWN_LINKS = 2
_BARS = ("|", "·", "•")
_LOOSE_LINES = 5
"""Lines behind a title that still belong to it where nothing wraps a card."""


@dataclass(slots=True)
class Group:
    """The texts of one card, each once, in page order."""

    href: str = ""
    linked: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    day: str | None = None
    """ISO 8601."""
    day_raw: str | None = None
    label: str | None = None

    @property
    def title(self) -> str | None:
        """The title: a heading, else the first linked text, else the first text."""
        return next(iter(self.headings or self.linked or self.texts), None)

    @property
    def excerpt(self) -> str | None:
        """The longest text that is not the title."""
        return max((text for text in self.texts if text != self.title), key=len, default=None)


def group_by_links(flat: Flat, lines: Sequence[Line], links: Sequence[tuple[int, str]]) -> dict[str, Group]:
    """Group lines by the article they are about; *links* are elements, in order, and what each leads to.

    A card is the largest element that holds links to one target only. Where nothing wraps the cards, a line belongs to
    the title before it.
    """
    groups = {target: Group(flat.get(element, "href")) for element, target in reversed(links)}
    groups = {target: groups[target] for _, target in links}
    owner = _owners(flat, links)
    owned = [next((owner[e] for e in flat.chain(line.pieces[0][1]) if e in owner), None) for line in lines]
    wrapped = any(o and not flat.link(line.pieces[0][1]) for o, line in zip(owned, lines, strict=True))
    current: str | None = None
    loose = 0
    for line, mine in zip(lines, owned, strict=True):
        loose = 0 if mine else loose + 1
        current = mine or (current if not wrapped and loose <= _LOOSE_LINES else None)
        if current is not None:
            _add_line(groups[current], flat, line)
    return groups


def _owners(flat: Flat, links: Sequence[tuple[int, str]]) -> dict[int, str]:
    """The largest element around each link that holds no link to another target."""
    owner: dict[int, str] = {}
    last_of_run = [0] * len(links)
    for position in range(len(links) - 1, -1, -1):
        same = position + 1 < len(links) and links[position + 1][1] == links[position][1]
        last_of_run[position] = last_of_run[position + 1] if same else position + 1
    before, behind_all = _around_one(flat, links) if len({target for _, target in links}) == 1 else (0, len(flat.names))
    for position, (element, target) in enumerate(links):
        if position and links[position - 1][1] != target:
            before = links[position - 1][0]
        end = last_of_run[position]
        behind = links[end][0] if end < len(links) else behind_all
        outer = element
        while (parent := flat.parents[outer]) > before and flat.ends[parent] < behind:
            outer = parent
        owner[outer] = target
    return owner


def _around_one(flat: Flat, links: Sequence[tuple[int, str]]) -> tuple[int, int]:
    """Where the frame ends and begins around the only card of a page, which no other card bounds."""
    first, last = links[0][0], links[-1][0]
    own = {element for element, _ in links}
    anchors = [element for element, name in enumerate(flat.names) if name == "a" and element not in own]
    frame = [element for element, name in enumerate(flat.names) if name in _FRAME]
    before = [element for element in anchors if element < first]
    behind = [element for element in anchors if element > last]
    # One or two links beside the title may be the card's own: its source, its section.
    frame += before[-1:] if len(before) > 1 else []
    frame += behind[:1] if len(behind) > _OWN_LINKS else []
    return (
        max((element for element in frame if element < first), default=0),
        min((element for element in frame if element > last), default=len(flat.names)),
    )


def group_by_days(flat: Flat, lines: Sequence[Line]) -> list[Group]:
    """Group lines without links: a day closes a card, and copies of the card's texts may follow it."""
    groups: list[Group] = []
    for line in lines:
        text = clean_line(line.text)
        last = groups[-1] if groups else None
        if last is None or (last.day and text not in last.texts and not _DAY.fullmatch(text)):
            groups.append(Group())
        _add_line(groups[-1], flat, line)
    return [group for group in groups if group.day]


def _add_line(group: Group, flat: Flat, line: Line) -> None:
    is_title = _is_title(flat, line)
    for text, linked in _runs(flat, line):
        _add_text(group, undouble(clean_line(text)), linked, is_title)


def _runs(flat: Flat, line: Line) -> Iterator[tuple[str, bool]]:
    """The line in parts: a day in an element of its own, linked text, other text."""
    run, linked = "", False
    for text, element in line.pieces:
        if text.isspace():
            run += text
            continue
        link, day = bool(flat.link(element)), _DAY.fullmatch(text.strip()) is not None
        if run.strip() and (day or link != linked):
            yield run, linked
            run = ""
        linked = link
        run += text
        if day:
            yield run, linked
            run = ""
    if run.strip():
        yield run, linked


def _add_text(group: Group, text: str, linked: bool, is_title: bool) -> None:
    text = _take_day(group, text.strip(" |•"))
    if _LABEL.fullmatch(text):
        group.label = group.label or text
        return
    if not text or (text not in group.texts and is_notice(text)):
        return
    for wanted, texts in ((True, group.texts), (linked, group.linked), (is_title, group.headings)):
        if wanted and text not in texts:
            texts.append(text)


def is_card_text(text: str) -> bool:
    """Whether a text can be a card's title or excerpt: no notice, no source label, no day."""
    is_label = text.endswith(")") and _LABEL.fullmatch(text)
    return not (is_label or _DAY.match(text) or is_notice(text))


def _take_day(group: Group, text: str) -> str:
    """Take off a day that is the whole text or stands beside it: "KCNA.kp (En) | November 25, 2025"."""
    match = _DAY.match(text) or (_DAY.search(text, max(0, len(text) - 20)) if text[-1:].isdigit() else None)
    if match is None:
        return text
    before, behind = text[: match.start()].rstrip(), text[match.end() :].lstrip()
    # A title or an excerpt may begin or end with a day of its own.
    is_beside = before.endswith(_BARS) or behind.startswith(_BARS) or _LABEL.fullmatch(before + behind)
    if (before and behind) or ((before or behind) and not is_beside):
        return text
    if group.day is None and (day := parse_date(match[0])):
        group.day, group.day_raw = day, match[0]
    return (before + behind).strip(" |·•")


def _is_title(flat: Flat, line: Line) -> bool:
    return any(
        flat.names[element] in _HEADINGS or _names_title(flat.tags[element][:LONGEST_KEPT])
        for element in flat.near(line)
    )


@lru_cache(maxsize=1024)
def _names_title(tag: str) -> bool:
    return _TITLE_CLASS.search(tag) is not None
