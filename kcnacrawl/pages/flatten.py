"""A document as the lines a reader sees: block elements and ``br`` end a line, everything else flows on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from kcnacrawl.pages.page import PageError
from kcnacrawl.pages.tags import BLOCK, LONGEST_KEPT, MEDIA, ODD, PRE, RAW, SILENT, VOID, sort_source_tag, sort_tag

# The parser's serialisation is well-formed and lower-case, with "<" and ">" escaped in text and attributes alike; so
# is the source of most pages, and what is not is never taken for it (see ``flatten_source``).
_SPLIT = re.compile(rf"(<!--.*?-->|<(?:{RAW})[ >].*?</(?:{RAW})>|<[^>]*>)", re.DOTALL)
_ODD_MARKS = ("\0", "<!-->", "<!--->", "--!>")
_SPACE = re.compile(r"[ \t\n\r\f]+")
_BLANK_LINE = re.compile(r"\n(?:[ \t\r\f]*\n)+")
_SENTENCE_END = tuple(".。!?！？\"”'’)）】-－―")
_MOST_PARTS = 4_000_000
# As browsers do: what is nested deeper hangs at this depth.
_DEEPEST = 512


@dataclass(slots=True)
class Line:
    """One line of text."""

    text: str
    """As a browser shows it: runs of ASCII white space are one space; other spaces are kept."""

    pieces: list[tuple[str, int]]
    """The same as in the document, piece by piece, with the number of the element directly around each."""


@dataclass(slots=True)
class Flat:
    """A flattened document. Elements are numbered in document order; 0 stands around all."""

    names: list[str] = field(default_factory=lambda: [""])
    tags: list[str] = field(default_factory=lambda: [""])
    """The opening tags as written: ``<a href="…">``."""
    parents: list[int] = field(default_factory=lambda: [0])
    ends: list[int] = field(default_factory=lambda: [0])
    """Number of the last element inside each."""
    lines: list[Line] = field(default_factory=list)
    media: list[tuple[int, int]] = field(default_factory=list)
    """Pictures and films: number of the element, number of the line it stands in or before."""

    def get(self, element: int, attribute: str) -> str:
        """An attribute's value, or an empty string."""
        tag = self.tags[element]
        start = tag.find(f' {attribute}="')
        if start < 0:
            return ""
        start += len(attribute) + 3
        return unescape(tag[start : tag.find('"', start)])

    def chain(self, element: int) -> list[int]:
        """An element and all around it, innermost first, without the outermost."""
        found = []
        while element:
            found.append(element)
            element = self.parents[element]
        return found

    def box(self, line: Line) -> int:
        """The innermost element around a whole line."""
        if len(line.pieces) == 1:
            return line.pieces[0][1]
        inner = [element for text, element in line.pieces if not text.isspace()]
        low, high = min(inner), max(inner)
        while low and self.ends[low] < high:
            low = self.parents[low]
        return low

    def near(self, line: Line) -> list[int]:
        """The three innermost elements around a whole line."""
        first = self.box(line)
        second = self.parents[first]
        third = self.parents[second]
        return [element for element in (first, second, third) if element]

    def anchor(self, element: int) -> int:
        """The link around an element, or 0."""
        while element and self.names[element] != "a":
            element = self.parents[element]
        return element

    def link(self, element: int) -> str:
        """Target of the link around an element, or an empty string."""
        anchor = self.anchor(element)
        return self.get(anchor, "href") if anchor else ""


def flatten(html: str) -> Flat:
    """Flatten a parser's serialisation of a document or an element."""
    parts = _SPLIT.split(html)
    if len(parts) > _MOST_PARTS:
        raise PageError("too_complex", f"The page has {len(parts) // 2} tags.")
    flat = _Flattener(strict=False).run(parts)
    assert flat is not None
    return flat


def flatten_source(html: str) -> Flat | None:
    """Flatten a part of a page's source without a parser, which is several times as fast.

    ``None`` unless the source is so plain that a parser would give the same: every end tag that of the element it
    stands in, no tables or other elements with parsing rules of their own, nothing that only looks like a tag.
    """
    if any(mark in html for mark in _ODD_MARKS):
        return None
    return _Flattener(strict=True).run(_SPLIT.split(html))


class _Flattener:
    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.flat = Flat()
        self.pieces: list[tuple[str, int]] = []

    def run(self, parts: list[str]) -> Flat | None:
        # One long loop on purpose: a call for each tag would double the time that an article takes.
        flat, strict = self.flat, self.strict
        names, tags, parents, ends = flat.names, flat.tags, flat.parents, flat.ends
        sort = sort_source_tag if strict else sort_tag
        stack = [(0, BLOCK)]
        current = silent = kept = 0
        for text, tag in zip(parts[::2], parts[1::2], strict=False):
            if text and not silent:
                self.add(text, current, kept, tag)
            mark = tag[1:2]
            if mark == "/":
                number, kind = stack[-1]
                if not strict or (number and names[number] == tag[2:-1].lower()):
                    if kind & BLOCK and self.pieces:
                        self.end_line()
                    stack.pop()
                    ends[number] = len(names) - 1
                    if number == silent:
                        silent = 0
                    if number == kept:
                        kept = 0
                    if len(stack) <= _DEEPEST:
                        current = stack[-1][0]
                elif number:
                    return None
                # The end tag of an element that began before this part.
                elif sort_tag(f"<{tag[2:].lower()}")[1] & BLOCK and self.pieces:
                    self.end_line()
                continue
            if mark == "!":
                continue
            name, kind, tag = sort(tag) if len(tag) <= LONGEST_KEPT else sort.__wrapped__(tag)
            if kind & ODD:
                return None
            if kind & BLOCK and self.pieces:
                self.end_line()
            number = len(names)
            names.append(name)
            tags.append(tag)
            parents.append(current)
            ends.append(number)
            if kind & MEDIA:
                flat.media.append((number, len(flat.lines)))
            if not kind & VOID:
                stack.append((number, kind))
                if len(stack) <= _DEEPEST:
                    current = number
                if kind & SILENT and not silent:
                    silent = number
                if kind & PRE and not kept:
                    kept = number
        self.add(parts[-1], current, kept, "")
        self.end_line()
        last = len(names) - 1
        for number, _ in stack:
            ends[number] = last
        return flat

    def add(self, text: str, element: int, keeps_lines: int, following: str) -> None:
        if "&" in text:
            text = unescape(text)
        if "\n" not in text:
            self.pieces.append((text, element))
        elif text.isspace() and not keeps_lines:
            if self.pieces and _BLANK_LINE.search(text) and self.is_between_paragraphs(element, following):
                self.end_line()
            elif self.pieces:
                self.pieces.append((" ", element))
        else:
            *ended, rest = _split_lines(text, keeps_lines)
            for part in ended:
                self.pieces.append((part, element))
                self.end_line()
            self.pieces.append((rest, element))

    def is_between_paragraphs(self, element: int, following: str) -> bool:
        """Whether a blank line among inline elements parts paragraphs: after a sentence, or between two of a kind."""
        if self.flat.names[element] == "p":
            return False
        text, last = self.pieces[-1]
        if text.rstrip().endswith(_SENTENCE_END):
            return True
        if last == element or following[1:2] in ("/", "!", ""):
            return False
        return self.flat.tags[last] == (sort_source_tag(following)[2] if self.strict else following)

    def end_line(self) -> None:
        pieces = self.pieces
        text = pieces[0][0] if len(pieces) == 1 else "".join([piece for piece, _ in pieces])
        if text and not text.isspace():
            if "  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text:
                text = _SPACE.sub(" ", text)
            self.flat.lines.append(Line(text.strip(" "), pieces))
            self.pieces = []
        else:
            pieces.clear()


def _split_lines(text: str, keeps_lines: int) -> list[str]:
    if keeps_lines:
        return text.split("\n")
    # Bare text whose line breaks a style sheet keeps: nobody leaves a blank line inside a sentence by accident. One at
    # either end is the template's own.
    parts = _BLANK_LINE.split(text)
    if len(parts) > 1 and not parts[-1].strip():
        parts[-2:] = [parts[-2] + " "]
    if len(parts) > 1 and not parts[0].strip():
        parts[:2] = [" " + parts[1]]
    return parts
