"""What a page says about itself in its head: Open Graph, JSON-LD, title. Needed where its text does not say it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from html import escape
from typing import Any

from kcnacrawl.pages.document import Document, plain
from kcnacrawl.text.clean import clean_line
from kcnacrawl.text.dates import parse_date

# Read from the source: a parser would take longer for the head than all else takes for the article.
_PLAIN_META = re.compile(r"<meta (?:[^>\"']|\"[^\"]{0,4000}\"|'[^']{0,4000}'){0,400}>")
_META = re.compile(r"<meta\b(?:[^>\"']|\"[^\"]{0,4000}\"|'[^']{0,4000}'){0,400}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b([a-z:-]{2,20})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^>]{0,200}>(.{0,2000}?)</title", re.IGNORECASE | re.DOTALL)
_HEAD_END = re.compile(r"</head|<body", re.IGNORECASE)
_LONGEST_HEAD = 200_000
_SITE_SUFFIX = re.compile(
    r"\s+(?:[|–—»·:-]|::)\s+(?:KCNA\s*Watch|KCNAWatch|NK\s*News)\b.*$|\s*\|\s*[^|]{2,40}$", re.IGNORECASE
)
_ARTICLE_TYPES = frozenset(("article", "newsarticle", "reportagenewsarticle", "blogposting", "report"))
_LARGEST_JSON = 1 << 20
_MOST_SCRIPTS = 20


class Metadata:
    """Meta elements and linked data of a document, read on demand."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def _head(self) -> str:
        text = self.document.text[:_LONGEST_HEAD]
        end = text.find("</head>")
        if end < 0:
            match = _HEAD_END.search(text)
            end = match.start() if match else len(text)
        return text[:end]

    @cached_property
    def _meta(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for tag in _PLAIN_META.findall(self._head) or _META.findall(self._head):
            named = _attributes(tag)
            name, content = (
                next((named[key] for key in ("property", "name", "itemprop") if key in named), ""),
                named.get("content"),
            )
            if name and content and (text := clean_line(plain(content))):
                found.setdefault(name.lower(), text)
        return found

    def mentions(self, title: str) -> bool:
        """Whether the head has a text as it stands or escaped; many times faster than reading what it has there."""
        head = self._head
        return len(head) < len(self.document.text) and (title in head or escape(title) in head)

    @cached_property
    def titles(self) -> list[str]:
        """The titles the head gives, best first, without the site's name."""
        element = _TITLE.search(self._head)
        raw = (
            self._meta.get("og:title"),
            self._meta.get("twitter:title"),
            clean_line(plain(element[1])) if element else None,
            *(clean_line(plain(headline)) for headline in self._strings("headline")),
        )
        return list(dict.fromkeys(without_site(title) for title in raw if title))

    @cached_property
    def canonical(self) -> str | None:
        """The address the page calls its own, or ``None``."""
        head = self._head
        position = head.find("canonical")
        while position >= 0:
            tag = head[head.rfind("<", 0, position) : head.find(">", position) + 1]
            named = _attributes(tag) if tag[:5].lower() == "<link" else {}
            if named.get("rel", "").lower() == "canonical" and "href" in named:
                return self.document.absolute(named["href"])
            position = head.find("canonical", position + 1)
        return self.document.absolute(self._meta.get("og:url", "")) if "og:url" in head else None

    def published(self) -> tuple[str, str] | None:
        """The day of publication as ISO 8601 and as stated, or ``None``."""
        stated = (
            self._meta.get("article:published_time"),
            *self._strings("datePublished"),
            self._meta.get("datepublished"),
        )
        for raw in filter(None, stated):
            if day := parse_date(raw):
                return day, raw
        return None

    def sections(self) -> list[str]:
        """The sections the head names."""
        named = [text for thing in self._things for text in _texts(thing.get("articleSection"))]
        if not named and "article:section" in self._head:
            named = _texts(self._meta.get("article:section"))
        return list(dict.fromkeys(clean_line(plain(text)) for text in named))

    def body(self) -> str | None:
        """The text in the linked data, paragraphs by empty lines, or ``None``."""
        text = next(self._strings("articleBody"), "")
        return "\n\n".join(line for part in plain(text).splitlines() if (line := part.strip())) or None

    def is_article(self) -> bool:
        """Whether the head says that the page is an article."""
        return self._meta.get("og:type") == "article" or bool(self._things)

    def _strings(self, key: str) -> Iterator[str]:
        return (text for thing in self._things for text in _texts(thing.get(key)))

    @cached_property
    def _things(self) -> list[dict[str, Any]]:
        """The articles that the linked data describes; it may stand anywhere in the page."""
        found: list[dict[str, Any]] = []
        text, position = self.document.text, -1
        for _ in range(_MOST_SCRIPTS):
            position = text.find("application/ld+json", position + 1)
            start, end = text.find(">", position), text.find("</script", position)
            if position < 0 or not position < start < end:
                break
            found += _articles(_load(text[start + 1 : end]), depth=3)
        return found


def without_site(title: str) -> str:
    """Take the site's name off the end of a title."""
    return _SITE_SUFFIX.sub("", title) or title


def _attributes(tag: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(tag):
        found.setdefault(name.lower(), plain(double or single or bare))
    return found


def _load(text: str) -> Any:
    if len(text) > _LARGEST_JSON:
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str) and text.strip()]


def _articles(found: Any, depth: int) -> Iterator[dict[str, Any]]:
    for thing in found if isinstance(found, list) else [found]:
        if not isinstance(thing, dict):
            continue
        if depth and isinstance(thing.get("@graph"), list):
            yield from _articles(thing["@graph"], depth - 1)
        if any(kind.lower() in _ARTICLE_TYPES for kind in _texts(thing.get("@type"))):
            yield thing
