"""A document as the lines a reader sees: block elements and ``br`` end a line, everything else flows on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape

from kcnacrawl.pages.page import PageError

# The parser's serialisation is well-formed and lower-case, with "<" and ">" escaped in text and attributes alike; so
# is the source of most pages, and what is not is never taken for it (see ``flatten_source``).
_RAW = "script|style|noscript|xmp|iframe|noembed|noframes|plaintext"
_SPLIT = re.compile(rf"(<!--.*?-->|<(?:{_RAW})[ >].*?</(?:{_RAW})>|<[^>]*>)", re.DOTALL)
_RAW_NAMES = frozenset(_RAW.split("|"))
_TAG_NAME = re.compile(r"[^\s/>]+")
_PLAIN_TAG = re.compile(r"<[a-z][a-z0-9-]*(?:\s+[a-z][a-z0-9:_-]*=\"[^\"<>]*\")*\s*/?>")
_LOOSE_TAG = re.compile(
    r"<[a-zA-Z][a-zA-Z0-9-]*(?:\s+[a-zA-Z@_:][a-zA-Z0-9:_.@-]*(?:\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'=<>`]+))?)*"
    r"\s*/?>"
)
_ATTRIBUTE = re.compile(r"\s([a-zA-Z@_:][a-zA-Z0-9:_.@-]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?")
_LOOSE_REFERENCE = re.compile(r"&[a-zA-Z0-9]+(?![a-zA-Z0-9;])")
_ODD_MARKS = ("\0", "<!-->", "<!--->", "--!>")
_VOID = frozenset(
    ("area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link")
    + ("meta", "param", "source", "track", "wbr")
)
_INLINE = frozenset(
    ("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "blink", "cite", "code", "data", "del", "dfn", "em", "font", "i")
    + ("ins", "kbd", "label", "mark", "nobr", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "small", "span")
    + ("strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "img", "input", "meta", "link", "source")
    + ("track", "param", "embed", "area")
)
# What they hold is not part of the text a reader sees.
_SILENT = frozenset(
    ("template", "svg", "math", "select", "textarea", "object", "audio", "video", "canvas", "map", "datalist", "head")
    + ("title",)
)
# Elements that a parser moves, drops or reads by rules of their own.
_SPECIAL = frozenset(
    ("table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "col", "colgroup", "svg", "math", "select")
    + ("option", "textarea", "template", "title", "plaintext", "xmp", "frameset", "frame", "image", "body", "html")
    + ("noembed", "noframes", "ruby", "optgroup", "applet", "marquee", "object")
)
_MEDIA = frozenset(("img", "video", "source", "iframe", "embed"))
_SHOWN_AS_BLOCK = re.compile(
    r"display\s*:\s*(?:block|flex|grid|list-item|table)|class=\"(?:[^\"]* )?(?:p|para|paragraph|d-block)[ \"]"
)
_KEEPS_LINES = re.compile(r"<pre[ >]|white-space\s*:\s*pre")
_SPACE = re.compile(r"[ \t\n\r\f]+")
_BLANK_LINE = re.compile(r"\n(?:[ \t\r\f]*\n)+")
_SENTENCE_END = tuple(".。!?！？\"”'’)）】-－―")
_MOST_PARTS = 4_000_000
# As browsers do: what is nested deeper hangs at this depth.
_DEEPEST = 512

_BLOCK, _IS_VOID, _IS_SILENT, _IS_MEDIA, _IS_PRE, _IS_ODD = 1, 2, 4, 8, 16, 32


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
        flat, strict = self.flat, self.strict
        names, tags, parents, ends = flat.names, flat.tags, flat.parents, flat.ends
        stack = [(0, _BLOCK)]
        current = silent = kept = 0
        for text, tag in zip(parts[::2], parts[1::2], strict=False):
            if text and not silent:
                self.add(text, current, kept, tag)
            mark = tag[1:2]
            if mark == "/":
                number, kind = stack[-1]
                if not strict or (number and names[number] == tag[2:-1].lower()):
                    if kind & _BLOCK and self.pieces:
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
                elif _sort(f"<{tag[2:].lower()}")[1] & _BLOCK and self.pieces:
                    self.end_line()
                continue
            if mark == "!":
                continue
            if strict:
                name, kind, tag = _sort_source(tag)  # noqa: PLW2901
                if kind & _IS_ODD:
                    return None
            else:
                name, kind = _sort(tag)
            if kind & _BLOCK and self.pieces:
                self.end_line()
            number = len(names)
            names.append(name)
            tags.append(tag)
            parents.append(current)
            ends.append(number)
            if kind & _IS_MEDIA:
                flat.media.append((number, len(flat.lines)))
            if not kind & _IS_VOID:
                stack.append((number, kind))
                if len(stack) <= _DEEPEST:
                    current = number
                if kind & _IS_SILENT and not silent:
                    silent = number
                if kind & _IS_PRE and not kept:
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
        return self.flat.tags[last] == (_sort_source(following)[2] if self.strict else following)

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


@lru_cache(maxsize=2048)
def _sort(tag: str) -> tuple[str, int]:
    """Name and kind of a start tag."""
    match = _TAG_NAME.match(tag, 1)
    name = match[0] if match else ""
    whole = tag.endswith(f"</{name}>")  # script and its like come as one part, with all they hold
    kind = _IS_VOID if whole or name in _VOID else 0
    if name not in _INLINE or (name != "a" and " " in tag and _SHOWN_AS_BLOCK.search(tag)):
        kind |= _BLOCK
    if name in _SILENT:
        kind |= _IS_SILENT
    if name in _MEDIA:
        kind |= _IS_MEDIA
    if _KEEPS_LINES.search(tag):
        kind |= _IS_PRE
    return name, kind


@lru_cache(maxsize=2048)
def _sort_source(tag: str) -> tuple[str, int, str]:
    """Name, kind and serialised form of a start tag of a page's source; odd is what a parser might read otherwise."""
    start, _, rest = tag.partition(">")
    start += ">"
    if not _PLAIN_TAG.fullmatch(start):
        if not _LOOSE_TAG.fullmatch(start):
            return "", _IS_ODD, tag
        start = _serialise(start)
        tag = start + rest
    name, kind = _sort(tag)
    if name in _SPECIAL or (name in _RAW_NAMES) != bool(rest) or "<!--" in rest:
        kind |= _IS_ODD
    elif "&" in start and any(unescape(loose) != loose for loose in _LOOSE_REFERENCE.findall(start)):
        kind |= _IS_ODD
    return name, kind, tag


def _serialise(tag: str) -> str:
    """A start tag with its names in lower case and its values in double quotes."""
    match = _TAG_NAME.match(tag, 1)
    assert match is not None
    parts = ["<" + match[0].lower()]
    for name, double, single, bare in _ATTRIBUTE.findall(tag, match.end()):
        value = double or single or bare
        parts.append(f'{name.lower()}="{value.replace(chr(34), "&quot;")}"')
    return " ".join(parts) + ">"


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
