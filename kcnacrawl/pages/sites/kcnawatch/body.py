"""Which lines of a KCNA Watch article are its text, and what stands among them without belonging to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from kcnacrawl.pages.chrome import is_all_link, is_notice, is_obstacle, is_widget
from kcnacrawl.pages.flatten import Flat, Line
from kcnacrawl.pages.sites.kcnawatch.ending import HEADINGS, SENTENCE_END
from kcnacrawl.pages.sites.kcnawatch.infoline import InfoLine
from kcnacrawl.text.clean import clean_line
from kcnacrawl.text.datelines import parse_dateline
from kcnacrawl.text.marks import Marked, take_marks

CONTAINER = "article-content"
"""Class of the element around the text: SEEN in four scrapers, 2022-2025."""

_LONGEST_TRAILER = 80
_TRAILER_WITHIN = 5
_LONG = 60
_COPY_EXTRA = 3
_SENTENCE = re.compile(r"[.。!?！？][\"”'’)）]?\s*$")


class BodyReader:
    """Reads the text between the info line and the end found by ``find_end``."""

    def __init__(self, flat: Flat, info: InfoLine, end: int, title: str | None) -> None:
        self.flat = flat
        self.title = title
        lines = flat.lines[info.last + 1 : end]
        if info.after:
            lines.insert(0, Line(info.after, [(info.after, flat.lines[info.last].pieces[-1][1])]))
        self.region = lines
        self.around = set(flat.chain(flat.box(flat.lines[info.first])))
        self._closings: dict[str, Marked] = {}

    def read(self) -> tuple[list[str], str]:
        """Give the paragraphs and what found them: ``article-content`` or ``text``."""
        inside = self._inside_container()
        if inside and self._holds_the_text(inside):
            kept = self._keep([self.region[n] for n in inside])
            behind = self.region[inside[-1] + 1 : inside[-1] + 1 + _TRAILER_WITHIN]
            kept += [line for line in behind if self._is_trailer(line)][:1]
            return self._finish(kept), CONTAINER
        return self._finish(self._opened(self._keep(self.region))), "text"

    def _finish(self, lines: list[Line]) -> list[str]:
        return [line.text for line in self._closed(_once(lines))]

    def _opened(self, lines: list[Line]) -> list[Line]:
        """Nothing but whole sentences stands before a dateline."""
        start = next((place for place, line in enumerate(lines) if self._opens(line)), 0)
        return [line for line in lines[:start] if _SENTENCE.search(line.text)] + lines[start:]

    def _inside_container(self) -> list[int]:
        """Places in the region of the lines that stand in a container."""
        flat = self.flat
        boxes = [n for n, tag in enumerate(flat.tags) if CONTAINER in tag and CONTAINER in flat.get(n, "class").split()]
        if not boxes:
            return []
        firsts = [line.pieces[0][1] for line in self.region]
        return [place for place, at in enumerate(firsts) if any(box <= at <= flat.ends[box] for box in boxes)]

    def _holds_the_text(self, inside: Sequence[int]) -> bool:
        """Whether nothing that belongs to the text stands outside the container, but for the trailer."""
        within = set(inside)
        outside = [line for place, line in enumerate(self.region) if place not in within and not self._is_trailer(line)]
        outside = self._keep(outside) if outside else []
        if any(self._opens(line) or self._closing(line).end_mark for line in outside):
            return False
        return sum(len(self.region[place].text) for place in inside) >= sum(len(line.text) for line in outside)

    def _keep(self, lines: Sequence[Line]) -> list[Line]:
        """The lines without widgets and notices, and without the widgets inside them."""
        text = [line for line in lines if self._belongs(line)]
        widgets = self._find_widgets(text)
        if not widgets:
            return text
        touched = [line for line in text if any(not widgets.isdisjoint(self._outward(at)) for _, at in line.pieces)]
        # What holds the opening, the end mark or the trailer of the text is no widget, whatever it is called.
        widgets -= self._around(line for line in touched if self._is_marked(line))
        kept = self._without(text, touched, widgets)
        if not any(SENTENCE_END.search(line.text) for line in kept):
            kept = self._without(text, touched, widgets - self._around_most(text))
        return kept

    def _belongs(self, line: Line) -> bool:
        if is_notice(line.text) or (is_all_link(self.flat, line) and not self._is_trailer(line)):
            return False
        if not self.title or len(line.text) > 2 * len(self.title) or clean_line(line.text) != self.title:
            return True
        return not any(self.flat.names[element] in HEADINGS for element in self.flat.near(line)[:2])

    def _find_widgets(self, lines: Iterable[Line]) -> set[int]:
        parents, around = self.flat.parents, self.around
        seen: set[int] = set()
        for line in lines:
            for _, element in line.pieces:
                while element and element not in seen and element not in around:
                    seen.add(element)
                    element = parents[element]
        return {element for element in seen if is_widget(self.flat, element)}

    def _outward(self, element: int) -> Iterable[int]:
        """An element and those around it, up to one that also holds the info line."""
        parents = self.flat.parents
        while element and element not in self.around:
            yield element
            element = parents[element]

    def _around(self, lines: Iterable[Line]) -> set[int]:
        return {element for line in lines for element in self._outward(line.pieces[0][1])}

    def _around_most(self, lines: Sequence[Line]) -> set[int]:
        """The elements that hold more than half of the lines' text."""
        sizes: Counter[int] = Counter()
        for line in lines:
            for element in self._outward(line.pieces[0][1]):
                sizes[element] += len(line.text.encode())  # a Chinese character says as much as three letters
        half = sum(len(line.text.encode()) for line in lines) / 2
        return {element for element, size in sizes.items() if size > half and not is_obstacle(self.flat, element)}

    def _without(self, lines: Iterable[Line], touched: Sequence[Line], widgets: set[int]) -> list[Line]:
        kept = []
        for line in lines:
            if all(line is not other for other in touched):
                kept.append(line)
                continue
            pieces = [piece for piece in line.pieces if widgets.isdisjoint(self._outward(piece[1]))]
            if len(pieces) == len(line.pieces):
                kept.append(line)
            elif text := clean_line("".join(text for text, _ in pieces)):
                kept.append(Line(text, pieces))
        return kept

    def _is_marked(self, line: Line) -> bool:
        return self._opens(line) or self._closing(line).end_mark is not None or self._is_trailer(line)

    def _closed(self, lines: list[Line]) -> list[Line]:
        """Nothing follows the end mark but a trailer, and nothing follows that."""
        for place in range(len(lines) - 1, -1, -1):
            if self._closing(lines[place]).end_mark or self._is_trailer(lines[place]):
                return lines[: place + 1]
        return lines

    def _opens(self, line: Line) -> bool:
        return parse_dateline(clean_line(line.text[:250])) is not None

    def _closing(self, line: Line) -> Marked:
        found = self._closings.get(line.text)
        if found is None:
            found = self._closings[line.text] = take_marks(clean_line(line.text[-200:]))
        return found

    def _is_trailer(self, line: Line) -> bool:
        if len(line.text) > _LONGEST_TRAILER or not ("kp" in line.text or "www." in line.text):
            return False
        closing = self._closing(line)
        return closing.trailer is not None and not closing.text


def _once(lines: list[Line]) -> list[Line]:
    """A text printed again, for narrow screens or for paper, is one text."""
    texts, half = [line.text for line in lines], len(lines) // 2
    if half > 1 and texts[:half] == texts[half:]:
        return lines[:half]
    if len(lines) > 1 and len(lines[0].text) > _LONG:
        again = texts.index(texts[0], 1) if texts[0] in texts[1:] else 0
        if again and again >= (len(lines) - again) - _COPY_EXTRA:
            return lines[:again]
    return lines
