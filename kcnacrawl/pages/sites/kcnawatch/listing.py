"""Listings of KCNA Watch, whatever their markup: every link to an article is a card."""

from __future__ import annotations

import json
import re

from kcnacrawl.pages.cards import Group, group_by_links
from kcnacrawl.pages.chrome import is_notice, undouble
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
    r"no (?:more )?(?:results?|articles?|posts?|matches|entries|items)\b|nothing (?:was )?found"
    r"|\b0 (?:results|articles)|did not match|검색 ?결과가 없|sin resultados|no se encontr|没有找到|見つかりません"
    r"|ничего не найдено",
    re.IGNORECASE,
)
_SEARCHED = 200_000
_FEW_WORDS = 120


def read_listing(document: Document) -> ListingPage:
    """Give the cards, the next page and the sources of a listing page or fragment."""
    body = document.tree.body
    flat = flatten((body.html or "") if body is not None else "")
    links = [
        (element, identity)
        for element, name in enumerate(flat.names)
        if name == "a" and (identity := article_id(flat.get(element, "href")))
    ]
    pictures = _picture_titles(flat, links)
    cards = []
    for identity, group in group_by_links(flat, flat.lines, links).items():
        if url := document.absolute(group.href):
            cards.append(_make_card(identity, url, group, pictures))
    return ListingPage(cards=cards, more=_more(document), sources=_sources(flat, document))


def _make_card(identity: str, url: str, group: Group, pictures: dict[str, str]) -> Card:
    return Card(
        id=identity,
        url=url,
        title=group.title or pictures.get(identity),
        published=group.day,
        published_raw=group.day_raw,
        excerpt=group.excerpt,
        source_label=group.label,
    )


def _picture_titles(flat: Flat, links: list[tuple[int, str]]) -> dict[str, str]:
    """Titles where only a picture is linked: the link's ``title`` or the picture's ``alt``."""
    found: dict[str, str] = {}
    for element, identity in links:
        if title := clean_line(flat.get(element, "title")):
            found.setdefault(identity, title)
    targets = dict(links)
    for picture, _ in flat.media:
        link = next((outer for outer in flat.chain(picture) if outer in targets), None)
        if link is not None and (title := clean_line(flat.get(picture, "alt"))):
            found.setdefault(targets[link], title)
    return found


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
    """Source ids and labels from links to source pages and from the choices of the search form."""
    texts: dict[int, str] = {}
    for line in flat.lines:
        for text, element in line.pieces:
            anchor = flat.anchor(element)
            if anchor and "article/" in flat.tags[anchor]:
                texts[anchor] = texts.get(anchor, "") + text
    found: dict[str, str] = {}
    for anchor, text in texts.items():
        if match := _SOURCE_PAGE.search(flat.get(anchor, "href")):
            found.setdefault(match[1], undouble(clean_line(text)))
    for option in document.tree.css('select[name*="source"] option, select[id*="source"] option'):
        value = attribute(option, "value")
        if value.isascii() and value.isdigit() and int(value):
            found.setdefault(value, clean_line(option.text()))
    return {source: label for source, label in found.items() if label and not is_notice(label)}


def shows_listing(document: Document) -> bool:
    """Whether a page without cards shows the frame of a listing, or says that nothing was found."""
    text = document.text
    return any(name in text for name in _FRAME_OF_LISTING) or _NOTHING_FOUND.search(text[:_SEARCHED]) is not None


def is_fragment(document: Document) -> bool:
    """Whether a document is the end of a listing's fragments: nothing, or a few words, and no page around them."""
    head = document.text[:2000].lower()
    if any(mark in head for mark in ("<html", "<!doctype", "<head", "<title")):
        return False
    body = document.tree.body
    return body is None or len(clean_line(body.text())) <= _FEW_WORDS


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
