"""Pages in place of what was asked for are told by reason; an article that speaks of such things stays an article."""

from __future__ import annotations

import pytest

from kcnacrawl.pages import open_page
from kcnacrawl.pages.page import ArticlePage, BlockedPage, ListingPage, PageError

ARTICLE = "https://kcnawatch.org/newstream/1744885366-665971553/a-slug/"
SEARCH = "https://kcnawatch.org/?s=&start=01-07-2011&end=02-07-2011"
INFO = "<h1>Mill Turns</h1><p>Date: 17/04/2025 | Source: {} | Read original version at source</p>"
POPUP = (
    '<div class="nk-paywall-free-member-form"><div class="free-member-form-inner">'
    "<h3>Register for free</h3></div></div>"
)
PAGES = [
    ("sign_up", f"<html><title>KCNA Watch</title><body><h1>Members only</h1>{POPUP}</body></html>"),
    ("sign_up", f"<html>{INFO.format('KCNA.kp (En)')}<div class=article-content>{POPUP}</div></html>"),
    ("sign_up", "<html><body><p>Please log in or subscribe to continue reading this article.</p></body></html>"),
    ("bot_check", "<html><head><title>Just a moment...</title></head><body><div id=cf-chl-widget></div></body></html>"),
    ("bot_check", '<html><body><script src="/cdn-cgi/challenge-platform/h/b/orchestrate.js"></script></body></html>'),
    ("bot_check", "<html><body><h1>Verify you are human</h1><p>by completing the action below</p></body></html>"),
    ("bot_check", "<html><title>DDoS-Guard</title><body>Checking your browser before accessing</body></html>"),
    ("bot_check", "<html><body><form><div class=g-recaptcha></div><input type=submit></form></body></html>"),
    ("bot_check", "<html><body><noscript>Please enable JavaScript to go on</noscript></body></html>"),
    ("national_block", '<html><head><meta name="kcsc" content="blocking"></head><body></body></html>'),
    ("national_block", "<html><body><iframe src='http://warning.or.kr/i1.html'></iframe></body></html>"),
    ("network_block", "<html><head><title>Web Page Blocked</title></head><body><p>Category: News</p></body></html>"),
    ("network_block", "<html><body><h2>FortiGuard Intrusion Prevention</h2></body></html>"),
    ("maintenance", "<html><body>Briefly unavailable for scheduled maintenance. Check back in a minute.</body></html>"),
    ("maintenance", "<html><body><h1>Error establishing a database connection</h1></body></html>"),
    ("login", "<html><body><form><input name=log><input type=password name=pwd></form></body></html>"),
    ("refused", "<html><body><h1>Access denied</h1></body></html>"),
]


@pytest.mark.parametrize("url", [ARTICLE, SEARCH])
@pytest.mark.parametrize(("reason", "html"), PAGES)
def test_a_page_in_the_way_is_told_by_its_reason(reason: str, html: str, url: str) -> None:
    page = open_page(html.encode(), url, "text/html")
    assert isinstance(page, BlockedPage)
    assert page.reason == reason
    assert page.evidence.endswith(".")


@pytest.mark.parametrize("url", [ARTICLE, SEARCH])
@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "login"), (403, "refused"), (429, "refused"), (451, "national_block"), (503, "maintenance")],
)
def test_a_refusing_status_is_a_reason_where_the_page_gives_none(status: int, reason: str, url: str) -> None:
    page = open_page(b"<html><body>No.</body></html>", url, status=status)
    assert isinstance(page, BlockedPage)
    assert page.reason == reason


@pytest.mark.parametrize("url", [ARTICLE, SEARCH])
@pytest.mark.parametrize("status", [404, 410, 500])
def test_other_errors_are_no_pages(status: int, url: str) -> None:
    with pytest.raises(PageError) as caught:
        open_page(b"<html><body>Nothing here.</body></html>", url, status=status)
    assert caught.value.code == "http_status"


def test_a_redirect_to_the_sign_up_form_is_told_by_the_address_wherever_it_leads() -> None:
    page = open_page(b"<html><body>Hello.</body></html>", "https://127.0.0.1/free-member-form/?redirect_to=%2F")
    assert isinstance(page, BlockedPage)
    assert page.reason == "sign_up"


WHOLE = (
    "Blue Rock, April 17 (KCNA) -- The mill turns day and night.",
    "The web page blocked its own visitors, joked the miller: access denied, verify you are human, just a moment.",
    "Members only, says a sign on the door; please log in to continue. The road is under maintenance. -0-",
)


@pytest.mark.parametrize("popup", ["", POPUP])
@pytest.mark.parametrize("place", ["{text}{popup}", "{popup}{text}"])
def test_an_article_that_speaks_of_blocks_under_a_pop_up_is_an_article(popup: str, place: str) -> None:
    text = "<div class=article-content>" + "".join(f"<p>{line}</p>" for line in WHOLE) + "</div>"
    html = f"<html><body>{INFO.format('KCNA.kp (En)')}{place.format(text=text, popup=popup)}</body></html>"
    page = open_page(html.encode(), ARTICLE, "text/html")
    assert isinstance(page, ArticlePage)
    assert page.article.body_raw == "\n\n".join(WHOLE)


@pytest.mark.parametrize(
    ("label", "text", "is_article"),
    [
        ("KCNA.kp (En)", "Blue Rock, April 17 (KCNA) -- The mill turns day and night.", False),
        ("KCNA.kp (En)", "Blue Rock, April 17 (KCNA) -- The mill turns day and night. -0-", True),
        ("Naenara (En)", "The mill turns day and night.", True),
        ("Naenara (En)", "The mill turns day and", False),
        ("Naenara (En)", "The mill turns day and …", False),
    ],
)
def test_a_text_that_stops_at_the_form_is_a_teaser(label: str, text: str, is_article: bool) -> None:
    html = f"<html><body>{INFO.format(label)}<p>{text}</p>{POPUP}<h3>More From {label}</h3></body></html>"
    assert isinstance(open_page(html.encode(), ARTICLE, "text/html"), ArticlePage) == is_article


def test_the_home_page_in_place_of_an_article() -> None:
    cards = "".join(f'<h4><a href="/newstream/1744885366-{n}/s/">Mill {n}</a></h4>' for n in range(9))
    page = open_page(f"<html><body>{cards}</body></html>".encode(), ARTICLE, "text/html")
    assert page == BlockedPage("other_page", "A listing of 9 articles came in place of the article.")


def test_another_article_in_place_of_the_one_asked_for() -> None:
    head = '<link rel="canonical" href="https://kcnawatch.org/newstream/1744885367-1/other/">'
    body = INFO.format("Naenara") + "<div class=article-content><p>The mill turns.</p></div>"
    page = open_page(f"<html><head>{head}</head><body>{body}</body></html>".encode(), ARTICLE, "text/html")
    assert isinstance(page, BlockedPage)
    assert page.reason == "other_page"


def test_another_page_in_place_of_a_listing() -> None:
    page = open_page(b"<html><title>Hotel</title><body><h1>Welcome to our hotel</h1></body></html>", SEARCH)
    assert isinstance(page, BlockedPage)
    assert page.reason == "other_page"


@pytest.mark.parametrize(
    "html",
    [
        '<html><body><div id="search_wrapper"></div>' + POPUP + "</body></html>",
        "<html><body><p>No results found.</p>" + POPUP + "</body></html>",
        "",
        "0",
        "<p>No more articles</p>",
    ],
)
def test_a_listing_that_ended_is_not_blocked(html: str) -> None:
    assert open_page(html.encode(), SEARCH, "text/html") == ListingPage()


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"%PDF-1.7 mill", "application/pdf", "not_html"),
        (b"\x89PNG\r\n\x1a\n", "image/png", "not_html"),
        (b"\xff\xd8\xff\xe0", "text/html", "not_html"),
        (b"\x00\x01\x02\x03", "application/octet-stream", "not_html"),
        (b'{"error": "no"}', "application/json", "not_html"),
        (b"", "text/html", "empty"),
        (b" \n ", "text/html", "empty"),
        (b"<html><body><p>Hello.</p></body></html>", "text/html", "no_article"),
    ],
)
def test_what_is_no_page_of_an_article_is_an_error(body: bytes, content_type: str, code: str) -> None:
    with pytest.raises(PageError) as caught:
        open_page(body, ARTICLE, content_type)
    assert caught.value.code == code
    assert str(caught.value).endswith(".")


def test_an_address_nobody_knows() -> None:
    with pytest.raises(PageError) as caught:
        open_page(b"<html><body>Hello.</body></html>", "https://example.org/", "text/html")
    assert caught.value.code == "unknown_site"
