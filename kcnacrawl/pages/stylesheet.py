"""What a style sheet needs: imported sheets, images, fonts. Addresses as written; nothing is resolved or fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A string that is not closed ends with its line.
_STRING = r"\"((?:[^\"\\\n]|\\.)*+)\"?|'((?:[^'\\\n]|\\.)*+)'?"
_URL = rf"url\(\s*+(?:{_STRING}|((?:[^\"'()\\\s]|\\.)*+))\s*+\)"
# Every branch either ends where it began to look or consumes what it saw, so that no sheet takes more than linear time.
_TOKEN = re.compile(
    r"/\*.*?(?:\*/|\Z)"
    r"|@namespace\b[^;]*+;?"
    r"|(?P<face>@font-face\b)"
    r"|(?P<import>@import\b)"
    rf"|(?P<url>{_URL})"
    rf"|(?P<string>{_STRING})(?P<density>\s*+[0-9.]++(?:x|dppx)\b)?"
    r"|(?P<end>[;}]++)",
    re.IGNORECASE | re.DOTALL,
)
_QUICK = re.compile(r"url\(|@import|image-set", re.IGNORECASE)
_FORMAT = re.compile(r"\s*+format\(\s*+[\"']?([a-z0-9-]++)", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:([0-9A-Fa-f]{1,6})\s?|\n|(.))", re.DOTALL)
_UNUSED = re.compile(r"\.(?:eot|svg)(?:[?#]|$)", re.IGNORECASE)
_UNUSED_FORMATS = frozenset({"embedded-opentype", "svg"})


def sheet_needs(text: str) -> Iterator[tuple[str, str]]:
    """Addresses in a style sheet, or in a ``style`` attribute, with their kind: ``style``, ``image`` or ``font``.

    Of a font's sources the first in a format that today's browsers load: they take no other.
    """
    if _QUICK.search(text) is None:
        return
    face = imported = found = False
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "url":
            address = _unescape(token[4] or token[5] or token[6] or "")
            if imported:
                yield address, "style"
                imported = False
            elif not face:
                yield address, "image"
            elif not found and _is_loaded(address, text, token.end()):
                found = True
                yield address, "font"
        elif kind == "string" or kind == "density":
            address = _unescape(token[8] or token[9] or "")
            if imported:
                yield address, "style"
                imported = False
            elif kind == "density":
                yield address, "image"  # image-set("a.png" 1x, "b.png" 2x)
        elif kind == "import":
            imported = True
        elif kind == "face":
            face = True
        elif kind == "end":
            imported = False
            face, found = face and "}" not in token[0], False


def _is_loaded(address: str, text: str, end: int) -> bool:
    """Whether browsers load a font from this source: its format is named behind it, or told by the address."""
    if (named := _FORMAT.match(text, end)) is not None:
        return named[1].lower() not in _UNUSED_FORMATS
    return _UNUSED.search(address) is None


def _unescape(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(escape: re.Match[str]) -> str:
    if not escape[1]:
        return escape[2] or ""
    number = int(escape[1], 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
