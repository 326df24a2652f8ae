"""Blocks of ``application/warc-fields``: how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kcnacrawl.archive.lint.finding import quoted

MOST = 1 << 20
"""Bytes of a block that are looked at."""

_PLAIN = re.compile(rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[^\x00-\x08\x0a-\x1f\x7f]*\r\n)*")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def fields_flaws(block: memoryview) -> Iterator[str]:
    """Clauses on what is wrong with such a block."""
    data = bytes(block[:MOST])
    if _PLAIN.fullmatch(data) is None:
        for line in data.split(b"\r\n"):
            name, colon, _ = line.partition(b":")
            if line and not (colon and _NAME.fullmatch(name)) and line[:1] not in b" \t":
                yield f"a line of its block is no field: {quoted(line)}"
                return
        if b"\n" in data.replace(b"\r\n", b""):
            yield "a line of its block does not end in CRLF"
        elif data[-2:] != b"\r\n":
            yield "its block does not end with a line end"
        else:
            yield "a field of its block has a control character in it, or is folded"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if len(block) <= MOST:
            yield "its block is not UTF-8"


def value_of(block: bytes | memoryview, name: bytes) -> bytes:
    """The first value of a field, letter case of its name aside; empty when absent."""
    found = re.search(rb"(?im)^" + re.escape(name) + rb":[ \t]*([^\r\n]*)", bytes(block[:MOST]))
    return found[1].strip() if found else b""
