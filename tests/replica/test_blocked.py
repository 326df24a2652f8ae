"""Blocks and misbehaviours can be switched on for some articles or all, for some requests or always."""

from __future__ import annotations

import pytest

from kcnacrawl.replica import Replica
from tests.replica.wire import fetch, page, split


@pytest.fixture
def two() -> tuple[Replica, list[str]]:
    replica = Replica(20)
    return replica, list(replica.paths())


@pytest.mark.parametrize(
    ("reason", "status", "mark"),
    [
        ("sign_up_in_place", 200, b"nk-paywall-free-member-form"),
        ("bot_check", 403, b"Just a moment"),
        ("bot_check_503", 503, b"challenge-platform"),
        ("bot_check_200", 200, b"challenge-running"),
        ("national_block", 200, b'<meta name="kcsc" content="blocking">'),
        ("network_block", 200, b"Web Page Blocked"),
        ("too_many", 429, b"Too Many"),
        ("overloaded_silent", 503, b"Unavailable"),
    ],
)
def test_blocks_every_page_but_robots(two: tuple[Replica, list[str]], reason: str, status: int, mark: bytes) -> None:
    with two[0] as site:
        site.block(reason)
        for path in ("/", two[1][0], "/?s="):
            answered, headers, body = split(fetch(site.url + path))
            assert answered == status
            assert mark in body
            assert ("retry-after" in headers) == (reason == "too_many")
        assert split(fetch(f"{site.url}/robots.txt"))[0] == 200
        site.behave()
        assert split(fetch(site.url + two[1][0]))[0] == 200


def test_sign_up_redirect_leads_to_the_form(two: tuple[Replica, list[str]]) -> None:
    with two[0] as site:
        site.block("sign_up")
        status, headers, _ = split(fetch(site.url + two[1][0]))
        assert status == 302
        assert headers["location"].startswith("/free-member-form/?redirect_to=/newstream/")
        assert "free-member-form-inner" in page(site.url + headers["location"])


def test_retry_after_values(two: tuple[Replica, list[str]]) -> None:
    with two[0] as site:
        site.block("too_many_today", "/")
        site.block("overloaded", "/newstream/")
        assert split(fetch(site.url))[1]["retry-after"] == "86400"
        assert split(fetch(f"{site.url}/newstream/"))[1]["retry-after"] == "1"


def test_chosen_articles_by_id_address_and_path(two: tuple[Replica, list[str]]) -> None:
    site, paths = two
    with site:
        identity = next(iter(site.truth()))["id"]
        site.block("bot_check", identity, f"https://kcnawatch.xyz{paths[1]}/", paths[2])
        statuses = [split(fetch(site.url + path))[0] for path in paths[:4]]
        assert statuses == [403, 403, 403, 200]


def test_a_number_of_times(two: tuple[Replica, list[str]]) -> None:
    site, paths = two
    with site:
        site.misbehave("empty", paths[0], times=2)
        assert [len(fetch(site.url + paths[0])) > 0 for _ in range(3)] == [False, False, True]


def test_a_misbehaving_article_serves_its_own_page(two: tuple[Replica, list[str]]) -> None:
    site, paths = two
    with site:
        honest = page(site.url + paths[5])
        site.misbehave("length_short", paths[5])
        head, _, body = fetch(site.url + paths[5]).partition(b"\r\n\r\n")
        assert body.decode() == honest
        assert f"Content-Length: {len(body) - 1000}".encode() in head


def test_unknown_names_are_refused() -> None:
    site = Replica(5)
    with pytest.raises(ValueError, match="no block is called 'x'; there are sign_up, "):
        site.block("x")
    with pytest.raises(ValueError, match="no misbehaviour is called 'x'; see bad_routes"):
        site.misbehave("x")
