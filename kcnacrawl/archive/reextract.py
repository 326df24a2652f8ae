"""Gives the articles of a crawl again, from its WARC files alone: no network, the same lines in the same order.

That order is the order of the records of their pages. A crawl writes its lines so, with one exception: pages that an
earlier run of it captured, and of which no whole line was there, a later run puts out as it comes to them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import orjson

from kcnacrawl.archive.asked import read_arguments
from kcnacrawl.archive.cards import FirstCards, Place, read_cards
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.pages import is_article, open_record
from kcnacrawl.archive.pictures import Pictures
from kcnacrawl.archive.ranges import RANGE, Range, RangeReader, RevisitMetError, original_in, read_records, split
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.revisits import NoOriginalError
from kcnacrawl.archive.written import who_wrote
from kcnacrawl.arguments import Arguments
from kcnacrawl.assemble import apply_card, lacks_day
from kcnacrawl.checks import FATAL, problems
from kcnacrawl.counted import counted
from kcnacrawl.items import Article
from kcnacrawl.pages.page import ArticlePage, BlockedPage, Card, PageError


class Found(NamedTuple):
    """One article, in the order of the archive."""

    id: str
    line: bytes | None
    """The finished line; null when the article is not fit for output, or waits."""

    day: str | None
    label: str | None
    """Day and source label, to be held against what was asked for."""

    waiting: tuple[Place, Article] | None
    """The article and its place, when a listing may tell its day, or other records hold its pictures."""


@dataclass(slots=True)
class Batch:
    """What one range of a file holds."""

    number: int
    """Which of the files it is of."""

    size: int
    found: list[Found] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    damages: list[str] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)
    """A sentence and a date for each page whose bytes, written at that date, are in a file that is not there."""


@dataclass(slots=True)
class Summary:
    """What came of a re-extraction."""

    counts: Counter[str] = field(default_factory=Counter)
    """``articles``, ``duplicates`` and, if there are any, pages that are ``lost``."""

    unreadable: list[str] = field(default_factory=list)
    """Sentences on pages from the address of an article that give none."""

    damages: list[str] = field(default_factory=list)
    """Sentences on records that could not be read."""

    lost: list[str] = field(default_factory=list)
    """A sentence for each file with pages whose bytes are in files that are not there."""

    def __str__(self) -> str:
        counts = self.counts
        lost = f", {counted(counts['lost'], 'page')} whose bytes are not there" if counts["lost"] else ""
        return (
            f"{counted(counts['articles'], 'article')}; {counted(counts['duplicates'], 'duplicate')} left out, "
            f"{counted(len(self.unreadable), 'page')} unreadable, {counted(len(self.damages), 'record')} damaged{lost}."
        )

    def add_lost(self, path: Path, lost: Sequence[tuple[str, str]]) -> None:
        """Tell once of all pages of a file, or of a part of it, whose bytes are not there."""
        if lost:
            self.counts["lost"] += len(lost)
        if len(lost) == 1:
            self.lost.append(lost[0][0])
        elif lost:
            dates = sorted(date for _, date in lost)
            self.lost.append(
                f"{path}: the bytes of {len(lost)} pages that came again unchanged are in no WARC file of "
                f"{path.parent}; bring back what was written from {dates[0]} to {dates[-1]}."
            )


def reextract(
    paths: Sequence[Path],
    summary: Summary,
    processes: int | None = None,
    *,
    progress: Callable[[int], None] = lambda size: None,
) -> Iterator[bytes]:
    """Yield the line of each article, in the order of files and records; of each crawl the first of an id counts.

    :param summary: is filled on the way
    :param processes: how many to use; all cores when null
    :param progress: is told how many more bytes of the files are done
    :raises ArchiveError: when a file cannot be read at all
    """
    seen: set[tuple[str, str]] = set()
    names = [who_wrote(path).crawl for path in paths]
    # A file that names no crawl stands for one of its own, as far as its arguments go.
    crawls = {name or str(number): _Run(read_arguments(paths[number])) for number, name in enumerate(names)}
    with RangeReader(paths, processes) as reader:
        cards, pictures = _LazyCards(reader, names), Pictures(paths)
        for batch in reader.read(read_range):
            summary.unreadable += batch.unreadable
            summary.damages += batch.damages
            summary.add_lost(paths[batch.number], batch.lost)
            for found in batch.found:
                name = names[batch.number]
                is_new = (name, found.id) not in seen
                seen.add((name, found.id))
                finished = _finished(found, cards, pictures) if is_new else None
                summary.counts["duplicates"] += not is_new
                if finished is not None and finished.line and crawls[name or str(batch.number)].takes(finished):
                    summary.counts["articles"] += 1
                    yield finished.line
            progress(batch.size)


def readable(paths: Iterable[Path], lost: list[str]) -> list[Path]:
    """Those of the files that can be read at all; *lost* gets a sentence for each of the others."""
    good = []
    for path in paths:
        try:
            split(path, RANGE)
            good.append(path)
        except ArchiveError as error:
            lost.append(str(error))
    return good


def read_range(part: Range) -> tuple[Batch, int]:
    """The articles of one range, and where the first record after it begins."""
    batch = Batch(part.number, part.end - part.start)

    def add(record: Record) -> None:
        if is_article(record):
            _add_article(batch, record, part)

    end = read_records(part, add, lambda error: batch.damages.append(str(error)))
    return batch, end


def _add_article(batch: Batch, record: Record, part: Range) -> None:
    try:
        page = open_record(record, original=original_in(part, record))
        if isinstance(page, ArticlePage):
            batch.found.append(_found(page.article, (part.number, record.offset)))
    except RevisitMetError:
        raise
    except NoOriginalError as error:
        batch.lost.append((str(error), error.date))
        return
    except ArchiveError as error:
        batch.damages.append(str(error))
        return
    except PageError as error:
        batch.unreadable.append(f"{record.uri}: {error}")
        return
    except Exception as error:  # noqa: BLE001  one page that nobody thought of must not cost all the others
        batch.unreadable.append(f"{record.uri}: the page reader failed: {error!r}")
        return
    if isinstance(page, BlockedPage):
        batch.unreadable.append(f"{record.uri}: {page.evidence}")
    elif isinstance(page, ArticlePage) and (fatal := _fatal(page.article)):
        batch.unreadable.append(f"{record.uri}: {fatal}")


def _found(article: Article, place: Place) -> Found:
    if _fatal(article):
        return Found(article.id, None, None, None, None)
    if lacks_day(article) or article.photos:
        return Found(article.id, None, None, None, (place, article))
    return _complete(article)


def _complete(article: Article) -> Found:
    return Found(article.id, _line(article), article.published, article.source_label, None)


def _fatal(article: Article) -> str | None:
    return next((problem.message for problem in article.problems if problem.code in FATAL), None)


def _line(article: Article) -> bytes:
    return orjson.dumps(article, option=orjson.OPT_APPEND_NEWLINE)


def _finished(found: Found, cards: _LazyCards, pictures: Pictures) -> Found:
    if found.waiting is None:
        return found
    place, article = found.waiting
    if lacks_day(article) and (card := cards.before(article.id, place)) is not None:
        apply_card(article, card)
        article.problems = problems(article)
    pictures.link(article, place[0])
    return _complete(article)


class _Run:
    """Holds articles against what the run that fetched them was asked for."""

    def __init__(self, arguments: Arguments) -> None:
        self._arguments = arguments
        self._left = arguments.limit

    def takes(self, found: Found) -> bool:
        if not self._arguments.wants(found.day, found.label) or self._left == 0:
            return False
        if self._left is not None:
            self._left -= 1
        return True


class _LazyCards:
    """The cards of all listings, read when the first article asks for its own: most crawls never do."""

    def __init__(self, reader: RangeReader, crawls: Sequence[str]) -> None:
        """
        :param crawls: by the number of a file, the crawl that wrote it
        """
        self._reader = reader
        self._crawls = crawls
        self._cards: dict[str, FirstCards] | None = None

    def before(self, identity: str, place: Place) -> Card | None:
        """The card that led the crawl of a place to an article."""
        if self._cards is None:
            found: defaultdict[str, list[tuple[Place, Card]]] = defaultdict(list)
            for cards in self._reader.read(read_cards):
                for there, card in cards:
                    found[self._crawls[there[0]]].append((there, card))
            self._cards = {crawl: FirstCards(cards) for crawl, cards in found.items()}
        cards_of_crawl = self._cards.get(self._crawls[place[0]])
        return cards_of_crawl.before(identity, place) if cards_of_crawl is not None else None
