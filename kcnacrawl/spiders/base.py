"""What every source has in common: arguments, one slot for the whole site, reading an article, telling of problems."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from kcnacrawl.arguments import Arguments, parse_arguments
from kcnacrawl.assemble import apply_card, attach
from kcnacrawl.extensions.closing import CrawlEndingError
from kcnacrawl.items import Article
from kcnacrawl.middlewares.decode import UndecodableResponseError
from kcnacrawl.pages import find_sites, open_page
from kcnacrawl.pages.page import ArticlePage, BlockedPage, Card, Page, PageError
from kcnacrawl.seen import SeenIds
from kcnacrawl.signals import article_known, page_problem

KOREA = timezone(timedelta(hours=9))
GONE = frozenset({404, 410})


def run_name(began: datetime) -> str:
    """``<yyyymmddhhmmss>-<fraction of the second, in 65,536ths, as four hexadecimal digits>``, in UTC.

    Names sort by the time at which runs began.
    """
    return f"{began.astimezone(UTC):%Y%m%d%H%M%S}-{began.microsecond * 65_536 // 1_000_000:04x}"


class SourceSpider(Spider):
    """Base of all spiders: subclasses say where to go, readers in ``pages/`` say what is there."""

    site: ClassVar[str]
    """Name of the site: one download slot, whatever its hosts."""

    hosts: ClassVar[frozenset[str]]
    """Hosts that are the site."""

    def __init__(self, name: str | None = None, **given: str) -> None:
        super().__init__(name)
        self.given = given
        self.arguments: Arguments = self.check_arguments(given)
        self.began = datetime.now(UTC)
        """When the crawl began: in a resumed crawl that was in an earlier run."""
        self.run = run_name(self.began)
        """Name of this run, the life of one process."""
        self.crawl = self.run
        """Name of the crawl: that of its first run."""
        self.before = SeenIds()
        """Ids of the articles that earlier runs of this crawl have put out."""
        parts = urlsplit(self.arguments.base_url)
        self.scope = self.hosts if parts.hostname in self.hosts else frozenset({parts.netloc.casefold()})
        self.seen = SeenIds()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        find_sites()  # a reader that cannot be imported ends the crawl before anything is asked for
        spider = super().from_crawler(crawler, *args, **kwargs)
        if spider.scope is cls.hosts and not crawler.settings.get("CONTACT"):
            spider.logger.warning(
                "This crawl asks %s without saying who asks; set CONTACT to an address of yours.",
                spider.arguments.base_url,
            )
        return spider

    def resume(self, crawl: str, began: datetime) -> None:
        """Take up a crawl that an earlier run began."""
        self.crawl = crawl
        self.began = began

    def check_limit(self) -> None:
        """:raises CloseSpider: when the runs before have put out all articles that were asked for"""
        if self.arguments.limit is not None and len(self.before) >= self.arguments.limit:
            raise CloseSpider("limit")

    @property
    def today(self) -> date:
        """The day, in Korea, on which the crawl began: it plans what is asked, however long the crawl takes."""
        return self.began.astimezone(KOREA).date()

    @classmethod
    def check_arguments(cls, given: dict[str, str]) -> Arguments:
        """The arguments of a crawl, checked.

        :raises ArgumentError: one sentence on the first that cannot be used
        """
        return parse_arguments(given, datetime.now(UTC).astimezone(KOREA).date())

    def read(self, response: Response) -> Page:
        """Open a response with the readers that re-extraction uses; its content coding is undone by now."""
        return open_page(response.body, response.url, header(response, b"Content-Type"), status=response.status)

    def parse_article(self, response: Response, card: Card | None = None) -> Iterator[Article]:
        """The article of a response, or a problem told by name."""
        self._count(f"pages/articles/{response.status}")
        if response.status != 200 and response.status not in GONE:
            self._tell_status(response)
            return
        if response.status in GONE:
            self.tell(asked(response.request), "gone", f"The server answered {response.status}.")
            return
        try:
            page = self.read(response)
        except PageError as error:
            self.tell(asked(response.request), f"unreadable/{error.code}", str(error))
            return
        if not isinstance(page, ArticlePage):
            self._tell_other(response, page)
            return
        article = page.article
        receipt = response.meta.get("receipt")
        if receipt is None and self.settings.getbool("WARC_ENABLED"):
            # Archived as it came, but not as a response: nothing could prove the article.
            why = "The answer was not HTTP in a form that archives can hold; its bytes are kept as they came."
            self.tell(asked(response.request), "unreadable/not_http", why)
            return
        if card is not None and article.id != card.id:
            self.tell(asked(response.request), "moved", f"The address leads to another article, {article.id}.")
        attach(article, receipt)
        if card is not None:
            apply_card(article, card)
        yield article

    def failed(self, failure: Failure) -> None:
        """A page that could not be fetched."""
        request: Request = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, CrawlEndingError):
            self._count("ending/not_asked")
            return
        if isinstance(failure.value, UndecodableResponseError):
            reason = f"unreadable/{failure.value.code}"
        else:
            reason = "refused" if isinstance(failure.value, IgnoreRequest) else "not_fetched"
        self.tell(asked(request), reason, sentence(failure.value))

    def tell(self, url: str, reason: str, why: str) -> None:
        """Send a page problem to whoever counts, lists and judges them."""
        self.crawler.signals.send_catch_log(page_problem, url=url, reason=reason, sentence=why)

    def _tell_status(self, response: Response) -> None:
        try:
            page = self.read(response)
        except PageError:
            page = None
        if isinstance(page, BlockedPage):
            self._tell_other(response, page)
            return
        reason = "blocked/refused" if response.status in (401, 403, 429, 451) else "not_fetched"
        self.tell(asked(response.request), reason, f"The server answered {response.status}.")

    def _tell_other(self, response: Response, page: Page) -> None:
        url = asked(response.request)
        if isinstance(page, BlockedPage):
            self.tell(url, f"blocked/{page.reason}", page.evidence)
        else:
            self.tell(url, "unreadable/not_an_article", "A listing came in place of the article.")

    def _count(self, name: str) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(name)


def asked(request: Request | None) -> str:
    """The address that was asked for first, whatever it redirected to."""
    assert request is not None
    first: str = request.meta.get("redirect_urls", [request.url])[0]
    return first


def header(response: Response, name: bytes) -> str:
    """The last value of a response header as text, or an empty string."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else ""


def sentence(error: BaseException | None) -> str:
    """What went wrong, for a person."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if text.endswith(".") else text + "."


def article_requests(spider: SourceSpider, cards: list[Card], **meta: Any) -> Iterator[Request]:
    """Requests for the articles of a listing that were not asked for before and belong to the crawl."""
    wants = spider.arguments
    for card in cards:
        # A listing may print the day before or after the article's own.
        if not wants.wants_day(card.published, grace=1) or not wants.wants_source(card.source_label):
            spider._count("listing/outside_request")
            continue
        if not spider.seen.add(card.id):
            continue
        if card.id in spider.before:
            spider.crawler.signals.send_catch_log(article_known, identity=card.id)
            continue
        yield Request(
            card.url,
            callback=spider.parse_article,
            errback=spider.failed,
            cb_kwargs={"card": card},
            meta={"hops": "L", **meta},
            priority=10,  # articles before further listing pages, so that the queue stays short
            dont_filter=True,  # spider.seen knows identities; Scrapy's filter would stop redirects between slugs
        )
