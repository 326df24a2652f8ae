"""What the head of a revisit of ours has in common with that of its original: all that a replay tool may take there."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from kcnacrawl.archive.dedup import SHOWN_BY
from kcnacrawl.archive.lint.finding import quoted
from kcnacrawl.archive.stored import StoredResponse

_NAMES = (*SHOWN_BY, "content-length")
_FIELDS = re.compile(rb"\n(%s)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)" % "|".join(_NAMES).encode())


def mark_of(status: bytes, head: bytes) -> int:
    """Four bytes that stand for all of it, letter case aside; 0 stands for nothing."""
    values = [name + value.strip() for name, value in _FIELDS.findall(head.lower())]
    return zlib.crc32(b"\n".join([status, *sorted(values)])) or 1


def unlike(revisit: StoredResponse, original: StoredResponse) -> Iterator[tuple[str, str, str]]:
    """What is different: its name, and both values in quotation marks."""
    if revisit.status != original.status:
        yield "status", quoted(str(revisit.status)), quoted(str(original.status))
    for name in _NAMES:
        here, there = revisit.headers(name), original.headers(name)
        # Other writers of originals may have stored chunks, and no length.
        if here != there and (name in SHOWN_BY or "" not in (*here, *there)):
            yield name.title(), quoted(", ".join(here)), quoted(", ".join(there))
