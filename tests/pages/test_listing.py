"""Listings and fragments: every linked article once, with what stands beside it."""

from __future__ import annotations

import json

import pytest

from kcnacrawl.pages import open_page
from kcnacrawl.pages.page import Card, ListingPage

HOST = "https://kcnawatch.org"
SEARCH = f"{HOST}/?s=&start=01-07-2011&end=02-07-2011"
AJAX = f"{HOST}/wp-admin/admin-ajax.php?action=get_cat_by_source&die=true&from=0&to=10&sort=&id=156"
SOURCE = f"{HOST}/article/163/"


def read(html: str, url: str, content_type: str = "text/html; charset=utf-8") -> ListingPage:
    page = open_page(html.encode(), url, content_type)
    assert isinstance(page, ListingPage)
    return page


def card(n: int, title: str | None, day: int | None = None, **more: str) -> Card:
    return Card(
        id=f"kcnawatch:145189001{n}-{n}",
        url=more.pop("url", f"{HOST}/newstream/145189001{n}-{n}/mill"),
        title=title,
        published=f"2011-07-0{day}" if day else None,
        published_raw=f"July 0{day}, 2011" if day else None,
        **more,
    )


def link(n: int, host: str = HOST) -> str:
    return f'href="{host}/newstream/145189001{n}-{n}/mill"'


def test_search_results() -> None:
    html = (
        "<html><body><nav><a href='/newstream/'>Newstream</a></nav><div id='search_wrapper'>"
        f"<div class='article-desc'><h4><a {link(1, 'https://kcnawatch.xyz')}>Mill &amp; Miller</a></h4>"
        "<p><span>July 01, 2011</span></p></div>"
        f"<div class='article-desc'><h4><a {link(2)}>·방앗간</a></h4><p><span> July 02, 2011</span></p></div>"
        "</div><a class='more-full-link' href='#'>More Articles</a></body></html>"
    )
    page = read(html, SEARCH)
    assert page.cards == [
        card(1, "Mill & Miller", 1, url="https://kcnawatch.xyz/newstream/1451890011-1/mill"),
        card(2, "·방앗간", 2),
    ]
    assert page.more is None


@pytest.mark.parametrize(
    "html",
    [
        '<div class="article-desc"><h4><a {}>Mill</a></h4><div class="articled-date"><span>July 01, 2011</span></div>',
        '<div class="row"><div><a {}>Mill</a></div><div class="col-sm-3"><p>July 01, 2011</p></div></div>',
        '<h4><a {}>Mill</a></h4><p class="articled-date"> July 01, 2011</p>',
        "<li><a {}><img src='/t.jpg' alt='Mill'></a><a {}>Mill</a> <span>July 01, 2011</span></li>",
        "<table><tr><td>July 01, 2011</td><td><a {}>Mill</a></td></tr></table>",
        "<div><a {}><b>Mill</b><br>July 01, 2011</a></div>",
    ],
)
def test_fragments_of_the_ajax_endpoint(html: str) -> None:
    assert read(html.replace("{}", link(1)), AJAX).cards == [card(1, "Mill", 1)]


@pytest.mark.parametrize(
    "wrap", [lambda html: html, lambda html: {"html": html}, lambda html: {"data": [{"content": html}], "n": 1}]
)
@pytest.mark.parametrize("content_type", ["application/json", "text/html"])
def test_fragments_in_json(wrap: object, content_type: str) -> None:
    assert callable(wrap)
    html = f"<div class='article-desc'><h4><a {link(1)}>방앗간</a></h4><span>July 01, 2011</span></div>"
    assert read(json.dumps(wrap(html)), AJAX, content_type).cards == [card(1, "방앗간", 1)]


@pytest.mark.parametrize("body", ["", " \n", "[]", '""', '{"html": ""}'])
def test_an_empty_fragment_is_an_empty_listing(body: str) -> None:
    assert read(body, AJAX) == ListingPage()


def test_source_page_with_excerpt_label_and_sources() -> None:
    html = (
        "<html><body><a href='/article/156/'>KCNA.kp (En)</a>"
        "<a href='https://kcnawatch.org/article/163/'>Naenara (En)</a>"
        "<a href='/article/156/'>KCNA.kp (En)</a>"
        "<select name='source'><option value=''>All</option><option value='190036'>KCNA.kp (Kr)</option></select>"
        f"<div id='latest_article_wrapper'><div><h4><a {link(3)}>Mill</a></h4><p>Naenara (En)</p>"
        "<p class='articled-date'> July 03, 2011</p><p>Blue Rock, July 3 (KCNA) -- The mill turns</p></div></div>"
        "</body></html>"
    )
    page = read(html, SOURCE)
    assert page.cards == [
        card(3, "Mill", 3, excerpt="Blue Rock, July 3 (KCNA) -- The mill turns", source_label="Naenara (En)")
    ]
    assert page.sources == {"156": "KCNA.kp (En)", "163": "Naenara (En)", "190036": "KCNA.kp (Kr)"}


def test_one_card_for_one_article_however_often_it_is_linked() -> None:
    again = "<p><a href='/newstream/1451890011-1/?x=2#c'>More</a></p>"
    html = f"<p><a {link(1)}>Mill</a></p><p><a {link(2)}>Kiln</a></p>{again}"
    assert [found.id for found in read(html, f"{HOST}/newstream/").cards] == [
        "kcnawatch:1451890011-1",
        "kcnawatch:1451890012-2",
    ]


def test_a_picture_names_a_card_without_text() -> None:
    html = f"<a {link(1)}><img src='/t.jpg' alt='Mill'></a>"
    assert read(html, SEARCH).cards == [card(1, "Mill")]


@pytest.mark.parametrize(
    ("html", "more"),
    [
        ("<a class='more-full-link' href='/?s=&paged=2'>More Articles</a>", f"{HOST}/?s=&paged=2"),
        ("<a id='more_results' href='?s=&amp;paged=2'>More</a>", f"{HOST}/?s=&paged=2"),
        ("<a rel='next' href='/page/2/'>2</a>", f"{HOST}/page/2/"),
        ("<a href='/newstream/page/2/'>Next »</a>", f"{HOST}/newstream/page/2/"),
        ("<a class='more-full-link' href='#'>More Articles</a>", None),
        ("<a class='more-full-link' href='/?s=#'>More Articles</a>", None),
        ("<a class='more-full-link' href='javascript:more()'>More Articles</a>", None),
        ("<a class='more-full-link'>More Articles</a>", None),
        (f"<a rel='next' href='{SEARCH.replace('&', '&amp;')}#top'>More Articles</a>", None),
    ],
)
def test_the_next_page(html: str, more: str | None) -> None:
    assert read(f"<html><body><a {link(1)}>Mill</a>{html}</body></html>", SEARCH).more == more


def test_a_title_may_hold_a_day_of_its_own() -> None:
    html = f"<div><h4><a {link(1)}>Speech of May 5, 1999</a></h4><p>July 01, 2011 | KCNA.kp (En)</p></div>" * 2
    assert read(html, SEARCH).cards == [card(1, "Speech of May 5, 1999", 1, source_label="KCNA.kp (En)")]
