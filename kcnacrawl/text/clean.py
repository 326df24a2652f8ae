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
_PARAGRAPH_END = re.compile(f"\n[\\s{_INVISIBLE}]*\n|\r[\\s{_INVISIBLE}]*\r|\u2029")


def clean_line(text: str) -> str:
    """Give text as one line: NFC, no invisible characters, each run of white space of any kind one space.

    A lone surrogate, which UTF-8 cannot carry, becomes U+FFFD.
    """
    line = " ".join(text.split())
    # All that is taken out below is "not printable"; the check costs a twentieth of the substitutions.
    if line.isprintable() and unicodedata.is_normalized("NFC", line):
        return line
    line = _SURROGATE.sub("\ufffd", _NOT_PRINTED.sub("", line))
    return " ".join(unicodedata.normalize("NFC", line).split())


def clean_text(text: str) -> str:
    """Give text as clean paragraphs joined by one empty line. A single line break inside a paragraph is a space."""
    return "\n\n".join(filter(None, map(clean_line, _PARAGRAPH_END.split(text))))
