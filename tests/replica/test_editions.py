"""Edition 2 edits, drops and adds articles, and says which."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from kcnacrawl.replica import Replica
from tests.replica.wire import fetch, page, split


def by_id(site: Replica, edition: int) -> dict[str, dict[str, Any]]:
    return {truth["id"]: truth for truth in site.truth(edition)}


def changed(first: dict[str, Any], second: dict[str, Any]) -> set[str]:
    return {name for name in first if first[name] != second[name] and name != "related"}


def test_what_edition_two_changes() -> None:
    site = Replica()
    first, second = by_id(site, 1), by_id(site, 2)
    lost, edited = site.lost(), site.edited()
    assert set(first) - set(second) == set(lost)
    assert len(set(second) - set(first)) == 8
    expected = {"sentence": {"body", "body_raw"}, "headline": {"title"}, "date": {"published", "published_raw"}}
    for identity in set(first) & set(second):
        assert changed(first[identity], second[identity]) == expected.get(edited.get(identity, ""), set()), identity
    assert min(Counter(edited.values()).values()) >= 8
    assert min(Counter(lost.values()).values()) >= 8


def test_pages_change_while_serving() -> None:
    with Replica() as site:
        paths = {f"kcnawatch:{path.split('/')[2]}": path for path in site.paths(1)}
        edited = next(identity for identity, what in site.edited().items() if what == "headline")
        gone, home = (next(i for i, fate in site.lost().items() if fate == wanted) for wanted in ("gone", "home"))
        before = page(site.url + paths[edited])
        assert "Page not found" not in page(site.url + paths[gone])
        site.edition = 2
        assert page(site.url + paths[edited]) != before
        assert split(fetch(site.url + paths[gone]))[0] == 404
        assert "<title>KCNA Watch | Database" in page(site.url + paths[home])
        assert set(site.paths()) - set(site.paths(1))
        for path in set(site.paths()) - set(site.paths(1)):
            page(site.url + path)
        site.edition = 1
        assert page(site.url + paths[edited]) == before


def test_other_editions_do_not_exist() -> None:
    with pytest.raises(ValueError, match="the edition must be 1 or 2, not 3"):
        Replica(edition=3)
    with pytest.raises(ValueError, match="from 1 to 100,000,000, not 0"):
        Replica(articles=0)
