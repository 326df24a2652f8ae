"""Framing: what has to be copied, left out and put in to get from a stored block to the bytes as received."""

from __future__ import annotations

import base64
from collections.abc import Iterator

MAX_OPERATIONS = 10_000
MAX_INSERTED = 1 << 18
"""Bytes. Beyond these two limits the received bytes are better stored whole."""


class Pieces:
    """Collects, in the order of the received bytes, what of them is stored, what is not, and what is stored besides."""

    def __init__(self, received: bytes) -> None:
        self._view = memoryview(received)
        self._operations: list[tuple[str, int | bytes]] = []
        self._stored: list[bytes | memoryview] = []
        self._inserted = 0

    def copy(self, start: int, end: int) -> None:
        """Received bytes that are stored."""
        if start == end:
            return
        self._stored.append(self._view[start:end])
        length = end - start
        if self._operations and self._operations[-1][0] == "=":
            length += int(self._operations.pop()[1])
        self._operations.append(("=", length))

    def skip(self, stored: bytes) -> None:
        """Stored bytes that were not received."""
        self._stored.append(stored)
        self._operations.append(("-", len(stored)))

    def insert(self, start: int, end: int) -> None:
        """Received bytes that are not stored."""
        if start == end:
            return
        self._inserted += end - start
        if self._inserted <= MAX_INSERTED:
            self._operations.append(("+", bytes(self._view[start:end])))

    def stored(self) -> bytes:
        """The stored bytes collected so far."""
        return b"".join(self._stored)

    def framing(self) -> str | None:
        """The operations in writing, or null when they are too many or put in too much.

        ``=N`` copies N bytes of the block, ``-N`` leaves N out, ``+BASE64`` puts bytes in; one space between them.
        """
        if self._inserted > MAX_INSERTED or len(self._operations) > MAX_OPERATIONS:
            return None
        return " ".join(
            f"+{base64.b64encode(what).decode()}" if isinstance(what, bytes) else f"{sign}{what}"
            for sign, what in self._operations
        )


def whole_framing(received: bytes) -> str | None:
    """The framing of bytes of which none is stored in the block, or null when they are too many."""
    return f"+{base64.b64encode(received).decode()}" if len(received) <= MAX_INSERTED else None


def apply_framing(block: bytes, framing: str) -> bytes:
    """The bytes as received, from the stored block.

    :raises ValueError: when the framing is not one, or belongs to another block
    """
    return b"".join(_parts(block, framing))


def _parts(block: bytes, framing: str) -> Iterator[bytes]:
    position = 0
    for operation in framing.split(" "):
        sign, what = operation[:1], operation[1:]
        if sign == "+":
            yield base64.b64decode(what, validate=True)
            continue
        if sign not in ("=", "-") or not what.isdecimal():
            raise ValueError(f"{operation[:40]!r} is not a framing operation")
        end = position + int(what)
        if sign == "=":
            yield block[position:end]
        position = end
    if position != len(block):
        raise ValueError(f"the framing covers {position} bytes, the block has {len(block)}")
