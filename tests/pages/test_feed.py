"""Feeds, well-formed and not."""

from __future__ import annotations

import pytest

from kcnacrawl.pages import open_page
from kcnacrawl.pages.page import BlockedPage, Card, ListingPage, PageError

FEED = "https://kcnawatch.org/newstream/feed/"
LINK = "https://kcnawatch.org/newstream/1451890011-1/mill/"
CARD = Card(
    id="kcnawatch:1451890011-1",
    url=LINK,
    title="Mill & Miller",
    published="2016-01-05",
    published_raw="Mon, 04 Jan 2016 18:46:56 +0000",
    excerpt="The mill turns.",
)
ITEM = (
    f"<item><title>Mill &amp; Miller</title><link>{LINK}</link><pubDate>Mon, 04 Jan 2016 18:46:56 +0000</pubDate>"
    f'<guid isPermaLink="false">{LINK}</guid><description>The mill turns.</description></item>'
)
RSS = f'<?xml version="1.0"?><rss version="2.0"><channel><title>KCNA Watch</title><link>https://kcnawatch.org</link>{ITEM}</channel></rss>'


@pytest.mark.parametrize(
    "feed",
    [
        RSS,
        "\ufeff\n  " + RSS,
        RSS.replace('version="2.0"', "version=2.0"),
        RSS.replace("Mill &amp; Miller", "Mill & Miller"),
        RSS.replace("Mill &amp; Miller", "<![CDATA[Mill & Miller]]>"),
        RSS.replace("The mill turns.", "<![CDATA[<p>The <b>mill</b> turns.</p>]]>").replace(" <b>mill</b> ", " mill "),
        RSS[: -len("</channel></rss>")],
        RSS[: -len("</description></item></channel></rss>")],
        RSS.replace("</title><link>http", "<link>http").replace("</pubDate>", ""),
        RSS.replace(f"<link>{LINK}</link>", "<link>https://kcnawatch.org/</link>"),
        RSS.replace("<item>", "<ITEM rdf:about=x>")
        .replace("<pubDate>", "<PUBDATE>")
        .replace("</pubDate>", "</PUBDATE>"),
        RSS.replace(ITEM, ITEM * 3),
        RSS.replace(ITEM, "<item><title>No link</title></item>" + ITEM + "<item><title>Cut"),
    ],
)
def test_rss_however_broken(feed: str) -> None:
    assert open_page(feed.encode(), FEED, "application/rss+xml") == ListingPage([CARD])


@pytest.mark.parametrize(
    "link", [f'<link rel="alternate" href="{LINK}"/>', f"<link href={LINK} />", f"<id>{LINK}</id>"]
)
def test_atom(link: str) -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>KCNA Watch</title>'
        f'<entry><title type="html">Mill</title>{link}'
        "<updated>2016-01-04T18:46:56Z</updated><summary>The mill turns.</summary></entry></feed>"
    )
    page = open_page(feed.encode(), FEED, "application/atom+xml")
    assert isinstance(page, ListingPage)
    assert [(card.url, card.title, card.published) for card in page.cards] == [(LINK, "Mill", "2016-01-05")]


def test_a_feed_without_entries_is_an_empty_listing() -> None:
    assert open_page(b"<rss><channel></channel></rss>", FEED) == ListingPage()


def test_a_page_is_not_a_feed() -> None:
    with pytest.raises(PageError) as caught:
        open_page(b"<!DOCTYPE html><html><body><p>Hello.</p></body></html>", FEED, "application/rss+xml")
    assert caught.value.code == "not_a_feed"


def test_a_sign_up_page_is_not_a_feed() -> None:
    page = open_page(b'<html><div class="nk-paywall-free-member-form"></div></html>', FEED)
    assert isinstance(page, BlockedPage)
    assert page.reason == "sign_up"
