"""Which lines of a KCNA Watch article are its text: where it ends, and what stands in it without belonging to it."""

from __future__ import annotations

import re
from collections import Counter

from kcnacrawl.pages.chrome import is_all_link, is_notice, is_widget
from kcnacrawl.pages.flatten import Flat, Line
from kcnacrawl.pages.sites.kcnawatch.infoline import InfoLine
from kcnacrawl.text.clean import clean_line
from kcnacrawl.text.datelines import parse_dateline
from kcnacrawl.text.marks import take_marks
from kcnacrawl.urls import article_id

CONTAINER = "article-content"
"""Class of the element around the text: SEEN in four scrapers, 2022-2025."""

_MORE_FROM = re.compile(r"more from\b", re.IGNORECASE)
_MORE_ARTICLES = re.compile(
    r"(?:more|load more|related|latest|similar|other) (?:articles|news|stories)\W*", re.IGNORECASE
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_SENTENCE_END = re.compile(r"[.。!?！？…:;\"”'’)）\]】-]\s*$")


def find_end(flat: Flat, info: InfoLine, own: str | None) -> tuple[int, int | None]:
    """Give the number of the line the text ends before, and that of the ``More From`` heading, if there is one."""
    start, lines = info.last + 1, flat.lines
    card = next((n for n in range(start, len(lines)) if _is_card(flat, lines[n], own)), len(lines))
    headings = [n for n in range(start, len(lines)) if _MORE_FROM.match(lines[n].text)]
    exact = f"more from {info.source_label or ''}".casefold()
    named = [n for n in headings if clean_line(lines[n].text).casefold() == exact]
    likely = named or [n for n in headings if _is_section_heading(flat, lines[n])]
    if likely:
        heading = _choose(likely, card)
        return min(heading, card), heading
    other = (n for n in range(start, card) if _MORE_ARTICLES.fullmatch(lines[n].text) or _is_footer(flat, lines[n]))
    return next(other, card), None


def _choose(likely: list[int], card: int) -> int:
    """The last before the first related article; of copies for other screens the first."""
    before = [n for n in likely if n <= card]
    if not before or card >= likely[-1] + 40:
        return likely[0]
    heading = before[-1]
    while heading - 1 in before:
        heading -= 1
    return heading


def _is_card(flat: Flat, line: Line, own: str | None) -> bool:
    """Whether a line is nothing but a link to another article."""
    found = False
    for text, element in line.pieces:
        if text.isspace():
            continue
        identity = article_id(flat.link(element))
        if identity is None or identity == own:
            return False
        found = True
    return found


def _is_section_heading(flat: Flat, line: Line) -> bool:
    if any(flat.names[element] in _HEADINGS for element in flat.chain(flat.box(line))[:3]):
        return True
    return (
        len(line.text) <= 60
        and not _SENTENCE_END.search(line.text)
        and take_marks(clean_line(line.text)).end_mark is None
    )


def _is_footer(flat: Flat, line: Line) -> bool:
    return any(flat.names[element] == "footer" for element in flat.chain(line.pieces[0][1]))


class BodyReader:
    """Reads the text between the info line and the end found by ``find_end``."""

    def __init__(self, flat: Flat, info: InfoLine, end: int, title: str | None) -> None:
        self.flat = flat
        self.title = title
        self.first = info.last + 1
        lines = flat.lines[self.first : end]
        if info.after:
            lines.insert(0, Line(info.after, [(info.after, flat.lines[info.last].pieces[-1][1])]))
        self.region = lines
        self.around = set(flat.chain(flat.box(flat.lines[info.first]))) if flat.lines else set()
        self._widgets: dict[int, bool] = {}

    def read(self) -> tuple[list[str], str]:
        """Give the paragraphs and what found them: ``article-content`` or ``text``."""
        inside = self._inside_container()
        if inside and self._holds_the_text(inside):
            last = max(i for i, line in enumerate(self.region) if line in inside)
            lines = self._keep(inside)
            lines += [line for line in self.region[last + 1 : last + 6] if self._is_trailer(line)][:1]
            return _once([line.text for line in self._closed(lines)]), CONTAINER
        lines = self._closed(self._keep(self.region))
        return _once([line.text for line in lines]), "text"

    def _inside_container(self) -> list[Line]:
        flat = self.flat
        boxes = [n for n, tag in enumerate(flat.tags) if CONTAINER in tag and CONTAINER in flat.get(n, "class").split()]
        return [
            line
            for line in self.region
            if any(box <= element <= flat.ends[box] for box in boxes for element in (line.pieces[0][1],))
        ]

    def _holds_the_text(self, inside: list[Line]) -> bool:
        """Whether nothing that belongs to the text stands outside the container, but for the trailer."""
        outside = [
            line
            for line in self._keep([line for line in self.region if line not in inside])
            if not self._is_trailer(line)
        ]
        if any(parse_dateline(clean_line(line.text)) or _has_end_mark(line.text) for line in outside):
            return False
        return sum(len(line.text) for line in inside) >= sum(len(line.text) for line in outside)

    def _keep(self, lines: list[Line]) -> list[Line]:
        """The lines without widgets and notices, and without the widgets inside them."""
        text = [line for line in lines if self._belongs(line)]
        self._widgets = {}
        marked = {element for line in text if self._is_marked(line) for element in self.flat.chain(line.pieces[0][1])}
        kept = self._without(text, marked)
        # A layout may call the text itself something that widgets are called elsewhere.
        if not any(_SENTENCE_END.search(line.text) for line in kept):
            self._widgets = {}
            kept = self._without(text, marked | self._around_most(text))
        return kept

    def _around_most(self, lines: list[Line]) -> set[int]:
        """The elements that hold more than half of the lines' text."""
        sizes: Counter[int] = Counter()
        for line in lines:
            for element in self.flat.chain(line.pieces[0][1]):
                sizes[element] += len(line.text)
        half = sum(len(line.text) for line in lines) / 2
        return {element for element, size in sizes.items() if size > half}

    def _without(self, lines: list[Line], marked: set[int]) -> list[Line]:
        kept = []
        for line in lines:
            pieces = [piece for piece in line.pieces if not self._is_inside(piece[1], marked)]
            if len(pieces) == len(line.pieces):
                kept.append(line)
            elif text := clean_line("".join(text for text, _ in pieces)):
                kept.append(Line(text, pieces))
        return kept

    def _is_inside(self, element: int, marked: set[int]) -> bool:
        chain = []
        answer = False
        for outer in self.flat.chain(element):
            if outer in self.around:
                break
            if outer in self._widgets:
                answer = self._widgets[outer]
                break
            chain.append(outer)
        for outer in reversed(chain):
            answer = answer or (outer not in marked and is_widget(self.flat, outer))
            self._widgets[outer] = answer
        return answer

    def _belongs(self, line: Line) -> bool:
        if is_notice(line.text):
            return False
        if is_all_link(self.flat, line) and not self._is_trailer(line):
            return False
        heading = any(self.flat.names[element] in _HEADINGS for element in self.flat.chain(self.flat.box(line))[:2])
        return not (heading and self.title and clean_line(line.text) == self.title)

    def _is_marked(self, line: Line) -> bool:
        text = clean_line(line.text)
        return bool(parse_dateline(text)) or _has_end_mark(text) or self._is_trailer(line)

    def _is_trailer(self, line: Line) -> bool:
        if len(line.text) > 80:
            return False
        marks = take_marks(clean_line(line.text))
        return marks.trailer is not None and not marks.text

    def _closed(self, lines: list[Line]) -> list[Line]:
        """Nothing follows an end mark but a trailer, and nothing follows that."""
        last = max(
            (n for n, line in enumerate(lines) if _has_end_mark(line.text) or self._is_trailer(line)), default=None
        )
        return lines if last is None else lines[: last + 1]


def _has_end_mark(text: str) -> bool:
    return take_marks(clean_line(text)).end_mark is not None


def _once(texts: list[str]) -> list[str]:
    """A text printed twice, for wide and for narrow screens, is one text."""
    half = len(texts) // 2
    return texts[:half] if half > 1 and len(texts) % 2 == 0 and texts[:half] == texts[half:] else texts
