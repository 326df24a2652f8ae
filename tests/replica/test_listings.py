"""Paging shows every article once the window is exhausted, and the addresses of the site answer as it does."""

from __future__ import annotations

import html
import re
from collections import Counter
from datetime import datetime
from xml.etree import ElementTree

import pytest

from kcnacrawl.replica import Replica
from tests.replica.wire import fetch, page, split

KEY = re.compile(r"/newstream/(\d+-\d+)/")


def cards(markup: str) -> list[tuple[str, str]]:
    """Address and printed day of each card."""
    found = re.findall(r'<h4><a href="([^"]+)">.*?</h4>.*?([A-Z][a-z]+ \d\d, \d{4})', markup)
    return [(html.unescape(href), day) for href, day in found]


def keys(site: Replica, label: str | None = None) -> set[str]:
    return {truth["id"].removeprefix("kcnawatch:") for truth in site.truth() if label in (None, truth["source_label"])}


def search(site: Replica, query: str) -> list[tuple[str, str]]:
    """All cards of a search, following More Articles until it is gone or hidden."""
    url = f"{site.url}/?{query}"
    found = []
    while url:
        markup = page(url)
        found += cards(markup.partition("search_wrapper")[2])
        more = re.search(r'id="more_results" href="([^"]+)"([^>]*)>More Articles', markup)
        url = (
            ""
            if more is None or "none" in more[2]
            else re.sub(r"^https://[^/]+|^", site.url, html.unescape(more[1]), count=1)
        )
    return found


@pytest.mark.parametrize(
    ("source", "label"),
    [
        ("156", "KCNA.kp (En)"),
        ("190036", "KCNA.kp (Kr)"),
        ("189661", "Rodong Sinmun (Kr)"),
        ("163", "Rodong Sinmun (En)"),
    ],
)
def test_ajax_pages_are_exhaustive(site: Replica, source: str, label: str) -> None:
    found: list[str] = []
    for start in range(0, 1000, 10):
        url = (
            f"{site.url}/wp-admin/admin-ajax.php?action=get_cat_by_source&die=true&from={start}&to=10&sort=&id={source}"
        )
        part = [KEY.search(href)[1] for href, _ in cards(page(url))]  # type: ignore[index]
        found += part
        if not part:
            assert page(url) == ""
            break
    assert len(found) == len(set(found))
    assert set(found) == keys(site, label)


def test_search_without_dates_shows_everything(site: Replica) -> None:
    found = [KEY.search(href)[1] for href, _ in search(site, "s=")]  # type: ignore[index]
    assert set(found) == keys(site)
    assert len(found) > len(set(found)), "some articles come again under another address"


def test_search_windows_hold_exactly_their_days(site: Replica) -> None:
    total = set()
    for first, last in (
        ("01-01-2024", "31-10-2024"),
        ("01-11-2024", "31-10-2025"),
        ("01-11-2025", "15-11-2025"),
        ("16-11-2025", "31-12-2025"),
    ):
        for href, day in search(site, f"s=&start={first}&end={last}"):
            shown = datetime.strptime(day, "%B %d, %Y")
            assert datetime.strptime(first, "%d-%m-%Y") <= shown <= datetime.strptime(last, "%d-%m-%Y")
            total.add(KEY.search(href)[1])  # type: ignore[index]
    assert total == keys(site)


def test_only_sorted_search_is_sorted(site: Replica) -> None:
    plain = [datetime.strptime(day, "%B %d, %Y") for _, day in search(site, "s=&source=156")]
    recent = [
        datetime.strptime(day, "%B %d, %Y")
        for href, day in dict(search(site, "s=&source=156&sort=recent")).items()
        if not href.endswith("-2")
    ]
    assert plain != sorted(plain, reverse=True)
    first = recent[:10]
    assert first == sorted(first, reverse=True)


def test_search_for_words(site: Replica) -> None:
    wanted = {t["id"].removeprefix("kcnawatch:") for t in site.truth() if "robot" in (t["title"] + t["body"]).lower()}
    assert wanted
    assert {KEY.search(href)[1] for href, _ in search(site, 's="robot"')} == wanted  # type: ignore[index]


def test_empty_window_and_page_beyond_the_end(site: Replica) -> None:
    assert search(site, "s=&start=01-01-1999&end=02-01-1999") == []
    assert split(fetch(f"{site.url}/page/99/?s="))[0] == 404
    assert split(fetch(f"{site.url}/?s=&paged=99"))[0] == 404
    assert cards(page(f"{site.url}/page/2/?s=")) == cards(page(f"{site.url}/?s=&paged=2"))


def test_one_article_has_many_addresses(site: Replica) -> None:
    hosts = Counter(re.match(r"(?:https://[^/]+)?", href)[0] for href, _ in search(site, "s="))  # type: ignore[index]
    assert set(hosts) == {"", "https://kcnawatch.xyz", "https://kcnawatch.org", "https://www.kcnawatch.org"}
    assert any(href.endswith("/") for href, _ in search(site, "s="))
    assert any(href.endswith("-2") for href, _ in search(site, "s="))


def test_article_addresses(site: Replica) -> None:
    path = next(iter(site.paths()))
    key = KEY.search(path + "/")[1]  # type: ignore[index]
    body = page(site.url + path)
    assert page(site.url + path + "/") == body
    for wrong in (
        f"/newstream/{key}",
        f"/newstream/{key}/",
        f"{path}-2",
        path.upper(),
        f"/newstream/{key}/laws/other/",
    ):
        status, headers, _ = split(fetch(site.url + wrong))
        assert (status, headers["location"]) == (301, f"{path}/"), wrong
    for unknown in ("/newstream/1762071094-1/x", f"/newstream/1{key[1:]}5/x", "/newstream/nothing/", "/nothing"):
        status, _, text = split(fetch(site.url + unknown))
        assert status == 404
        assert b"Page not found" in text


@pytest.mark.parametrize("path", ["/", "/newstream/", "/article/156/", "/article/163/"])
def test_overviews_show_the_newest_ten(site: Replica, path: str) -> None:
    assert len(cards(page(site.url + path))) == 10


def test_source_page_prints_its_dates_with_a_space(site: Replica) -> None:
    assert '<p class="articled-date"> November' in page(f"{site.url}/article/163/")
    assert split(fetch(f"{site.url}/article/99/"))[0] == 404


def test_feeds(site: Replica) -> None:
    ElementTree.fromstring(page(f"{site.url}/newstream/rss/"))
    ElementTree.fromstring(page(f"{site.url}/newstream/atom/"))
    malformed = page(f"{site.url}/newstream/feed/")
    assert len(set(KEY.findall(malformed))) == 10
    assert all(fault in malformed for fault in ("isPermaLink=false>", "&nbsp;", " & ", "<image></rss>"))
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(malformed)
    answers = [split(fetch(f"{site.url}/feed/")) for _ in range(3)]
    assert sorted(status for status, _, _ in answers) == [200, 200, 302]
    assert any("free-member-form" in headers.get("location", "") for _, headers, _ in answers)
    assert any(b"<rss" in body and b"<item>" not in body for _, _, body in answers)


def test_sitemap_names_every_article(site: Replica) -> None:
    assert "newstream-sitemap1.xml" in page(f"{site.url}/sitemap_index.xml")
    assert set(KEY.findall(page(f"{site.url}/newstream-sitemap1.xml"))) == keys(site)
    assert split(fetch(f"{site.url}/newstream-sitemap2.xml"))[0] == 404


def test_broadcast_archive(site: Replica) -> None:
    markup = page(f"{site.url}/kctv-archive/?start=08-09-2026&end=11-09-2026")
    assert re.findall(r'<h4><a href="/kctv-archive/[0-9a-f]{13}">([^<]+)', markup) == [
        "Friday September 11, 2026",
        "Thursday September 10, 2026",
        "Wednesday September 09, 2026",
        "Tuesday September 08, 2026",
    ]


def test_photos_are_jpeg_files_of_a_real_size(site: Replica) -> None:
    photos = [photo["url"] for truth in site.truth() for photo in truth["photos"]][:2]
    bodies = []
    for photo in photos:
        status, headers, body = split(fetch(photo))
        assert (status, headers["content-type"]) == (200, "image/jpeg")
        assert 30_000 < len(body) < 100_000
        assert body.startswith(b"\xff\xd8\xff\xe0")
        assert body.endswith(b"\xff\xd9")
        # 60 rows of blocks with a restart marker between them; every other 0xFF of the scan is stuffed.
        scan = body.partition(b"\xff\xda")[2][12:-2]
        assert len(re.findall(rb"\xff[\xd0-\xd7]", scan)) == 59
        assert not re.findall(rb"\xff[^\x00\xd0-\xd7]", scan)
        bodies.append(body)
    assert bodies[0] != bodies[1]


def test_files_of_the_theme(site: Replica) -> None:
    theme = f"{site.url}/wp-content/themes/kcnawatch"
    status, headers, body = split(fetch(f"{theme}/images/logo.png"))
    assert (status, headers["content-type"]) == (200, "image/png")
    assert body.startswith(b"\x89PNG\r\n\x1a\n")
    assert body.endswith(b"IEND\xaeB`\x82")
    _, headers, body = split(fetch(f"{theme}/style.css?ver=4.2"))
    assert headers["content-type"].startswith("text/css")
    assert body.startswith(b'@import url("css/base.css?ver=4.2");')
    assert b"@font-face" in split(fetch(f"{theme}/css/base.css?ver=4.2"))[2]
    _, headers, body = split(fetch(f"{theme}/fonts/marks.woff2"))
    assert headers["content-type"] == "font/woff2"
    assert body.startswith(b"wOF2")
    assert split(fetch(f"{site.url}/wp-content/uploads/nothing.pdf"))[0] == 404


def test_robots() -> None:
    with Replica(5, crawl_delay=2.5) as slow, Replica(5, robots="User-agent: *\nDisallow: /\n") as closed:
        assert "Crawl-delay: 2.5\n" in page(f"{slow.url}/robots.txt")
        assert page(f"{closed.url}/robots.txt") == "User-agent: *\nDisallow: /\n"
