"""From the bytes of a page to the finished article: the one way, taken by the crawl and by re-extraction alike."""

from __future__ import annotations

from kcnacrawl.checks import problems
from kcnacrawl.derive import derive
from kcnacrawl.items import Article, Receipt
from kcnacrawl.pages import open_page
from kcnacrawl.pages.page import ArticlePage, Card, Page


def assemble(
    body: bytes,
    url: str,
    content_type: str = "",
    content_encoding: str = "",
    status: int = 200,
    receipt: Receipt | None = None,
    card: Card | None = None,
) -> Page:
    """Read a page; when it is an article, finish it.

    :param body: as served, content-coding and all
    :param card: how the listing that led here showed the article, if one did
    :raises PageError: when the page cannot be read
    """
    page = open_page(body, url, content_type, content_encoding=content_encoding, status=status)
    if isinstance(page, ArticlePage):
        attach(page.article, receipt)
        if card is not None:
            apply_card(page.article, card)
        finish(page.article)
    return page


def attach(article: Article, receipt: Receipt | None) -> None:
    """Tell the article where its bytes are and when they were fetched."""
    article.receipt = receipt
    article.fetched_at = (receipt.revisit or receipt).date if receipt else None


def lacks_day(article: Article) -> bool:
    """Whether the page itself tells no day of publication, so that a listing may."""
    return article.published is None or article.published_from in ("trailer", "listing")


def apply_card(article: Article, card: Card) -> None:
    """Take the day of publication from the listing when the page tells none; a trailer's day does not stand against it.

    It may be applied before or after ``derive``. Problems have to be looked for again afterwards.
    """
    if card.published and lacks_day(article):
        article.published = card.published
        article.published_raw = card.published_raw
        article.published_from = "listing"


def finish(article: Article) -> None:
    """Fill what follows from the page, and note what is missing or odd."""
    derive(article)
    article.problems = problems(article)
