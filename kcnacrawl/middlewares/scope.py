"""Which addresses a crawl may ask, and which of them are one site.

A spider states it by two attributes: ``scope``, a frozenset of ``"host"`` (default ports) or ``"host:port"``, and
``site``, the name under which all of them share one download slot. A spider without ``scope`` (``scrapy fetch``) is
bound to http and https only. What pages need to be seen may also come from subdomains of the site, which share its
slot, and from ``REQUISITES_HOSTS``, where each host has a slot of its own.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Self

from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

from kcnacrawl.middlewares.public import is_public

if TYPE_CHECKING:
    from urllib.parse import ParseResult

    from scrapy import Request
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

ROBOTS_OF = "robots_of"
"""``meta`` key of a request for a robots.txt: the address it holds for."""

REQUISITE = "requisite"
"""``meta`` key of a request for what a page needs to be seen: its kind."""

DEFAULT_PORTS = {"http": 80, "https": 443}


class OutOfScopeError(IgnoreRequest):
    """The address is not of the site this crawl is about."""


class PrivateHostError(OutOfScopeError):
    """The host lies in a private network, where no page may send a crawl."""


class ScopeMiddleware:
    """Refuse requests that leave the scope; give the others their site's slot.

    Setting: ``REQUISITES_HOSTS``. Stats: ``scope/refused``, ``requisites/elsewhere/<host>`` for hosts not of the site.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._stats = crawler.stats
        self._sites: dict[tuple[str, str], str] = {}
        self._requisite_sites: dict[tuple[str, str], str] = {}
        self._elsewhere = frozenset(name.lower() for name in crawler.settings.getlist("REQUISITES_HOSTS"))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> Coroutine[Any, Any, None] | None:
        parts = urlparse_cached(request)
        key = (parts.scheme, parts.netloc)
        site = self._sites.get(key)
        if site is None:
            if REQUISITE in request.meta and not in_scope(self._scope, parts):
                return self._place_requisite(request, parts)
            site = self._requisite_sites.get(key) if ROBOTS_OF in request.meta else None
            site = site or self._site(request, parts)
            if not request.meta.get(ROBOTS_OF):
                self._sites[key] = site  # only what is in scope, so the table stays small
        request.meta["download_slot"] = site
        return None

    def may_serve(self, parts: ParseResult) -> bool:
        """Return whether what a page needs to be seen may be asked for there."""
        scope = self._scope
        return scope is None or covers(scope, parts) or covers(self._elsewhere, parts)

    async def _place_requisite(self, request: Request, parts: ParseResult) -> None:
        key = (parts.scheme, parts.netloc)
        site = self._requisite_sites.get(key)
        if site is None:
            if not self.may_serve(parts):
                raise self._refuse(request)
            # Whoever names an address by its numbers means it; a name says nothing about where it leads.
            if not (_is_numeric(host_of(parts)) or await is_public(parts)):
                self._stats.inc_value("scope/refused")
                raise PrivateHostError(f"{request.url} does not lead to the public Internet.")
            own = self._scope is not None and covers(self._scope, parts)
            site = str(getattr(self._crawler.spider, "site", host_of(parts))) if own else host_of(parts)
            self._requisite_sites[key] = site
        if site == host_of(parts):
            for name in {site, parts.netloc}:
                self._stats.inc_value(f"requisites/elsewhere/{name}")
        request.meta["download_slot"] = site

    @property
    def _scope(self) -> frozenset[str] | None:
        return getattr(self._crawler.spider, "scope", None)

    def _site(self, request: Request, parts: ParseResult) -> str:
        scope = self._scope
        if in_scope(scope, parts):
            return host_of(parts) if scope is None else str(getattr(self._crawler.spider, "site", host_of(parts)))
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


def covers(hosts: frozenset[str], parts: ParseResult) -> bool:
    """Return whether the server of an http or https address, or a domain that it belongs to, is among *hosts*."""
    if parts.scheme not in DEFAULT_PORTS:
        return False
    numeric = _is_numeric(host_of(parts))
    for name in _names(parts):
        while name:
            if name in hosts:
                return True
            name = "" if numeric else name.partition(".")[2]
    return False


def _is_numeric(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


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
