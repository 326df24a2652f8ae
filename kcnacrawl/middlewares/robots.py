"""robots.txt by RFC 9309: asked for before the first page of a server, obeyed, and kept for a day."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlparse

from protego import Protego
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, IgnoreRequest, NotConfigured
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from w3lib.url import safe_url_string

from kcnacrawl.middlewares.pace import PaceMiddleware
from kcnacrawl.middlewares.public import is_public
from kcnacrawl.middlewares.redirect import STATUSES as REDIRECTS
from kcnacrawl.middlewares.robots_rules import RobotsRules, parse_robots, product_token
from kcnacrawl.middlewares.scope import ROBOTS_OF, in_scope

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

DAY = 24 * 3600.0
HOUR = 3600.0
REDIRECTS_MAX = 5

ALLOW_ALL = RobotsRules(Protego.parse(""))
REFUSED = frozenset({408, 429})
"""4xx statuses that say nothing about whether there is a robots.txt: the server was slow, or has had enough of us."""


class RobotsDisallowedError(IgnoreRequest):
    """robots.txt does not allow the address, or could not be had."""


class Unreachable(Exception):  # noqa: N818 - a state of RFC 9309, 2.3.1.4, not an error of ours
    """No answer that tells what robots.txt says: everything is disallowed until there is one."""


@dataclass(slots=True)
class Known:
    """What is known of one server's robots.txt."""

    rules: RobotsRules | None
    """Null when it could not be had: everything is disallowed."""

    expires: float
    """Monotonic second after which it is asked for again."""


class RobotsMiddleware:
    """Obey robots.txt; see the table in README.md for what each answer means.

    Settings: ``ROBOTSTXT_OBEY``, ``ROBOTS_CRAWL_DELAY_MAX`` (seconds; a longer Crawl-delay is cut down to it). Stats:
    ``robots/fetched``, ``robots/disallowed`` (requests), ``robots/unavailable/<host>``, ``robots/crawl_delay/<host>``.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        if not settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._stats = crawler.stats
        self._token = product_token(settings.get("ROBOTSTXT_USER_AGENT") or settings["USER_AGENT"])
        self._delay_max = settings.getfloat("ROBOTS_CRAWL_DELAY_MAX", 120.0)
        self._known: dict[tuple[str, str], Known] = {}
        self._asking: dict[tuple[str, str], asyncio.Task[Known]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        meta = request.meta
        if ROBOTS_OF in meta or meta.get("dont_obey_robotstxt"):
            return
        parts = urlparse_cached(request)
        server = (parts.scheme, parts.netloc)
        known = self._known.get(server)
        if known is None or known.expires < monotonic():
            known = await self._ask(server, request)
        if known.rules is None or not known.rules.allows(request.url):
            self._refuse(request, known)

    def _refuse(self, request: Request, known: Known) -> None:
        self._stats.inc_value("robots/disallowed")
        why = "does not allow it" if known.rules else "could not be had, so nothing is allowed"
        raise RobotsDisallowedError(f"{request.url} is not fetched: robots.txt {why}.")

    async def _ask(self, server: tuple[str, str], request: Request) -> Known:
        """Get the robots.txt of *server*; requests that come meanwhile wait for the same answer."""
        task = self._asking.get(server)
        if task is None:
            task = self._asking[server] = asyncio.ensure_future(self._learn(server, request))
            task.add_done_callback(lambda _: self._asking.pop(server, None))
        return await asyncio.shield(task)

    async def _learn(self, server: tuple[str, str], request: Request) -> Known:
        url = f"{server[0]}://{server[1]}/robots.txt"
        before = self._known.get(server)
        try:
            rules: RobotsRules | None = await self._rules(url)
        except Unreachable as error:
            rules = before.rules if before else None  # RFC 9309, 2.4: an old copy may serve while it is unreachable
            self._stats.set_value(f"robots/unavailable/{server[1]}", str(error))
            logger.warning(
                "%s could not be had (%s): %s",
                url,
                error,
                "the copy of yesterday holds" if rules else "nothing is fetched",
            )
            known = self._known[server] = Known(rules, monotonic() + HOUR)
        else:
            known = self._known[server] = Known(rules, monotonic() + DAY)
        if rules is not None and rules.crawl_delay:
            self._slow_down(request, server[1], rules.crawl_delay)
        return known

    async def _rules(self, url: str) -> RobotsRules:
        response = await self._follow(url)
        if response is None:
            return ALLOW_ALL
        if 200 <= response.status < 300:
            if response.body.lstrip()[:1] == b"<":
                logger.warning("%s is a page, not a robots.txt; only lines that are rules count.", url)
            return parse_robots(response.body, self._token)
        if 400 <= response.status < 500 and response.status not in REFUSED:
            return ALLOW_ALL
        raise Unreachable(f"status {response.status}")

    async def _follow(self, url: str) -> Response | None:
        """Return the answer at the end of the redirects, or null when they lead nowhere: there is no robots.txt."""
        source, via = url, None
        for hop in range(REDIRECTS_MAX + 1):
            response = await self._get(source, url, via, hop)
            location = response.headers.get(b"Location")
            if response.status not in REDIRECTS or location is None:
                return response if not 300 <= response.status < 400 else None
            source, via = _join(source, location), source
            if not source or not await self._may_ask(source):
                break
        logger.warning("%s redirects to where no robots.txt can be had (%r); it counts as missing.", url, source)
        return None

    async def _get(self, source: str, robots_of: str, via: str | None, hop: int) -> Response:
        self._stats.inc_value("robots/fetched")
        meta = {ROBOTS_OF: robots_of, "dont_redirect": True, "hops": "P" + "R" * hop, "via": via}
        request = Request(source, meta=meta, priority=1000, callback=NO_CALLBACK, dont_filter=True)
        assert self._crawler.engine is not None
        try:
            return await self._crawler.engine.download_async(request)
        except IgnoreRequest as error:
            raise Unreachable(str(error)) from error
        except Exception as error:  # whatever failed, the answer is not known
            raise Unreachable(_why(error)) from error

    async def _may_ask(self, url: str) -> bool:
        """Return whether a redirect target is of the crawl's scope or, elsewhere, a public web server."""
        parts = urlparse(url)
        scope = getattr(self._crawler.spider, "scope", None)
        return in_scope(scope, parts) or (in_scope(None, parts) and await is_public(parts))

    def _slow_down(self, request: Request, host: str, delay: float) -> None:
        if delay > self._delay_max:
            logger.warning(
                "%s wants %g seconds between requests; it gets ROBOTS_CRAWL_DELAY_MAX, %g.",
                host,
                delay,
                self._delay_max,
            )
            delay = self._delay_max
        self._stats.set_value(f"robots/crawl_delay/{host}", delay)
        pace = self._crawler.get_downloader_middleware(PaceMiddleware)
        if pace is not None:
            pace.slow_down(request.meta["download_slot"], delay)


def _why(error: Exception) -> str:
    match error:
        case DownloadConnectionRefusedError():
            return "the server did not answer at all, connection refused"
        case CannotResolveHostError():
            return f"no server has this name, {error}"
    return f"{type(error).__name__}: {error}"


def _join(base: str, location: bytes) -> str:
    """Return the address that a Location means, or an empty string when it is none."""
    try:
        target = urljoin(base, safe_url_string(location))
        urlparse(target).port  # noqa: B018 - raises ValueError when the port is no number
    except ValueError:
        return ""
    return target
