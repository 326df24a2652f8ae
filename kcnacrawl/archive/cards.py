"""What the listings in an archive showed of each article, and where that stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.pages import is_listing, open_record
from kcnacrawl.archive.ranges import Range, RangeReader, original_in, read_records
from kcnacrawl.archive.record import Record
from kcnacrawl.pages.page import Card, ListingPage, PageError

Place = tuple[int, int]
"""Number of a file among those read, and an offset in it: the lesser was captured earlier."""


def cards_of(paths: Sequence[Path]) -> Iterator[tuple[Place, Card]]:
    """The cards of all listings in some files, in order.

    :raises ArchiveError: when a file cannot be read at all
    """
    with RangeReader(paths, 1) as reader:
        for cards in reader.read(read_cards):
            yield from cards


def read_cards(part: Range) -> tuple[list[tuple[Place, Card]], int]:
    """The cards of all listings in a range, in order, and where the first record after it begins."""
    cards: list[tuple[Place, Card]] = []

    def add(record: Record) -> None:
        if is_listing(record):
            cards.extend(((part.number, record.offset), card) for card in _cards(record, part))

    return cards, read_records(part, add, _ignore)


def _cards(record: Record, part: Range) -> list[Card]:
    try:
        page = open_record(record, original=original_in(part, record))
    except (PageError, ArchiveError):
        return []
    return page.cards if isinstance(page, ListingPage) else []


def _ignore(_: ArchiveError) -> None:
    """Damaged records are told of by whoever reads the file for its articles."""


class FirstCards:
    """The first card of each article, in the order of capture: the one that led the crawl there."""

    def __init__(self, cards: Iterable[tuple[Place, Card]]) -> None:
        self._first: dict[str, tuple[Place, Card]] = {}
        for place, card in cards:
            self._first.setdefault(card.id, (place, card))

    def before(self, identity: str, place: Place) -> Card | None:
        """The card of an article, when it was captured before *place*."""
        found = self._first.get(identity)
        return found[1] if found and found[0] < place else None
