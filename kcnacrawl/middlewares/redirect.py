"""Redirects by status and Location: circles and addresses that are not of the web end with a reason, not silently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response

STATUSES = frozenset({301, 302, 303, 307, 308})


class RedirectRefusedError(IgnoreRequest):
    """The redirect leads in a circle, too far, or to what is no web address."""


class SafeRedirectMiddleware(RedirectMiddleware):
    """Follow redirects as Scrapy does, less the circles. Whether the target may be asked is for ``scope.py`` to say.

    Redirects by ``<meta http-equiv="refresh">`` are not followed: such a page is content, is archived and read as what
    it is (a sign-up page announces itself that way), and looking for the tag would mean parsing every page once more.
    Stats: ``redirect/followed``, ``redirect/refused/<loop|too_many|bad_address|not_http>``.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        # Without Scrapy's look for its RefererMiddleware: a redirected request carries no Referer here.
        middleware = cls(crawler.settings)
        middleware.crawler = crawler
        return middleware

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        if response.status not in STATUSES:
            return response
        location = response.headers.get(b"Location")
        if location is None or request.meta.get("dont_redirect"):
            return response
        try:
            result = super().process_response(request, response)
        except ValueError as error:
            raise self._refuse("bad_address", f"{request.url} redirects to {location!r}: {error}") from error
        if result is response:
            scheme = urlsplit(urljoin(request.url, location.decode("latin-1"))).scheme
            raise self._refuse("not_http", f"{request.url} redirects to an address of the kind {scheme!r}.")
        return result

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        known = {request.url, *request.meta.get("redirect_urls", ())}
        if redirected.url in known and redirected.method == request.method:
            raise self._refuse("loop", f"{request.url} redirects in a circle to {redirected.url}.")
        try:
            result = super()._redirect(redirected, request, reason)
        except IgnoreRequest as error:
            raise self._refuse("too_many", f"{request.url} is the end of too many redirects.") from error
        result.meta.pop("retry_times", None)  # attempts are counted per address
        # Scrapy's filter would drop a redirect to an address seen before without a word to anyone.
        result.dont_filter = True
        self.crawler.stats.inc_value("redirect/followed")
        return result

    def _refuse(self, why: str, sentence: str) -> RedirectRefusedError:
        self.crawler.stats.inc_value(f"redirect/refused/{why}")
        return RedirectRefusedError(sentence)
