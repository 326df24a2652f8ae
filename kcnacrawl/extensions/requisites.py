"""Has what archived pages need to be seen again fetched: style sheets, scripts, images and fonts, each once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlparse

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, NotConfigured
from scrapy.http import Response

from kcnacrawl.archive.photos import Moved, Picture, Whole, moved_to, read_answer, read_whole
from kcnacrawl.capture.origin import hops_of
from kcnacrawl.catalog import CatalogError
from kcnacrawl.extensions.archive import ArchiveExtension
from kcnacrawl.extensions.closing import CrawlEndingError, reading
from kcnacrawl.extensions.fetching import Fetching
from kcnacrawl.extensions.wants import ENDING, Outcome, Recent, Want
from kcnacrawl.middlewares.scope import REQUISITE, ROBOTS_OF, ScopeMiddleware
from kcnacrawl.pages.picture import picture_sha256
from kcnacrawl.pages.requisites import Need, needs, resolve
from kcnacrawl.seen import SeenIds
from kcnacrawl.urls import target_uri

if TYPE_CHECKING:
    from kcnacrawl.archive.entries import Entry

DEEPEST = 5
"""Style sheets that import one another, one below the other."""

HOSTS_TOLD = 50
"""Hosts that are told by name as not asked."""


class RequisitesExtension:
    """Wants the needs of each page right after it, of each style sheet right after that.

    Settings: ``REQUISITES_ENABLED``, ``REQUISITES_HOSTS``, ``REQUISITES_MAX_BYTES``, ``REQUISITES_MAX_PER_PAGE``.
    Stats: ``requisites/fetched/<kind>``, ``requisites/known`` (on record from an earlier crawl),
    ``requisites/failed/<reason>``, ``requisites/not_asked/<host>``. No failure of a requisite is one of the crawl.
    """

    def __init__(self, crawler: Crawler) -> None:
        assert crawler.stats is not None
        self.crawler = crawler
        self.stats = crawler.stats
        settings = crawler.settings
        self.most = settings.getint("REQUISITES_MAX_PER_PAGE")
        self.most_redirects = settings.getint("REDIRECT_MAX_TIMES")
        self.folder = Path(settings["WARC_DIR"])
        self.seen = SeenIds()
        self.pictures = Recent()
        self.told: set[str] = set()
        self.fetching = Fetching(crawler, self.take_in, self.finish)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not (crawler.settings.getbool("REQUISITES_ENABLED") and crawler.settings.getbool("WARC_ENABLED")):
            raise NotConfigured
        extension = cls(crawler)
        crawler.signals.connect(extension.page, signals.response_received)
        crawler.signals.connect(extension.stay, signals.spider_idle)
        return extension

    def page(self, response: Response, request: Request) -> None:
        """Want what an archived page needs."""
        meta = request.meta
        if response.status != 200 or REQUISITE in meta or ROBOTS_OF in meta or meta.get("receipt") is None:
            return
        found = needs(response.body, response.url, _content_type(response), limit=self.most)
        self.want(found, response.url, hops_of(meta), [self.most - len(found)], 0)

    def stay(self) -> None:
        if self.fetching.wanted:
            raise DontCloseSpider

    async def picture(self, url: str, via: str) -> Picture | str:
        """The picture at an address, fetched now or on record; or in a word why it cannot be had."""
        absolute = resolve(url, url)
        if absolute is None:
            return "no_address"
        want = Want(target_uri(absolute), "image", via, "LE", [0], 0)
        while isinstance(outcome := await self.have(want), Moved):
            if (target := want.led_to(outcome, self.most_redirects)) is None:
                return "redirect"
            want = target
        return outcome

    async def have(self, want: Want) -> Outcome:
        """What an address gives, asked for once in a crawl and not at all when it is on record."""
        url = want.url
        if (wanted := self.fetching.wanted.get(url)) is not None:
            return await wanted.outcome()
        if (outcome := self.pictures.get(url)) is not None:
            return outcome
        is_new = self.seen.add(url)
        entry = self.on_record(url)
        if (found := self.recorded(url, is_new=is_new, is_known=entry is not None)) is not None:
            return found
        if (reason := self.refusal(url, is_new=is_new)) is not None:
            return reason
        if entry is None and not is_new:
            return "failed_before"
        self.fetching.add(want)
        return await want.outcome()

    def recorded(self, url: str, *, is_new: bool, is_known: bool) -> Outcome | None:
        """What the archive has of an address: this crawl's own answer, if it may have one, else what is on record."""
        archive = self.crawler.get_extension(ArchiveExtension)
        if archive is None:
            return None
        catalog, crawl = archive.catalog, archive.crawl
        try:
            own = catalog.capture(crawl.id, url, before_run="") if crawl.resumed or not is_new else None
            entry = own or (catalog.newest(url) if is_known else None)
            with reading(archive):
                return read_answer(entry, self.folder, catalog.record) if entry is not None else None
        except CatalogError:
            return None
        except CrawlEndingError:
            return ENDING

    def recorded_whole(self, entry: Entry) -> Whole | None:
        archive = self.crawler.get_extension(ArchiveExtension)
        assert archive is not None
        try:
            with reading(archive):
                return read_whole(entry, self.folder)
        except CrawlEndingError:
            return None

    def want(self, found: list[Need], via: str, hops: str, budget: list[int], depth: int) -> None:
        """Want each of the files that this crawl has not asked for and no earlier one has on record."""
        for need in found:
            self.ask(Want(target_uri(need.url), need.kind, via, hops + "E", budget, depth))

    def ask(self, want: Want) -> None:
        if not self.seen.add(want.url) or self.refusal(want.url, is_new=True) is not None:
            return
        if (entry := self.on_record(want.url)) is None:
            self.fetching.add(want)
            return
        self.stats.inc_value("requisites/known")
        # A style sheet on record may need what is on record no longer.
        if want.kind == "style" and (whole := self.recorded_whole(entry)) is not None:
            self.read_sheet(want, whole.body, want.url, whole.content_type)

    def refusal(self, url: str, *, is_new: bool) -> str | None:
        """In a word why a file will not be asked for, or null; hosts are told by name, so that a user may add them."""
        if self.fetching.is_ending():
            return ENDING
        scope = self.crawler.get_downloader_middleware(ScopeMiddleware)
        parts = urlparse(url)
        if scope is None or scope.may_serve(parts):
            return None
        if is_new:
            host = parts.netloc if parts.netloc in self.told or len(self.told) < HOSTS_TOLD else "others"
            self.told.add(host)
            self.stats.inc_value(f"requisites/not_asked/{host}")
        return "other_host"

    def take_in(self, want: Want, response: Response) -> Outcome:
        """Want what a style sheet needs, and what a redirect leads to; know a picture by its digest."""
        if (moved := moved_to(response.status, _header(response, b"Location"), want.url)) is not None:
            if (target := want.led_to(moved, self.most_redirects)) is None:
                return "redirect"
            self.ask(target)
            return moved
        if response.status != 200:
            return f"status_{response.status}"
        self.stats.inc_value(f"requisites/fetched/{want.kind}")
        receipt = response.meta.get("receipt")
        if receipt is None:
            return "not_http"
        content_type = _content_type(response)
        if want.kind == "style":
            self.read_sheet(want, response.body, response.url, content_type)
        if want.kind != "image":
            return ""
        digest = picture_sha256(response.body, content_type)
        return Picture(digest, receipt) if digest is not None else "no_picture"

    def read_sheet(self, want: Want, body: bytes, url: str, content_type: str) -> None:
        left = want.budget[0]
        if want.depth >= DEEPEST or left <= 0:
            return
        charset = content_type.partition(";")[2]
        found = needs(body, url, f"text/css;{charset}", limit=left)
        found = [need for need in found if target_uri(need.url) not in self.seen]
        want.budget[0] -= len(found)
        self.want(found, url, want.hops, want.budget, want.depth + 1)

    def finish(self, want: Want, outcome: Outcome) -> None:
        if want.kind == "image":
            self.pictures.add(want.url, outcome)
        if isinstance(outcome, str) and outcome:
            self.stats.inc_value(f"requisites/failed/{outcome}")

    def on_record(self, url: str) -> Entry | None:
        """The record that holds what this address gave when it was asked last; null when it has to be asked again."""
        archive = self.crawler.get_extension(ArchiveExtension)
        try:
            return archive.catalog.latest(url, oldest_number=self.oldest(archive)) if archive is not None else None
        except CatalogError:
            return None  # the catalog cannot be read: told by whoever writes to it, and the file can be had again

    def oldest(self, archive: ArchiveExtension) -> int:
        """Number of the oldest crawl whose records are relied on."""
        return archive.crawl.number - self.crawler.settings.getint("WARC_RENEW_RUNS") + 1


def _content_type(response: Response) -> str:
    return _header(response, b"Content-Type")


def _header(response: Response, name: bytes) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")
