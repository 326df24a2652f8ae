"""KCNA Watch: https://kcnawatch.org/, its other hosts and its mirrors."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from kcnacrawl.items import Article
from kcnacrawl.pages.blocked import find_sign_up_form, is_sign_up_address, recognise_block
from kcnacrawl.pages.document import Document
from kcnacrawl.pages.feed import is_feed, read_feed
from kcnacrawl.pages.page import ArticlePage, BlockedPage, Page, PageError
from kcnacrawl.pages.sites.kcnawatch.article import ArticleReader
from kcnacrawl.pages.sites.kcnawatch.listing import is_fragment, read_listing, shows_listing, unwrap_json
from kcnacrawl.text.marks import ends_with_mark
from kcnacrawl.urls import KCNAWATCH_HOSTS, article_id

_PATHS = re.compile(r"/newstream/|/wp-admin/admin-ajax\.php|/article/\d|[?&](?:s|start)=|/feed/?$|/kctv-archive/")
_FEED_PATH = re.compile(r"/(?:feed|rss|rss2|atom)/?(?:[?#]|$)")
_GONE = (404, 410)
_ELLIPSES = ("...", "…", "[…]", "[...]")


def recognises(url: str, text: str) -> bool:
    """Whether the site's readers read this page: by host, else by the form of its address or of its links."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return False
    return host in KCNAWATCH_HOSTS or _PATHS.search(url) is not None or "/newstream/" in text


def read(document: Document) -> Page:
    """Read an article when the address is one's, otherwise a listing or a feed."""
    if document.status in _GONE:
        raise PageError("http_status", f"The server answered {document.status}.")
    if article_id(document.url):
        return _read_article(document)
    if is_sign_up_address(document.url):  # where logged-out visitors are sent: SEEN September 2026
        return BlockedPage("sign_up", "The address asked for leads to the sign-up form.")
    if is_feed(document):
        return read_feed(document)
    if _FEED_PATH.search(document.url):
        return recognise_block(document) or read_feed(document)
    return _read_listing(document)


def _read_article(document: Document) -> Page:
    if document.media_type.endswith("json") or document.text[:200].lstrip()[:1] in ("{", "["):
        raise PageError("not_html", "The answer to an article's address is JSON, not a page.")
    reader = ArticleReader(document)
    article = reader.read()
    if article is None:
        return recognise_block(document) or _other_page(document)
    if not reader.has_info_line or not article.body_raw:
        # Nothing printed where the text should be: a page that speaks of signing up means it.
        if blocked := recognise_block(document):
            return blocked
    elif _is_teaser(document, article):
        return BlockedPage("sign_up", "The text stops in the middle, and the page holds the sign-up form.")
    return _same_article(reader) or ArticlePage(article)


def _is_teaser(document: Document, article: Article) -> bool:
    """Whether the text stops in the middle: a pop-up over a whole article is no obstacle."""
    form = find_sign_up_form(document)
    body = article.body_raw or ""
    if form < 0 or ends_with_mark(body):
        return False
    last = body.rpartition("\n")[2].rstrip()
    if last.endswith(_ELLIPSES):
        return True
    # A form where the text should go on, not one laid over the page.
    is_in_place = form < document.text.find("More From")
    return is_in_place and (last[-1:].isalnum() or (article.source_label or "").startswith("KCNA"))


def _same_article(reader: ArticleReader) -> BlockedPage | None:
    """The page that says itself to be another article than the one asked for."""
    claimed = article_id(reader.metadata.canonical or "")
    if claimed is None or claimed == reader.id:
        return None
    return BlockedPage("other_page", f"The page says it is {claimed}, not {reader.id}.")


def _other_page(document: Document) -> Page:
    if not document.text.strip():
        raise PageError("empty", "KcnaWatchArticle looked for an article and got an empty body.")
    if document.status >= 400:
        raise PageError("http_status", f"The server answered {document.status}.")
    if cards := read_listing(document).cards:
        return BlockedPage("other_page", f"A listing of {len(cards)} articles came in place of the article.")
    raise PageError("no_article", "KcnaWatchArticle looked for 'Date: … | Source: …' and found it 0 times.")


def _read_listing(document: Document) -> Page:
    document = unwrap_json(document)
    listing = read_listing(document)
    if listing.cards:
        return listing
    if shows_listing(document):
        return listing
    if blocked := recognise_block(document):
        return blocked
    if document.status >= 400:
        raise PageError("http_status", f"The server answered {document.status}.")
    if is_fragment(document):
        return listing
    return BlockedPage("other_page", "A page without articles or the frame of a listing came in place of the listing.")
