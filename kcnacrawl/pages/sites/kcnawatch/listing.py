"""Listings of KCNA Watch, whatever their markup: every link to an article is a card."""

from __future__ import annotations

import json
import re

from kcnacrawl.pages.cards import Group, group_by_links
from kcnacrawl.pages.document import Document, attribute
from kcnacrawl.pages.flatten import Flat, flatten
from kcnacrawl.pages.page import Card, ListingPage, PageError
from kcnacrawl.text.clean import clean_line
from kcnacrawl.urls import article_id

_SOURCE_PAGE = re.compile(r"(?:^|/)article/(\d{1,9})/?(?:[?#].*)?$")
_MORE_WORDING = re.compile(
    r"(?:more|load more|older|next)(?: (?:articles|posts|page|results|news))?[\s.…»›→]*|[»›→]", re.IGNORECASE
)
_MORE_CSS = 'link[rel="next"], a[rel~="next"], a.more-full-link, a#more_results, #more_results a, a.next, a.load-more'
_FRAME_OF_LISTING = (
    "search_wrapper",
    "article-desc",
    "latest_article_wrapper",
    "articled-date",
    "more-full-link",
    "more_results",
)
_NOTHING_FOUND = re.compile(
    r"no (?:more )?(?:results?|articles?|posts?|matches|entries|items)\b|nothing (?:was )?found|0 (?:results|articles)|did not match"
    r"|검색 ?결과가 없|sin resultados|no se encontr|没有|該当|ничего не найдено",
    re.IGNORECASE,
)


def read_listing(document: Document) -> ListingPage:
    """Give the cards, the next page and the sources of a listing page or fragment."""
    body = document.tree.body
    flat = flatten((body.html or "") if body is not None else "")
    links = [
        (element, identity)
        for element, name in enumerate(flat.names)
        if name == "a" and (identity := article_id(flat.get(element, "href")))
    ]
    groups = group_by_links(flat, flat.lines, links)
    cards = [card for identity, group in groups.items() if (card := _make_card(identity, group, flat, links, document))]
    return ListingPage(cards=cards, more=_more(document), sources=_sources(flat, document))


def _make_card(
    identity: str, group: Group, flat: Flat, links: list[tuple[int, str]], document: Document
) -> Card | None:
    url = document.absolute(group.href)
    if url is None:
        return None
    return Card(
        id=identity,
        url=url,
        title=group.title or _picture_title(identity, flat, links),
        published=group.day,
        published_raw=group.day_raw,
        excerpt=group.excerpt,
        source_label=group.label,
    )


def _picture_title(identity: str, flat: Flat, links: list[tuple[int, str]]) -> str | None:
    """The title where only a picture is linked: the link's ``title`` or the picture's ``alt``."""
    for element, target in links:
        if target == identity:
            inside = range(element, flat.ends[element] + 1)
            named = [flat.get(element, "title"), *(flat.get(e, "alt") for e in inside if flat.names[e] == "img")]
            if title := next((text for name in named if (text := clean_line(name))), None):
                return title
    return None


def _more(document: Document) -> str | None:
    tree = document.tree
    worded = (node for node in tree.css("a[href]") if _MORE_WORDING.fullmatch(clean_line(node.text())))
    here = document.url.partition("#")[0]
    for node in (*tree.css(_MORE_CSS), *worded):
        href = attribute(node, "href") or attribute(node, "data-href")
        if "#" in href[:1] or href.endswith("#"):
            continue  # the site's button works by script
        url = document.absolute(href)
        if url and url.partition("#")[0] != here and article_id(url) is None:
            return url.partition("#")[0]
    return None


def _sources(flat: Flat, document: Document) -> dict[str, str]:
    found: dict[str, str] = {}
    for element, name in enumerate(flat.names):
        if (
            name == "a"
            and "article/" in flat.tags[element]
            and (match := _SOURCE_PAGE.search(flat.get(element, "href")))
        ):
            inside = [text for line in flat.lines for text, at in line.pieces if element <= at <= flat.ends[element]]
            if label := clean_line("".join(inside)):
                found.setdefault(match[1], label)
    for option in document.tree.css('select[name*="source"] option, select[id*="source"] option'):
        value, label = attribute(option, "value"), clean_line(option.text())
        if value.isascii() and value.isdigit() and int(value) and label:
            found.setdefault(value, label)
    return found


def is_empty_listing(document: Document) -> bool:
    """Whether a document without cards is a listing that ended, not something else in its place."""
    text = document.text
    if any(name in text for name in _FRAME_OF_LISTING) or _NOTHING_FOUND.search(text[:200_000]):
        return True
    is_whole_page = any(mark in text[:2000].lower() for mark in ("<html", "<!doctype", "<head", "<title"))
    body = document.tree.body
    words = clean_line(body.text()) if body is not None else ""
    return not is_whole_page and len(words) <= 120


def unwrap_json(document: Document) -> Document:
    """A fragment that came inside JSON (a string, or an object with one long string), as a document of its own."""
    head = document.text.lstrip("\ufeff \t\r\n")[:1]
    if head not in ('"', "{", "["):
        return document
    try:
        found = json.loads(document.text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        if "json" not in document.media_type:
            return document
        raise PageError("bad_json", f"The listing is said to be JSON and is none: {error}.") from error
    fragment = "".join(_strings(found, depth=8))
    return Document(fragment.encode("utf-8", "replace"), document.url, "text/html; charset=utf-8", document.status)


def _strings(found: object, depth: int) -> list[str]:
    """All strings in a JSON value that hold markup."""
    if isinstance(found, str):
        return [found] if "<" in found else []
    if depth and isinstance(found, dict | list):
        values = found.values() if isinstance(found, dict) else found
        return [text for value in values for text in _strings(value, depth - 1)]
    return []
