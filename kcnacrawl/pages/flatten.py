"""A document as the lines a reader sees: block elements and ``br`` end a line, everything else flows on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kcnacrawl.pages.page import PageError

# Works on the parser's own serialisation: well-formed, lower-case, "<" and ">" escaped in text and attributes alike.
_RAW = "script|style|noscript|xmp|iframe|noembed|noframes|plaintext"
_SPLIT = re.compile(rf"(<!--.*?-->|<(?:{_RAW})[ >].*?</(?:{_RAW})>|<[^>]*>)", re.DOTALL)
_TAG_NAME = re.compile(r"[^\s/>]+")
_VOID = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd label mark nobr q rb rp rt rtc ruby s "
    "samp small span strike strong sub sup time tt u var wbr img input meta link source track param embed area".split()
)
# What they hold is not part of the text a reader sees.
_SILENT = frozenset(
    "noscript template svg math select textarea object audio video canvas map datalist head title".split()
)
_MEDIA = frozenset("img video source iframe embed".split())
_SHOWN_AS_BLOCK = re.compile(
    r"display\s*:\s*(?:block|flex|grid|list-item|table)|class=\"(?:[^\"]* )?(?:p|para|paragraph|d-block)[ \"]"
)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_BLANK_LINE = re.compile(r"\n(?:[ \t\r\f]*\n)+")
_SENTENCE_END = tuple(".。!?！？\"”'’)）】-－―")
_MOST_PARTS = 4_000_000
_KEEPS_LINES = re.compile(r"<pre[ >]|white-space\s*:\s*pre")

_BLOCK, _IS_VOID, _IS_SILENT, _IS_MEDIA, _IS_PRE = 1, 2, 4, 8, 16


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
    """The opening tags as serialised: ``<a href="…">``."""
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
        inner = [element for text, element in line.pieces if not text.isspace()]
        low, high = min(inner), max(inner)
        while low and self.ends[low] < high:
            low = self.parents[low]
        return low

    def link(self, element: int) -> str:
        """Target of the link around an element, or an empty string."""
        while element:
            if self.names[element] == "a":
                return self.get(element, "href")
            element = self.parents[element]
        return ""


def flatten(html: str) -> Flat:
    """Flatten a parser's serialisation of a document or an element."""
    parts = _SPLIT.split(html)
    if len(parts) > _MOST_PARTS:
        raise PageError("too_complex", f"The page has {len(parts) // 2} tags.")
    return _Flattener().run(parts)


class _Flattener:
    def __init__(self) -> None:
        self.flat = Flat()
        self.pieces: list[tuple[str, int]] = []

    def run(self, parts: list[str]) -> Flat:
        flat, kinds = self.flat, [_BLOCK]
        names, tags, parents, ends = flat.names, flat.tags, flat.parents, flat.ends
        seen: dict[str, tuple[str, int]] = {}
        current = silent = kept = 0
        for position in range(0, len(parts) - 1, 2):
            text, tag = parts[position], parts[position + 1]
            if text and not silent:
                self.add(text, current, kept, tag)
            mark = tag[1]
            if mark == "/":
                if kinds[current] & _BLOCK and self.pieces:
                    self.end_line()
                ends[current] = len(names) - 1
                if current == silent:
                    silent = 0
                if current == kept:
                    kept = 0
                current = parents[current]
                continue
            if mark == "!":
                continue
            name, kind = seen.get(tag) or seen.setdefault(tag, _sort(tag))
            if kind & _BLOCK and self.pieces:
                self.end_line()
            names.append(name)
            tags.append(tag)
            parents.append(current)
            kinds.append(kind)
            number = len(names) - 1
            ends.append(number)
            if kind & _IS_MEDIA:
                flat.media.append((number, len(flat.lines)))
            if not kind & _IS_VOID:
                current = number
                if kind & _IS_SILENT and not silent:
                    silent = number
                if kind & _IS_PRE and not kept:
                    kept = number
        self.add(parts[-1], current, kept, "")
        self.end_line()
        ends[0] = len(names) - 1
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
        return text.rstrip().endswith(_SENTENCE_END) or (last != element and self.flat.tags[last] == following)

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


def _sort(tag: str) -> tuple[str, int]:
    match = _TAG_NAME.match(tag, 1)
    name = match[0] if match else ""
    raw = tag.endswith(f"</{name}>")  # script and its like come as one part, with all they hold
    kind = _IS_VOID if raw or name in _VOID else 0
    if name not in _INLINE or (name != "a" and " " in tag and _SHOWN_AS_BLOCK.search(tag)):
        kind |= _BLOCK
    if name in _SILENT:
        kind |= _IS_SILENT
    if name in _MEDIA:
        kind |= _IS_MEDIA
    if _KEEPS_LINES.search(tag):
        kind |= _IS_PRE
    return name, kind


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


def unescape(text: str) -> str:
    """Undo the four escapes that the parser's serialisation knows."""
    if "&" not in text:
        return text
    text = text.replace("&nbsp;", "\xa0").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    return text.replace("&amp;", "&")
