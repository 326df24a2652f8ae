"""What a page says about itself in its head: Open Graph, JSON-LD, title. None of it is needed where the text says it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from kcnacrawl.pages.document import Document, attribute, plain
from kcnacrawl.text.clean import clean_line
from kcnacrawl.text.dates import parse_date

_SITE_SUFFIX = re.compile(
    r"\s+(?:[|–—»·:-]|::)\s+(?:KCNA\s*Watch|KCNAWatch|NK\s*News)\b.*$|\s*\|\s*[^|]{2,40}$", re.IGNORECASE
)
_ARTICLE_TYPES = frozenset({"article", "newsarticle", "reportagenewsarticle", "blogposting", "report"})
_LARGEST_JSON = 1 << 20


class Metadata:
    """Meta elements and linked data of a document, read on demand."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._meta: dict[str, str] | None = None

    def get(self, name: str) -> str | None:
        """The first meta element with a name or property, as clean text, or ``None``."""
        if self._meta is None:
            self._meta = {}
            for node in self.document.tree.css("meta[content]"):
                attributes = node.attributes
                key = (attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or "").lower()
                content = clean_line(plain(attributes.get("content") or ""))
                if key and content:
                    self._meta.setdefault(key, content)
        return self._meta.get(name)

    def titles(self) -> list[str]:
        """The titles the head gives, best first, without the site's name."""
        element = self.document.tree.css_first("title")
        raw = [
            self.get("og:title"),
            self.get("twitter:title"),
            clean_line(element.text()) if element else None,
            *(clean_line(plain(headline)) for headline in self._strings("headline")),
        ]
        return list(dict.fromkeys(without_site(title) for title in raw if title))

    def canonical(self) -> list[str]:
        """The addresses the page calls its own."""
        node = self.document.tree.css_first('link[rel="canonical"]')
        found = (attribute(node, "href"), self.get("og:url") or "")
        return [url for href in found if (url := self.document.absolute(href))]

    def published(self) -> tuple[str, str] | None:
        """The day of publication as ISO 8601 and as stated, or ``None``."""
        stated = (self.get("article:published_time"), *self._strings("datePublished"), self.get("datepublished"))
        for raw in filter(None, stated):
            if day := parse_date(raw):
                return day, raw
        return None

    def body(self) -> str | None:
        """The text in the linked data, paragraphs by empty lines, or ``None``."""
        text = next(self._strings("articleBody"), "")
        return "\n\n".join(line for part in plain(text).splitlines() if (line := part.strip())) or None

    def is_article(self) -> bool:
        """Whether the head says that the page is an article."""
        return self.get("og:type") == "article" or any(self._things())

    def _strings(self, key: str) -> Iterator[str]:
        return (value for thing in self._things() if isinstance(value := thing.get(key), str) and value.strip())

    def _things(self) -> Iterator[dict[str, Any]]:
        for node in self.document.tree.css('script[type="application/ld+json"]'):
            text = node.text()
            if len(text) > _LARGEST_JSON:
                continue
            try:
                found = json.loads(text, strict=False)
            except (ValueError, RecursionError):
                continue
            yield from _articles(found)


def without_site(title: str) -> str:
    """Take the site's name off the end of a title."""
    return _SITE_SUFFIX.sub("", title) or title


def _articles(found: Any) -> Iterator[dict[str, Any]]:
    things = found if isinstance(found, list) else [found]
    for thing in things:
        if not isinstance(thing, dict):
            continue
        graph = thing.get("@graph")
        yield from _articles(graph) if isinstance(graph, list) else ()
        kinds = thing.get("@type")
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            if isinstance(kind, str) and kind.lower() in _ARTICLE_TYPES:
                yield thing
                break
