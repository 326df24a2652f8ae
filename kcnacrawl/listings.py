"""Addresses of KCNA Watch's listing endpoints (seen in public scrapers 2022-2025) and the way through their pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import urlencode

AJAX_PAGE = 10
"""Cards in a fragment of the ajax endpoint; the only ``to`` ever seen."""

FEEDS = ("/newstream/feed/", "/feed/")

PAGING = ("paged", "path")
"""How page N of a search may be asked for: WordPress takes both; neither was seen on the site itself."""


def windows(since: date, until: date, days: int) -> Iterator[tuple[date, date]]:
    """Spans of at most *days* days that cover both ends; the newest first, as they matter most if it breaks off."""
    end = until
    while end >= since:
        start = max(since, end - timedelta(days=days - 1))
        yield start, end
        end = start - timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """One way through the pages of a listing, and where on it the crawl is."""

    kind: str
    """``front``, ``source``, ``ajax``, ``search`` or ``feed``."""

    key: str = ""
    """Source id for ``source`` and ``ajax``, path for ``feed``."""

    start: date | None = None
    end: date | None = None
    query: str | None = None
    page: int = 1
    paging: int = 0
    """Index into ``PAGING`` that is being tried."""

    link: str | None = None
    """Address of this page where the page before linked it."""

    first: frozenset[str] = field(default=frozenset(), repr=False)
    last: frozenset[str] = field(default=frozenset(), repr=False)
    """Ids on the first page and on the page before: a listing that only repeats them has ended."""

    idle: int = 0
    """Pages in a row that showed nothing this crawl had not been shown before."""

    stale: int = 0
    """Pages in a row with nothing but days before the wanted ones."""

    failed: int = 0
    """Pages in a row that could not be fetched."""

    def url(self, base: str) -> str:
        """Address of the page the walk stands at."""
        if self.link:
            return self.link
        if self.kind == "ajax":
            return base + "/wp-admin/admin-ajax.php?" + self._ajax_query()
        if self.kind == "search":
            return self._search_url(base)
        return base + {"front": "/newstream/", "source": f"/article/{self.key}/"}.get(self.kind, self.key)

    def _ajax_query(self) -> str:
        start = AJAX_PAGE * (self.page - 1)
        return f"action=get_cat_by_source&die=true&from={start}&to={AJAX_PAGE}&sort=&id={self.key}"

    def _search_url(self, base: str) -> str:
        fields = {"s": self.query or ""}
        if self.start and self.end:
            fields |= {"start": f"{self.start:%d-%m-%Y}", "end": f"{self.end:%d-%m-%Y}"}
        if self.key:
            fields |= {"source": self.key}
        fields |= {"sort": "recent"}
        if self.page == 1:
            return f"{base}/?{urlencode(fields)}"
        if PAGING[self.paging] == "paged":
            return f"{base}/?{urlencode(fields | {'paged': str(self.page)})}"
        return f"{base}/page/{self.page}/?{urlencode(fields)}"

    def turned(self, ids: Iterable[str], more: str | None, *, stale: bool, news: int = 1) -> Walk:
        """The walk at its next page, after a page that showed *ids*, *news* of them for the first time in the crawl."""
        seen = frozenset(ids)
        return replace(
            self,
            page=self.page + 1,
            link=more,
            first=self.first or seen,
            last=seen,
            stale=self.stale + 1 if stale else 0,
            idle=0 if news else self.idle + 1,
            failed=0,
        )

    def repeats(self, ids: Iterable[str]) -> bool:
        """Whether a page with *ids* shows nothing that the first page or the one before did not."""
        seen = frozenset(ids)
        return seen <= self.first or seen <= self.last
