"""Addresses of the listing endpoints and the way through their pages."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from kcnacrawl.listings import Walk, windows

BASE = "https://kcnawatch.org"


@pytest.mark.parametrize("days", [1, 2, 3, 7, 30, 400])
def test_windows_cover_every_day_once(days: int) -> None:
    spans = list(windows(date(2024, 2, 20), date(2024, 3, 20), days))
    covered = [day for start, end in spans for day in range(start.toordinal(), end.toordinal() + 1)]
    assert sorted(covered) == list(range(date(2024, 2, 20).toordinal(), date(2024, 3, 20).toordinal() + 1))
    assert all((end - start).days < days for start, end in spans)
    assert spans[0][1] == date(2024, 3, 20)


def test_one_day_is_one_window() -> None:
    assert list(windows(date(2024, 2, 29), date(2024, 2, 29), 7)) == [(date(2024, 2, 29), date(2024, 2, 29))]


def test_ajax_address_is_the_one_seen() -> None:
    third = Walk(kind="ajax", key="189661", page=3)
    assert third.url(BASE) == (
        f"{BASE}/wp-admin/admin-ajax.php?action=get_cat_by_source&die=true&from=20&to=10&sort=&id=189661"
    )


def test_search_address_is_the_one_seen() -> None:
    walk = Walk(kind="search", start=date(2011, 7, 1), end=date(2011, 9, 30), query='"rice & maize"', key="190036")
    fields = parse_qs(urlsplit(walk.url(BASE)).query, keep_blank_values=True)
    assert fields == {
        "s": ['"rice & maize"'],
        "start": ["01-07-2011"],
        "end": ["30-09-2011"],
        "source": ["190036"],
        "sort": ["recent"],
    }


def test_search_pages_are_asked_for_in_two_ways() -> None:
    walk = Walk(kind="search", start=date(2011, 7, 1), end=date(2011, 7, 1), page=2)
    assert walk.url(BASE).endswith("&paged=2")
    assert urlsplit(Walk(kind="search", page=2, paging=1).url(BASE)).path == "/page/2/"


def test_a_linked_page_is_taken_as_linked() -> None:
    walk = Walk(kind="front").turned(["a"], f"{BASE}/newstream/?p=2", stale=False)
    assert walk.url(BASE) == f"{BASE}/newstream/?p=2"
    assert walk.page == 2


def test_a_listing_that_repeats_itself_has_ended() -> None:
    first = Walk(kind="ajax", key="1").turned(["a", "b"], None, stale=False)
    second = first.turned(["c", "d"], None, stale=False)
    assert second.repeats(["d"])
    assert second.repeats(["b", "a"])
    assert second.repeats([])
    assert not second.repeats(["d", "e"])


def test_stale_pages_are_counted_in_a_row() -> None:
    walk = Walk(kind="ajax").turned(["a"], None, stale=True).turned(["b"], None, stale=True)
    assert walk.stale == 2
    assert walk.turned(["c"], None, stale=False).stale == 0


def test_pages_without_news_are_counted_in_a_row() -> None:
    walk = Walk(kind="ajax").turned(["a"], None, stale=False, news=0).turned(["b"], None, stale=False, news=0)
    assert walk.idle == 2
    assert walk.turned(["c"], None, stale=False, news=1).idle == 0
