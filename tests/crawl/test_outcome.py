"""The verdict on a run: silent only when it did what was asked."""

from __future__ import annotations

from typing import Any

import pytest

from kcnacrawl.outcome import failures

GOOD: dict[str, Any] = {"item_scraped_count": 100, "listing/with_articles/ajax": 9}


def verdict(stats: dict[str, Any], reason: str = "finished", named: bool = False) -> list[str]:
    return failures(stats, reason, most_unreadable=0.02, named=named)


@pytest.mark.parametrize("reason", ["finished", "limit", "closespider_timeout"])
def test_a_good_run_has_no_failures(reason: str) -> None:
    assert verdict(GOOD, reason) == []


@pytest.mark.parametrize(
    ("stats", "sentence"),
    [
        ({"archive/failed": "Disk full."}, "Disk full."),
        ({"output/failed": "No room."}, "No room."),
        ({"problems/blocked/sign_up": 2, "problems/blocked/bot_check": 1}, "3 pages blocked (bot_check 1, sign_up 2)."),
        ({"problems/listing/listing_failed": 1}, "1 listing page could not be read, so articles may be missing."),
        (
            {"problems/unreadable/no_body": 2, "problems/not_fetched": 1},
            "3 of 103 article pages could not be fetched or",
        ),
        ({"robots/unavailable/kcnawatch.org": "refused"}, "robots.txt of kcnawatch.org could not be read"),
        ({"politeness/host_ended/kcnawatch.org": 1}, "kcnawatch.org asked for a longer wait"),
        ({"spider_exceptions/count": 1, "spider_exceptions/KeyError": 1}, "1 error in the program"),
        (
            {"spider_exceptions/count": 1, "spider_exceptions/KeyError": 1, "pipelines/errors": 1},
            "2 errors in the program",
        ),
    ],
)
def test_each_failure_is_named(stats: dict[str, Any], sentence: str) -> None:
    found = verdict(GOOD | stats)
    assert len(found) == 1
    assert sentence in found[0]


def test_unreadable_pages_below_the_threshold_do_not_fail_a_run() -> None:
    assert verdict(GOOD | {"problems/unreadable/no_body": 2}) == []


def test_named_articles_may_not_be_lost() -> None:
    assert verdict(GOOD | {"problems/unreadable/no_body": 1}, named=True) != []


def test_gone_articles_are_not_failures_unless_they_were_named() -> None:
    assert verdict(GOOD | {"problems/gone": 40}) == []
    assert verdict(GOOD | {"problems/gone": 1}, named=True) != []


def test_listings_of_the_newest_alone_are_not_enough() -> None:
    found = verdict({"item_scraped_count": 100, "listing/with_articles/front": 1, "pages/ajax/404": 4})
    assert found == [
        "Neither the listings by source nor the search listed an article, so all but the newest may be missing."
    ]


def test_an_empty_run_is_a_failure() -> None:
    assert verdict({}) == ["No article came out: nothing was listed for what was asked."]


def test_a_crawl_cut_short_is_a_failure() -> None:
    assert verdict(GOOD, "shutdown") == ["The crawl was ended before it was done (shutdown)."]


def test_nothing_allowed_by_robots_is_told() -> None:
    assert "robots.txt forbids the pages asked for." in verdict({"robots/disallowed": 4})
