"""What a page can be: an article, a listing, or something that stands in the way of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from kcnacrawl.items import Article


class PageError(Exception):
    """A page that cannot be read. The message is one sentence: the reader, what it looked for, how many it found."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        """Stable short name, lower-case with underscores: ``damaged_coding``."""

    def __reduce__(self) -> tuple[type[PageError], tuple[str, str]]:
        return type(self), (self.code, str(self))


@dataclass(kw_only=True, slots=True)
class Card:
    """One article as a listing shows it."""

    id: str
    """Identity as in ``Article.id``."""

    url: str
    """Absolute address as linked."""

    title: str | None = None
    """Title as printed, or null."""

    published: str | None = None
    """Day printed beside it, ISO 8601, or null."""

    published_raw: str | None = None
    """That day exactly as printed."""

    excerpt: str | None = None
    """Beginning of the text as printed, or null."""

    source_label: str | None = None
    """Source as printed: ``KCNA.kp (En)``, or null."""


@dataclass(slots=True)
class ArticlePage:
    """A page that is one article. Only the fields that a page can say are filled; ``derive`` makes the others."""

    article: Article


@dataclass(slots=True)
class ListingPage:
    """A page, fragment or feed that points to articles."""

    cards: list[Card] = field(default_factory=list)
    """Each article once, in page order."""

    more: str | None = None
    """Absolute address of the next page, if this one links it."""

    sources: dict[str, str] = field(default_factory=dict)
    """Source id to label, where the page lists sources."""


@dataclass(slots=True)
class BlockedPage:
    """Something other than what was asked for, served in its place."""

    reason: str
    """``sign_up``, ``login``, ``bot_check``, ``national_block``, ``network_block``, ``maintenance``, ``refused``,
    ``other_page``."""

    evidence: str
    """One sentence on what in the page says so."""


Page: TypeAlias = ArticlePage | ListingPage | BlockedPage
