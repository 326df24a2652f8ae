"""Markup that would cost a parser quadratic time or memory is refused before it is parsed."""

from __future__ import annotations

import re

from kcnacrawl.pages.page import PageError

# Ordinary pages have some hundred tags: below this many, no trap costs more than a tenth of a second.
_HARMLESS_TAGS = 3000
_HARMLESS_SIZE = 1 << 16
_SHORT_TAG = 1024
_MOST_STEPS = 400_000_000
_MOST_CLONES = 2_000_000
_TAG = re.compile(rb"<(/?)([A-Za-z][^\s/>]{0,40})([^>]{0,64})")
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_NAME = re.compile(rb"[^\s/=]+")
# Elements that never stay open, or that the next of their kind closes.
_NOT_NESTING = frozenset(
    b"area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr image "
    b"p li dt dd tr td th option optgroup thead tbody tfoot colgroup caption rt rp rb rtc html head body".split()
)
# Elements that a parser opens again in every paragraph behind them when they are left open.
_REOPENED = frozenset(b"a b big code em font i nobr s small strike strong tt u".split())


def refuse_traps(body: bytes) -> None:
    """Raise ``PageError`` (``too_complex``) for markup nested or stuffed beyond what any honest page holds."""
    if len(body) > _HARMLESS_SIZE:
        _check_attributes(body)
    if body.count(b"<") > _HARMLESS_TAGS:
        _check_nesting(body)


def _check_attributes(body: bytes) -> None:
    """A parser compares each attribute with all before it in its tag."""
    steps = 0
    for piece in body.split(b">"):
        start = piece.find(b"<")
        if start >= 0 and len(piece) - start > _SHORT_TAG:
            count = sum(1 for _ in _NAME.finditer(_QUOTED.sub(b" ", piece[start:])))
            steps += count * count
            if steps > _MOST_STEPS:
                raise PageError("too_complex", f"The page has tags with thousands of attributes ({count} in the last).")


def _check_nesting(body: bytes) -> None:
    depth = steps = blocks = 0
    reopened: set[bytes] = set()
    opened: dict[bytes, int] = {}
    for closing, raw_name, rest in _TAG.findall(body):
        name = raw_name.lower()
        if closing:
            if opened.get(name, 0):
                opened[name] -= 1
                depth -= 1
        elif name in _NOT_NESTING:
            blocks += 1
        else:
            opened[name] = opened.get(name, 0) + 1
            depth += 1
            if name in _REOPENED:
                reopened.add(raw_name + rest)
            else:
                blocks += 1
        steps += depth
    left_open = min(3 * len(reopened), sum(opened.get(name, 0) for name in _REOPENED))
    if steps > _MOST_STEPS:
        raise PageError("too_complex", f"The page nests its elements too deeply ({depth} are left open at its end).")
    if left_open * blocks > _MOST_CLONES:
        raise PageError("too_complex", f"The page leaves {left_open} formatting elements open over {blocks} others.")
