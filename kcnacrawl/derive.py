"""From what a page reader found to a finished article: everything that follows from the raw fields alone."""

from __future__ import annotations

import re

from kcnacrawl import urls
from kcnacrawl.items import Article
from kcnacrawl.text.clean import clean_line, clean_text
from kcnacrawl.text.datelines import find_dateline
from kcnacrawl.text.digest import text_digest
from kcnacrawl.text.kind import tell_kind
from kcnacrawl.text.language import detect_language
from kcnacrawl.text.marks import Marked, take_marks

_LANGUAGE_SUFFIX = re.compile(
    r"\s*[(（](?:[A-Za-z]{2,3}|English|Korean|Spanish|Chinese|Japanese|Russian|French|German|Arabic)[)）]$"
)


def derive(article: Article) -> None:
    """Fill ``body``, ``dateline``, ``trailer``, ``language``, ``kind``, ``source``, ``ingested_at``, ``text_digest``.

    ``published`` is filled from the trailer when the page gave no day. Only raw fields count, so deriving again changes
    nothing.
    """
    article.title = clean_line(article.title or "") or None
    article.subtitle = clean_line(article.subtitle or "") or None
    marked = take_marks(clean_text(article.body_raw or ""))
    article.body = marked.text or None
    article.trailer = marked.trailer
    article.dateline = find_dateline(marked.text, article.title or "")
    article.language = _language(article)
    article.source = _source(article)
    article.ingested_at = urls.ingested_at(article.id)
    article.text_digest = text_digest(article.title, article.body)
    if article.kind not in ("photo", "video"):  # the page's own layout says these better than words do
        article.kind = tell_kind(article.title or "", marked.text)
    _fill_published(article, marked)


def _language(article: Article) -> str | None:
    body = article.body or ""
    if article.dateline:
        body = body[body.index(article.dateline.text) + len(article.dateline.text) :]
    return detect_language(body) or detect_language(f"{article.title or ''} {body}")


def _source(article: Article) -> str | None:
    if article.source_label:
        return _LANGUAGE_SUFFIX.sub("", clean_line(article.source_label)).lower() or None
    return article.trailer.site.removeprefix("www.") if article.trailer else None


def _fill_published(article: Article, marked: Marked) -> None:
    if article.published is None and marked.trailer and marked.trailer.date:
        article.published = marked.trailer.date
        article.published_raw = marked.trailer_day
        article.published_from = "trailer"
