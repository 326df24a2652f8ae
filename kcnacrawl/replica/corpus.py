"""All articles of the replica as arithmetic: nothing is kept, everything follows from the article's number.

Article 0 is the newest of edition 1; the day falls as the number rises; edition 2 adds the numbers -1 to -8 on top.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import overload

from kcnacrawl.replica.dice import Dice
from kcnacrawl.replica.sources import CYCLE, SLOTS, Slot
from kcnacrawl.replica.story import Story, write_story

NEWEST_DAY = date(2025, 11, 24)
_RECENT_DAYS = 24
_OLD_DAY = date(2024, 11, 5)  # the older articles span the day on which the agency dropped Juche years
_BULK_IMPORT = int(datetime(2025, 1, 14, tzinfo=UTC).timestamp())
ADDED = 8
_PRIME = 999_999_937  # article numbers look random below 10^9 yet can be turned back
_FACTOR = 387_420_489
_INVERSE = pow(_FACTOR, -1, _PRIME)
_OFFSET = 1_000_003


class Numbers(Sequence[int]):
    """The numbers from ``low`` to ``high`` - 1 whose place in the cycle is in ``places``, ascending, none stored."""

    def __init__(self, low: int, high: int, places: Sequence[int]) -> None:
        self._places = sorted(places)
        self._first = self._rank(low)
        self._length = max(0, self._rank(high) - self._first)

    def _rank(self, n: int) -> int:
        return n // CYCLE * len(self._places) + bisect_left(self._places, n % CYCLE)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...
    def __getitem__(self, index: int | slice) -> int | list[int]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._length))]
        if not -self._length <= index < self._length:
            raise IndexError(index)
        rounds, place = divmod(self._first + index % self._length, len(self._places))
        return rounds * CYCLE + self._places[place]


class Corpus:
    """The invented articles of one replica."""

    def __init__(self, articles: int = 320) -> None:
        if not 1 <= articles <= 100_000_000:
            raise ValueError(f"the number of articles must be from 1 to 100,000,000, not {articles:,}")
        self.articles = articles
        self.per_day = 8 if articles <= 8_000 else 90
        self.story = lru_cache(maxsize=512)(self._story)

    def slot(self, n: int) -> Slot:
        return SLOTS[n % CYCLE]

    def fate(self, n: int, edition: int) -> str:
        """What became of article ``n`` by this edition (see Slot.fate); ``unknown`` when it does not exist."""
        if not -ADDED <= n < self.articles or (n < 0 and edition == 1):
            return "unknown"
        return self.slot(n).fate if edition > 1 and n >= 0 else "same"

    def select(
        self, edition: int, source: int | None = None, start: date | None = None, end: date | None = None
    ) -> Numbers:
        """Articles an edition shows, newest first, of one source id and listed from ``start`` to ``end`` if given."""
        low = -ADDED if edition > 1 else 0
        high = self.articles
        if end is not None:
            low = max(low, self._first_listed_by(end))
        if start is not None:
            high = min(high, self._first_listed_by(start - timedelta(days=1)))
        lost = ("gone", "home") if edition > 1 else ()
        places = [i for i, s in enumerate(SLOTS) if s.fate not in lost and source in (None, s.source.id)]
        return Numbers(low, max(low, high), places)

    def stories(self, edition: int) -> Iterator[Story]:
        """Every article of an edition, newest first."""
        return (self.story(n, edition) for n in self.select(edition))

    def find(self, epoch: int, number: int) -> int | None:
        """The article with this identity, whatever the edition, or null."""
        n = number * _INVERSE % _PRIME - _OFFSET
        if not -ADDED <= n < self.articles or self._identity(n) != (epoch, number):
            return None
        return n

    def listed(self, n: int) -> date:
        index = n // self.per_day
        if index < _RECENT_DAYS:
            return NEWEST_DAY - timedelta(days=index)
        return _OLD_DAY - timedelta(days=index - _RECENT_DAYS)

    def _first_listed_by(self, day: date) -> int:
        """The lowest number whose day is not after ``day``."""
        if day > NEWEST_DAY - timedelta(days=_RECENT_DAYS):
            index = (NEWEST_DAY - day).days
        else:
            index = _RECENT_DAYS + max(0, (_OLD_DAY - day).days)
        return max(-1, index) * self.per_day

    def _identity(self, n: int) -> tuple[int, int]:
        number = (n + _OFFSET) * _FACTOR % _PRIME
        if n // self.per_day >= _RECENT_DAYS:
            return _BULK_IMPORT + n // 3 * 5, number  # imported in bulk: several articles share a second
        day = self.listed(n)
        midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) - 9 * 3600
        return midnight + 6 * 3600 + Dice(n, 3).below(17 * 3600), number

    def _story(self, n: int, edition: int) -> Story:
        return write_story(n, *self._identity(n), self.listed(n), edition)
