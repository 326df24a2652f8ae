"""One file wanted for a page: what is known of it, who waits for it, and why it could not be had."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

from kcnacrawl.archive.photos import Moved, Picture
from kcnacrawl.capture.failures import ResponseTooLargeError
from kcnacrawl.extensions.closing import CrawlEndingError
from kcnacrawl.middlewares.decode import UndecodableResponseError
from kcnacrawl.middlewares.pace import HostEndedError
from kcnacrawl.middlewares.redirect import RedirectRefusedError
from kcnacrawl.middlewares.robots import RobotsDisallowedError
from kcnacrawl.middlewares.scope import OutOfScopeError, PrivateHostError

Outcome = Picture | Moved | str
"""A picture, where the file has moved to, or in a word why there is no picture; empty for a file that is none."""

ENDING = "ending"
"""Why a file was not asked for: the crawl was being ended."""

_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (CrawlEndingError, ENDING),
    (RobotsDisallowedError, "robots"),
    (PrivateHostError, "private_host"),
    (OutOfScopeError, "other_host"),
    (HostEndedError, "host_ended"),
    (RedirectRefusedError, "redirect"),
    (ResponseTooLargeError, "too_large"),
    (UndecodableResponseError, "undecodable"),
    (DownloadTimeoutError, "timeout"),
    (CannotResolveHostError, "no_such_host"),
    (ResponseDataLossError, "cut_off"),
)
_ILLNESSES = (DownloadTimeoutError, CannotResolveHostError, DownloadConnectionRefusedError, DownloadFailedError)
_REMEMBERED = 4096


@dataclass(slots=True, eq=False)
class Want:
    """A file that is to be fetched."""

    url: str
    """As in ``WARC-Target-URI``."""

    kind: str
    via: str
    """The page or style sheet that needs it."""

    hops: str
    """Path from the seed, as in ``hopsFromSeed``."""

    budget: list[int]
    """How many more files the page may need, for all style sheets below it together."""

    depth: int
    """How many style sheets lie between the page and this file."""

    passed: tuple[str, ...] = ()
    """Addresses that redirected here, the first of which is the one that the page names."""

    _waiting: list[asyncio.Future[Outcome]] = field(default_factory=list, init=False)

    def led_to(self, moved: Moved, most: int) -> Want | None:
        """What is wanted instead after a redirect; null when it leads nowhere, in a circle, or *most* did before."""
        passed = (*self.passed, self.url)
        if moved.url is None or moved.url in passed or len(passed) > most:
            return None
        return replace(self, url=moved.url, via=self.url, hops=self.hops + "R", passed=passed)

    def outcome(self) -> asyncio.Future[Outcome]:
        """What will have come of it."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        return future

    def tell(self, outcome: Outcome) -> None:
        """Tell all who wait what came of it."""
        for future in self._waiting:
            if not future.done():
                future.set_result(outcome)


class Recent:
    """What came of the last few thousand images: most photographs are asked for just after their page."""

    def __init__(self) -> None:
        self._outcomes: OrderedDict[str, Outcome] = OrderedDict()

    def get(self, url: str) -> Outcome | None:
        return self._outcomes.get(url)

    def add(self, url: str, outcome: Outcome) -> None:
        self._outcomes[url] = outcome
        if len(self._outcomes) > _REMEMBERED:
            self._outcomes.popitem(last=False)


def failure_reason(error: Exception) -> str:
    """Why a file could not be fetched, in a word."""
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), "not_fetched")


def is_illness(error: Exception) -> bool:
    """Whether the host, rather than the file, is to blame."""
    return isinstance(error, _ILLNESSES) and not isinstance(error, ResponseDataLossError)
