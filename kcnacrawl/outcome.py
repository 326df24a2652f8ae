"""Did the crawl do what was asked? Statistics in, sentences out; no sentence means yes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kcnacrawl.counted import counted

GOOD_ENDINGS = frozenset({"finished", "limit", "closespider_itemcount", "closespider_pagecount", "closespider_timeout"})
"""Reasons for which a crawl ends because it was asked to."""

UNDONE = frozenset({"shutdown", "broken off", "archive_failed", "output_failed", "start_error", "not started"})
"""Reasons that leave a crawl to be taken up again."""

BROKEN = ("archive/failed", "output/failed")
"""Statistics that hold a sentence when something could not be written."""


def is_done(stats: Mapping[str, Any], reason: str) -> bool:
    """Whether a crawl is closed, well or badly; else the next run with the same arguments takes it up again."""
    return reason not in UNDONE and not any(name in stats for name in BROKEN)


def articles(stats: Mapping[str, Any]) -> int:
    """Articles of the crawl that came out, those of runs before this one included."""
    return int(stats.get("item_scraped_count") or 0) + int(stats.get("resume/articles") or 0)


def failures(stats: Mapping[str, Any], reason: str, *, most_unreadable: float, named: bool = False) -> list[str]:
    """Why a run did not do what was asked, one sentence each; empty when it did.

    :param reason: Scrapy's finish reason
    :param most_unreadable: share of article pages (0 to 1) that may be lost without failing the run
    :param named: the articles were named one by one, so that none may be lost
    """
    found = [str(stats[name]) for name in BROKEN if name in stats]
    if found:
        return found  # whatever else is missing is missing because of it
    if reason not in GOOD_ENDINGS:
        goes_on = "; the same command goes on with it" if reason in UNDONE and "crawl/id" in stats else ""
        found.append(f"The crawl was ended before it was done ({reason}){goes_on}.")
    found += [str(stats["output/twice"])] if "output/twice" in stats else []
    found += _refusals(stats)
    if found and not articles(stats):
        return found
    found += _lost_pages(stats, 0.0 if named else most_unreadable, named=named)
    errors = _sum(stats, "spider_exceptions/") - int(stats.get("spider_exceptions/count", 0))
    errors += int(stats.get("pipelines/errors", 0))
    if errors:
        found.append(f"{counted(errors, 'error')} in the program: see the log.")
    found += _thin_listings(stats, reason, named=named)
    if not found and not articles(stats):
        gone = int(stats.get("problems/gone", 0))
        found.append(
            f"No article came out: the server says that {gone} are gone."
            if gone
            else "No article came out: nothing was listed for what was asked."
        )
    return found


def _refusals(stats: Mapping[str, Any]) -> list[str]:
    found = []
    if blocked := _sum(stats, "problems/blocked/"):
        found.append(f"{counted(blocked, 'page')} blocked ({_parts(stats, 'problems/blocked/')}).")
    for name in sorted(stats):
        host = name.rpartition("/")[2]
        if f"requisites/elsewhere/{host}" in stats:
            continue  # it serves what pages look like, not what they say
        if name.startswith("robots/unavailable/"):
            why = str(stats[name]).rstrip(".")
            found.append(f"robots.txt of {host} could not be read, so nothing was fetched there: {why}.")
        elif name.startswith("politeness/host_ended/"):
            found.append(f"{host} asked for a longer wait than this crawl keeps, so it was left.")
    if found and not articles(stats):
        return found  # the rest follows from it
    if stats.get("robots/disallowed", 0) > stats.get("requisites/failed/robots", 0) and not articles(stats):
        found.append("robots.txt forbids the pages asked for.")
    if listings := _sum(stats, "problems/listing/"):
        found.append(f"{counted(listings, 'listing page')} could not be read, so articles may be missing.")
    return found


def _thin_listings(stats: Mapping[str, Any], reason: str, *, named: bool) -> list[str]:
    """Whether only pages that show the newest articles answered, and nothing that leads to all of them."""
    if named or reason != "finished" or not articles(stats):
        return []
    asked = _sum(stats, "pages/ajax/") + _sum(stats, "pages/search/")
    if not asked or "listing/with_articles/ajax" in stats or "listing/with_articles/search" in stats:
        return []
    return ["Neither the listings by source nor the search listed an article, so all but the newest may be missing."]


def _lost_pages(stats: Mapping[str, Any], most: float, *, named: bool) -> list[str]:
    lost = (
        _sum(stats, "problems/unreadable/")
        + int(stats.get("problems/not_fetched", 0))
        + int(stats.get("problems/refused", 0))
        + (int(stats.get("problems/gone", 0)) if named else 0)
    )
    whole = lost + articles(stats)
    if lost and lost > most * whole:
        return [
            f"{lost} of {counted(whole, 'article page')} could not be fetched or read ({_parts(stats, 'problems/')})."
        ]
    return []


def _sum(stats: Mapping[str, Any], prefix: str) -> int:
    return sum(int(value) for name, value in stats.items() if name.startswith(prefix) and isinstance(value, int))


def _parts(stats: Mapping[str, Any], prefix: str) -> str:
    names = sorted(name for name in stats if name.startswith(prefix))
    return ", ".join(f"{name.removeprefix(prefix)} {stats[name]}" for name in names)
