"""Which addresses a crawl may ask, and which of them are one site.

A spider states it by two attributes: ``scope``, a frozenset of ``"host"`` (default ports) or ``"host:port"``, and
``site``, the name under which all of them share one download slot. A spider without ``scope`` (``scrapy fetch``) is
bound to http and https only.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

if TYPE_CHECKING:
    from urllib.parse import ParseResult

    from scrapy import Request
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

ROBOTS_OF = "robots_of"
"""``meta`` key of a request for a robots.txt: the address it holds for."""

DEFAULT_PORTS = {"http": 80, "https": 443}


class OutOfScopeError(IgnoreRequest):
    """The address is not of the site this crawl is about."""


class ScopeMiddleware:
    """Refuse requests that leave the scope; give the others their site's slot. Stat: ``scope/refused``."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._stats = crawler.stats
        self._sites: dict[tuple[str, str], str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        parts = urlparse_cached(request)
        key = (parts.scheme, parts.netloc)
        site = self._sites.get(key)
        if site is None:
            site = self._site(request, parts)
            if not request.meta.get(ROBOTS_OF):
                self._sites[key] = site  # only what is in scope, so the table stays small
        request.meta["download_slot"] = site

    def _site(self, request: Request, parts: ParseResult) -> str:
        spider = self._crawler.spider
        scope: frozenset[str] | None = getattr(spider, "scope", None)
        if in_scope(scope, parts):
            return host_of(parts) if scope is None else str(getattr(spider, "site", host_of(parts)))
        if request.meta.get(ROBOTS_OF) and in_scope(None, parts):
            return host_of(parts)  # a robots.txt may lie elsewhere; robots.py has made sure that it is a public place
        raise self._refuse(request)

    def _refuse(self, request: Request) -> OutOfScopeError:
        self._stats.inc_value("scope/refused")
        logger.debug("Out of scope: %s", request)
        return OutOfScopeError(f"{request.url} is not an address of the site being crawled.")


def in_scope(scope: frozenset[str] | None, parts: ParseResult) -> bool:
    """Return whether an address of http or https is among *scope*; everything is when there is none."""
    names = _names(parts)
    return bool(names) and parts.scheme in DEFAULT_PORTS and (scope is None or not scope.isdisjoint(names))


def _names(parts: ParseResult) -> tuple[str, ...]:
    """Return the ways a scope may name the server of an address; none without a usable host, or with a login."""
    host = host_of(parts)
    try:
        port = parts.port
    except ValueError:
        return ()
    if not host or "@" in parts.netloc:
        return ()
    bracketed = f"[{host}]" if ":" in host else host
    default = DEFAULT_PORTS.get(parts.scheme)
    if port is None or port == default:
        return (bracketed, f"{bracketed}:{default}")
    return (f"{bracketed}:{port}",)


def host_of(parts: ParseResult) -> str:
    """Return the host in lower case, without the dot of the root."""
    return (parts.hostname or "").rstrip(".")
