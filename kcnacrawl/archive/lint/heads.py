"""The header of a record: its lines, and what is wrong with how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kcnacrawl.archive.lint.finding import quoted, shown
from kcnacrawl.archive.lint.members import Data

MAX_HEAD = 1 << 20
"""Bytes of a header; no writer comes near."""

_NAME = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PLAIN = re.compile(rb"WARC/1\.[01](?:\r\n" + _NAME + rb": [!-~](?:[ -~]*[!-~])?)+")
_FIELD = re.compile(rb"\r\n([^:\r\n]+): ([^\r\n]*)")
_ONE_NAME = re.compile(_NAME)
_VERSION = re.compile(rb"WARC/(?:1\.[01]|0\.1[678])")
_LINE = re.compile(rb"\r\n|\n")
_END = re.compile(rb"\n\r?\n")
_ENCODED_WORD = re.compile(rb"(?<=[ \t])=\?[^?\s]+\?[BbQq]\?[^?\s]*\?=")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(slots=True)
class Head:
    """Header fields in their order."""

    version: bytes
    """``WARC/1.1``."""

    names: tuple[bytes, ...]
    """As written."""

    values: tuple[bytes, ...]

    def get(self, name: bytes) -> bytes:
        """The first value of a field, named as it is usually spelt or in lower case; empty when absent."""
        wanted = name.lower()
        return next((value for key, value in zip(self.names, self.values, strict=True) if key.lower() == wanted), b"")


def find_head(data: Data, start: int) -> tuple[int, int] | None:
    """Where the header that begins at *start* ends, and where its block begins; null when it does not end."""
    end = data.find(b"\r\n\r\n", start, start + MAX_HEAD)
    bare = data.find(b"\n\n", start, end if end >= 0 else start + MAX_HEAD)
    if end >= 0 and bare < 0:
        return end, end + 4
    found = _END.search(data[start : start + MAX_HEAD])
    return (start + found.start() - (data[start + found.start() - 1] == 13), start + found.end()) if found else None


def read_head(text: bytes) -> Head | None:
    """A header without any flaw and in printable ASCII, which nearly all are; null for any other."""
    if _PLAIN.fullmatch(text) is None or (b"=?" in text and _ENCODED_WORD.search(text)):
        return None
    names, values = zip(*_FIELD.findall(text), strict=True)
    return Head(text[:8], names, values)


def read_odd_head(text: bytes, flaws: list[tuple[str, bool]]) -> Head:
    """Any header; *flaws* gets a clause for each, and whether it breaks the specification or only a promise of ours."""
    version, *lines = _LINE.split(text)
    if _VERSION.fullmatch(version) is None:
        flaws.append((f"{quoted(version, 20)} is no version of WARC", True))
    if text.count(b"\n") != text.count(b"\r\n"):
        flaws.append(("a line of its header does not end in CRLF", True))
    pairs: list[tuple[bytes, bytes]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and pairs:
            flaws.append((f"the value of {shown(pairs[-1][0])} is folded over several lines", False))
            pairs[-1] = (pairs[-1][0], pairs[-1][1] + b" " + line.strip())
            continue
        name, colon, value = line.partition(b":")
        flaws += _line_flaws(name, colon, value)
        if colon:
            pairs.append((name.rstrip(), value.strip()))
    return Head(version, tuple(name for name, _ in pairs), tuple(value for _, value in pairs))


def _line_flaws(name: bytes, colon: bytes, value: bytes) -> Iterator[tuple[str, bool]]:
    if not colon:
        yield f"a line of its header is no field: {quoted(name)}", True
        return
    if _ONE_NAME.fullmatch(name) is None:
        yield f"{quoted(name)} is no name of a field", True
    if not value.strip():
        yield f"{shown(name)} has no value", True
    elif value[:1] != b" " or value[1:2] in b" \t" or value[-1:] in b" \t":
        yield f"{shown(name)} is not written as one space and the value", False
    if _CONTROL.search(value):
        what = "a carriage return" if b"\r" in value else "a control character"
        yield f"the value of {shown(name)} has {what} in it", True
    if b"=?" in value and _ENCODED_WORD.search(value):
        yield f"the value of {shown(name)} is an encoded word", False
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        yield f"the value of {shown(name)} is not UTF-8", True
