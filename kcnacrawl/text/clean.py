"""White space and invisible characters of printed text: ``str -> str``, idempotent, nothing of the wording changes."""

from __future__ import annotations

import re
import unicodedata

# Control characters other than white space, zero-width and direction marks, soft hyphens, byte order marks.
_INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
)
_NOT_PRINTED = re.compile(f"[{_INVISIBLE}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PARAGRAPH_END = re.compile(f"\n[\\s{_INVISIBLE}]*\n")


def clean_line(text: str) -> str:
    """Give text as one line: NFC, no invisible characters, each run of white space of any kind one space.

    A lone surrogate, which UTF-8 cannot carry, becomes U+FFFD.
    """
    # The plain space is the only white space that is printable, and nothing that goes below is. Most lines end here.
    if text.isprintable() and "  " not in text and (text.isascii() or unicodedata.is_normalized("NFC", text)):
        return text.strip(" ")
    text = _SURROGATE.sub("\ufffd", _NOT_PRINTED.sub("", text))
    return " ".join(unicodedata.normalize("NFC", text).split())


def clean_text(text: str) -> str:
    """Give text as clean paragraphs joined by one empty line. A single line break inside a paragraph is a space."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\u2029" in text:  # the paragraph separator of Unicode
        text = text.replace("\u2029", "\n\n")
    return "\n\n".join(filter(None, map(clean_line, _PARAGRAPH_END.split(text))))


def bare_title(title: str) -> str:
    """Give a clean title without the ``·`` that Korean titles open with, for comparison; the printed title keeps it."""
    return title.lstrip("·∙・ ")
