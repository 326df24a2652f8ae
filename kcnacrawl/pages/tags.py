"""Start tags: what an element is to the lines of a text, and which tags of a page's source need a parser."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import NamedTuple


def words(text: str) -> frozenset[str]:
    """A set of words."""
    return frozenset(text.split())


BLOCK, VOID, SILENT, MEDIA, PRE, ODD = 1, 2, 4, 8, 16, 32
"""Kinds, to be combined: ends a line; has no end tag; its text is not shown; picture or film; keeps line breaks; might
be read in another way by a parser (only of tags from the source)."""

LONGEST_KEPT = 400
"""Characters of a tag up to which what is known of it is kept: a page may hold pictures of megabytes in its tags."""

RAW = "script|style|noscript|xmp|iframe|noembed|noframes|plaintext"
"""Elements whose content is not markup."""

_RAW_NAMES = frozenset(RAW.split("|"))
_VOID_NAMES = words(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr"
)
_INLINE_NAMES = words(
    """a abbr acronym area b bdi bdo big blink cite code data del dfn em embed font i img input ins kbd label link mark
    meta nobr param q rb rp rt rtc ruby s samp small source span strike strong sub sup time track tt u var wbr"""
)
_SILENT_NAMES = words("template svg math select textarea object audio video canvas map datalist head title")
# Elements that a parser moves, drops or reads by rules of their own.
_SPECIAL_NAMES = words(
    """table tbody thead tfoot tr td th caption col colgroup svg math select option optgroup textarea template title
    plaintext xmp frameset frame image body html noembed noframes ruby applet marquee object"""
)
_MEDIA_NAMES = words("img video source iframe embed")
_TAG_NAME = re.compile(r"[^\s/>]+")
_PLAIN_TAG = re.compile(r"<[a-z][a-z0-9-]*(?:\s+[a-z][a-z0-9:_-]*=\"[^\"<>]*\")*\s*/?>")
_LOOSE_TAG = re.compile(
    r"<[a-zA-Z][a-zA-Z0-9-]*(?:\s+[a-zA-Z@_:][a-zA-Z0-9:_.@-]*(?:\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'=<>`]+))?)*"
    r"\s*/?>"
)
_ATTRIBUTE = re.compile(r"\s([a-zA-Z@_:][a-zA-Z0-9:_.@-]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?")
_LOOSE_REFERENCE = re.compile(r"&[a-zA-Z0-9]+(?![a-zA-Z0-9;])")
_SHOWN_AS_BLOCK = re.compile(
    r"display\s*:\s*(?:block|flex|grid|list-item|table)|class=\"(?:[^\"]* )?(?:p|para|paragraph|d-block)[ \"]"
)
_KEEPS_LINES = re.compile(r"<pre[ >]|white-space\s*:\s*pre")


class Tag(NamedTuple):
    """A start tag."""

    name: str
    kind: int
    text: str
    """As the parser would serialise it."""


@lru_cache(maxsize=2048)
def sort_tag(tag: str) -> Tag:
    """Sort a start tag of the parser's serialisation."""
    match = _TAG_NAME.match(tag, 1)
    name = match[0] if match else ""
    whole = tag.endswith(f"</{name}>")  # script and its like come as one part, with all they hold
    kind = VOID if whole or name in _VOID_NAMES else 0
    if name not in _INLINE_NAMES or (name != "a" and " " in tag and _SHOWN_AS_BLOCK.search(tag)):
        kind |= BLOCK
    if name in _SILENT_NAMES:
        kind |= SILENT
    if name in _MEDIA_NAMES:
        kind |= MEDIA
    if _KEEPS_LINES.search(tag):
        kind |= PRE
    return Tag(name, kind, tag)


@lru_cache(maxsize=2048)
def sort_source_tag(tag: str) -> Tag:
    """Sort a start tag of a page's source."""
    start, _, rest = tag.partition(">")
    start += ">"
    if not _PLAIN_TAG.fullmatch(start):
        if not _LOOSE_TAG.fullmatch(start):
            return Tag("", ODD, tag)
        start = _serialise(start)
    name, kind, text = sort_tag(start + rest)
    odd_name = name in _SPECIAL_NAMES or (name in _RAW_NAMES) != bool(rest)
    odd_value = "&" in start and any(unescape(loose) != loose for loose in _LOOSE_REFERENCE.findall(start))
    return Tag(name, kind | ODD, text) if odd_name or odd_value or "<!--" in rest else Tag(name, kind, text)


def _serialise(tag: str) -> str:
    """A start tag with its names in lower case and its values in double quotes."""
    match = _TAG_NAME.match(tag, 1)
    assert match is not None
    parts = ["<" + match[0].lower()]
    for name, double, single, bare in _ATTRIBUTE.findall(tag, match.end()):
        value = double or single or bare
        parts.append(f'{name.lower()}="{value.replace(chr(34), "&quot;")}"')
    return " ".join(parts) + ">"
