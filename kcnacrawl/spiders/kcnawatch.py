"""KCNA Watch: where to go. What the pages look like is in ``pages/``."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from kcnacrawl.arguments import SOURCES
from kcnacrawl.extensions.closing import CrawlEndingError
from kcnacrawl.listings import FEEDS, PAGING, Walk, windows
from kcnacrawl.pages.page import BlockedPage, Card, ListingPage, PageError
from kcnacrawl.seen import SeenIds
from kcnacrawl.spiders.base import SourceSpider, article_requests, sentence
from kcnacrawl.urls import KCNAWATCH_HOSTS, article_id, rebase

IDLE_PAGES = 20
"""Pages in a row without an article new to the crawl that end a walk: listings that go round in circles do not end."""

STALE_PAGES = 5
"""Listing pages in a row older than ``since`` that end a walk: the order is not strict, so one is not enough."""

FAILED_PAGES = 3
"""Listing pages in a row that cannot be fetched and end a walk."""

FULL_PAGE = 10
"""Articles on the first page of a search that has a second one: what WordPress shows on a page."""

PAGING_TRIALS = 3
"""Full searches without a second page after which the second way of asking for one is no longer tried."""


class KcnaWatchSpider(SourceSpider):
    """KCNA Watch (kcnawatch.org, kcnawatch.xyz): all agencies it collects, in all languages."""

    name = "kcnawatch"
    site = "kcnawatch"
    hosts = KCNAWATCH_HOSTS

    def __init__(self, name: str | None = None, **given: str) -> None:
        super().__init__(name, **given)
        self.walks: deque[Walk] = deque()
        self.sources: set[str] = set()
        self.listed = SeenIds()
        self.paging: int | None = None
        self.paging_trials = 0

    async def start(self) -> AsyncIterator[Any]:
        """Named articles alone, or every listing that can lead to wanted ones."""
        self.check_limit()
        if self.arguments.start_urls:
            for request in self.follow([_named(url) for url in self.arguments.start_urls], via=None):
                yield request
            return
        self.walks.extend(self.plan())
        for _ in range(self.settings.getint("LISTING_WALKS")):
            for request in self.next_walk():
                yield request

    def plan(self) -> Iterator[Walk]:
        """The walks of this crawl, in order; sources found on the way are added later."""
        wants = self.arguments
        # A source asked for by id is told by the listings of that id alone: articles print labels, not ids.
        everywhere = wants.query is None and not (wants.source or "").isdigit()
        if everywhere:
            yield Walk(kind="front")
        known = wants.source_ids if wants.source else tuple(i for ids in SOURCES.values() for i in ids)
        if wants.since:
            until = min(wants.until or self.today, self.today)
            key = wants.source_ids[0] if wants.source_ids else ""
            for start, end in windows(wants.since, until, self.settings.getint("SEARCH_WINDOW_DAYS")):
                yield Walk(kind="search", start=start, end=end, query=wants.query, key=key)
        elif wants.query:
            yield Walk(kind="search", query=wants.query, key=wants.source_ids[0] if wants.source_ids else "")
        if wants.query is None:
            yield from self.source_walks(known)
        if everywhere:
            yield from (Walk(kind="feed", key=path) for path in FEEDS)

    def source_walks(self, ids: tuple[str, ...]) -> Iterator[Walk]:
        """Both listings of each source not walked yet."""
        for source in ids:
            if source not in self.sources:
                self.sources.add(source)
                yield Walk(kind="ajax", key=source)
                yield Walk(kind="source", key=source)

    def next_walk(self) -> Iterator[Request]:
        """The first request of the next walk, if one is left."""
        if self.walks:
            yield self.listing_request(self.walks.popleft(), via=None)

    def listing_request(self, walk: Walk, via: str | None) -> Request:
        return Request(
            walk.url(self.arguments.base_url),
            callback=self.parse_listing,
            errback=self.listing_failed,
            cb_kwargs={"walk": walk},
            meta={"hops": "L" if via else "", "via": via},
            dont_filter=True,
        )

    def parse_listing(self, response: Response, walk: Walk) -> Iterator[Any]:
        """Articles of a listing page and the request for the page after it."""
        self._count(f"pages/{walk.kind}/{response.status}")
        if response.status != 200:
            yield from self.listing_refused(response, walk)
            return
        try:
            page = self.read(response)
        except PageError as error:
            yield from self.unread_listing(response.url, walk, f"unreadable/{error.code}", str(error))
            return
        if isinstance(page, BlockedPage):
            yield from self.unread_listing(response.url, walk, f"blocked/{page.reason}", page.evidence)
        elif isinstance(page, ListingPage):
            yield from self.walk_on(response, walk, page)
        else:
            yield from self.unread_listing(
                response.url, walk, "unreadable/not_a_listing", "An article came in place of a listing."
            )

    def walk_on(self, response: Response, walk: Walk, page: ListingPage) -> Iterator[Request]:
        wants = self.arguments
        wanted = tuple(i for i, label in page.sources.items() if wants.source is not None and wants.wants_source(label))
        if wants.query is None and walk.kind != "feed":
            found = wanted if wants.source else tuple(page.sources)
            if not (wants.source and wants.source_ids):
                self.walks.extend(self.source_walks(found))
        news = sum(self.listed.add(card.id) for card in page.cards)
        if page.cards:
            self._count(f"listing/with_articles/{walk.kind}")
        yield from self.follow(page.cards, via=response.url)
        yield from self.turn(response, walk, page, news)

    def follow(self, cards: list[Card], via: str | None) -> Iterator[Request]:
        """Requests for cards, all on the host this crawl asks: links to .org and .xyz are the same articles."""
        base = self.arguments.base_url
        here = [replace(card, url=rebase(card.url, base)) for card in cards]
        yield from article_requests(self, here, via=via)

    def turn(self, response: Response, walk: Walk, page: ListingPage, news: int = 0) -> Iterator[Request]:
        """The next page of a walk, another way of asking for it, or the next walk."""
        ids = [card.id for card in page.cards]
        ended = not ids or walk.repeats(ids)
        if walk.kind == "search" and walk.page == 2 and not walk.link:
            if not ended:
                self.paging = walk.paging
            elif len(walk.first) >= FULL_PAGE and (other := self.other_paging(walk)) is not None:
                yield self.listing_request(other, via=response.url)
                return
        stale = bool(ids) and all(self.is_older(card) for card in page.cards)
        turned = walk.turned(ids, self.more(page, response), stale=stale, news=news)
        if walk.kind == "search" and self.paging is not None:
            turned = replace(turned, paging=self.paging)
        pages_on = turned.link is not None or walk.kind in ("ajax", "search")
        too_far = (
            turned.stale >= STALE_PAGES
            or turned.idle >= IDLE_PAGES
            or walk.page >= self.settings.getint("LISTING_MAX_PAGES")
        )
        if ended or not pages_on or too_far:
            yield from self.next_walk()
        else:
            yield self.listing_request(turned, via=response.url)

    def other_paging(self, walk: Walk) -> Walk | None:
        """The second page of a search asked for in the next way, until it is known which way the site takes."""
        if self.paging is not None or walk.paging + 1 >= len(PAGING) or self.paging_trials >= PAGING_TRIALS:
            return None
        self.paging_trials += 1
        return replace(walk, paging=walk.paging + 1)

    def more(self, page: ListingPage, response: Response) -> str | None:
        return rebase(page.more, self.arguments.base_url) if page.more and page.more != response.url else None

    def is_older(self, card: Card) -> bool:
        since = self.arguments.since
        return since is not None and card.published is not None and card.published < since.isoformat()

    def listing_refused(self, response: Response, walk: Walk) -> Iterator[Request]:
        """A listing answered with an error: not served at all, or refused for now."""
        if response.status in (400, 404, 410) and walk.page > 1 and walk.kind == "search":
            empty = ListingPage(cards=[], more=None, sources={})
            yield from self.turn(response, walk, empty)
        elif response.status in (400, 404, 410):
            self._count(f"listing/not_served/{walk.kind}")
            yield from self.next_walk()
        else:
            answer = f"The server answered {response.status}."
            yield from self.unread_listing(response.url, walk, "listing_failed", answer)

    def listing_failed(self, failure: Failure) -> Iterator[Request]:
        """A listing page could not be fetched: told, and the walk goes on behind it."""
        request: Request = failure.request  # type: ignore[attr-defined]
        walk: Walk = request.cb_kwargs["walk"]
        if isinstance(failure.value, CrawlEndingError):
            self._count("ending/not_asked")
            return
        yield from self.unread_listing(request.url, walk, "listing_failed", sentence(failure.value))

    def unread_listing(self, url: str, walk: Walk, reason: str, why: str) -> Iterator[Request]:
        if walk.kind == "feed":
            # Feeds are known to be broken (2026) and only a supplement: counted, not held against the crawl.
            self._count(f"listing/feed_unusable/{reason}")
            yield from self.next_walk()
            return
        self.tell(url, reason if reason.startswith("blocked/") else f"listing/{reason}", why)
        behind = replace(walk, page=walk.page + 1, link=None, failed=walk.failed + 1)
        if walk.kind == "ajax" and behind.failed < FAILED_PAGES and not reason.startswith("blocked/"):
            yield self.listing_request(behind, via=None)
        else:
            yield from self.next_walk()


def _named(url: str) -> Card:
    """A card for an article that was named by its address."""
    identity = article_id(url)
    assert identity is not None
    return Card(id=identity, url=url)
