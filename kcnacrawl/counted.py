"""How many of something there are, in words: one package, two packages."""

from __future__ import annotations


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """A number with thousands separated, and what is counted.

    :param noun: of one, ``finding``
    :param plural: of several, when that is not the noun with an ``s``
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
