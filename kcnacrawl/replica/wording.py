"""Sentences of one language, filled from the patterns and word lists of ``content/<language>.json``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kcnacrawl.replica.dice import Dice

_BLANK = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Topic:
    """What articles on one subject are made of."""

    kind: str
    sections: tuple[str, ...]
    titles: tuple[str, ...]
    leads: tuple[str, ...]
    middles: tuple[str, ...]
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything that is said in one language."""

    language: str
    months: tuple[str, ...]
    place: str
    agency: str
    datelines: tuple[str, ...]
    dateline_gap: str
    end_mark: str
    title_mark: str
    captions: tuple[str, ...]
    words: dict[str, tuple[str, ...]]
    topics: tuple[Topic, ...]


class Filler:
    """Fills patterns for one article: the same blank gets the same words throughout it.

    ``{county}`` is one word of a list, ``{county.2}`` a second draw from it, ``{20-90}`` a number drawn anew each time.
    """

    def __init__(self, wording: Wording, dice: Dice) -> None:
        self._wording = wording
        self._dice = dice
        self._bound: dict[str, str] = {}

    def fill(self, pattern: str) -> str:
        """The pattern with all blanks filled, first letter in upper case."""
        text = _BLANK.sub(self._draw, pattern)
        return text[:1].upper() + text[1:]

    def _draw(self, blank: re.Match[str]) -> str:
        name = blank[1]
        if name[0].isdigit():
            low, _, high = name.partition("-")
            return str(self._dice.between(int(low), int(high)))
        if name not in self._bound:
            self._bound[name] = self._word(name)
        return self._bound[name]

    def _word(self, name: str) -> str:
        listed, _, second = name.partition(".")
        choices = self._wording.words[listed]
        if second and listed in self._bound:
            choices = tuple(choice for choice in choices if choice != self._bound[listed])
        # Words inside a word (a person's surname) are the word's own: two persons do not share them by rule.
        return _BLANK.sub(lambda blank: self._inner(blank[1], bound=not second), self._dice.pick(choices))

    def _inner(self, name: str, *, bound: bool) -> str:
        if bound and name in ("name", "trade", "county", "province"):
            if name not in self._bound:
                self._bound[name] = self._word(name)
            return self._bound[name]
        return _BLANK.sub(lambda blank: self._inner(blank[1], bound=False), self._dice.pick(self._wording.words[name]))


@cache
def load_wording(language: str) -> Wording:
    """Read the data file of a language (``en``, ``ko``, …)."""
    data = json.loads((Path(__file__).parent / "content" / f"{language}.json").read_text("utf-8"))
    dateline = data["dateline"]
    return Wording(
        language=language,
        months=tuple(data["months"]),
        place=dateline["place"],
        agency=dateline["agency"],
        datelines=tuple(dateline["forms"]),
        dateline_gap=dateline["gap"],
        end_mark=data["end_mark"],
        title_mark=data["title_mark"],
        captions=tuple(data["captions"]),
        words={name: tuple(words) for name, words in data["words"].items()},
        topics=tuple(_topic(topic, data) for topic in data["topics"]),
    )


def _topic(topic: dict[str, Any], data: dict[str, Any]) -> Topic:
    # Next to some subjects (weather, statements) the sentences common to all others would sound foreign.
    common: dict[str, list[str]] = {"middles": [], "ends": []} if topic.get("alone") else data
    return Topic(
        kind=topic["kind"],
        sections=tuple(topic["sections"]),
        titles=tuple(topic["titles"]),
        leads=tuple(topic["leads"]),
        middles=tuple(topic["middles"] + common["middles"]),
        ends=tuple(topic["ends"] + common["ends"]),
    )
