"""In which order files were written: by what they say of crawl and number, and by clocks only within these bounds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from kcnacrawl.catalog.heading import Heading
from kcnacrawl.catalog.ledger import STEP


def in_order(headings: Iterable[Heading]) -> list[Heading]:
    """Files as they were begun, though clocks may have been wrong.

    Crawls began by their numbers, the first run of a crawl came before the others, and the files of a run are numbered.
    """
    found = sorted(headings, key=lambda heading: (heading.number, heading.crawl))
    placed: list[tuple[str, int, int, Heading]] = []
    earliest = ""
    for _, group in groupby(found, key=lambda heading: (heading.number, heading.crawl)):
        reached = earliest
        for index, heading in enumerate(_of_crawl(list(group))):
            reached = max(reached, heading.opened)
            if heading.number and not index:
                earliest = reached
            placed.append((reached, heading.number, index, heading))
    return [heading for *_, heading in sorted(placed, key=lambda place: (*place[:3], place[3].name))]


def _of_crawl(headings: Sequence[Heading]) -> list[Heading]:
    began: dict[str, str] = {}
    for heading in headings:
        began[heading.run] = min(heading.opened, began.get(heading.run, heading.opened))
    return sorted(
        headings, key=lambda said: (said.run != said.crawl, began[said.run], said.run, said.serial, said.name)
    )


def new_keys(ordered: Sequence[str], known: Mapping[str, int]) -> dict[str, int]:
    """Keys for the files that have none, between those of their neighbours.

    A file for which there is no room goes to the end.

    :param ordered: names of all files
    """
    keys = sorted(known.values())
    found: dict[str, int] = {}
    before = 0
    for is_known, group in groupby(ordered, key=lambda name: name in known):
        names = list(group)
        if is_known:
            before = known[names[-1]]
            continue
        place = bisect_right(keys, before)
        step = (keys[place] - before) // (len(names) + 1) if place < len(keys) else STEP
        if step == 0:
            before, step = keys[-1], STEP
        added = [before + step * (index + 1) for index in range(len(names))]
        found.update(zip(names, added, strict=True))
        keys = sorted([*keys, *added])
        before = added[-1]
    return found
