"""Where a request comes from: the page that led here, the path from the seed, and whether a login goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrapy import Request


class Origin:
    """Knows whether the crawl was given cookies or a login: from then on a ``Set-Cookie`` may be a session's."""

    def __init__(self, *, cookies_enabled: bool) -> None:
        self._cookies_enabled = cookies_enabled
        self._private = False

    def is_private(self, request: Request) -> bool:
        """Return whether the crawl has, up to this request, sent cookies or a login that no server gave it."""
        if not self._private:
            headers = request.headers
            self._private = bool(
                request.cookies
                or b"Authorization" in headers
                or (b"Cookie" in headers and not self._from_jar(request.meta))
            )
        return self._private

    def _from_jar(self, meta: Mapping[str, Any]) -> bool:
        """Scrapy's cookie middleware replaces a ``Cookie`` header by what its jar holds, unless told otherwise."""
        return self._cookies_enabled and not meta.get("dont_merge_cookies", False)


def via_of(request: Request) -> str | None:
    """Return the address that led here: redirecting page, ``meta["via"]``, ``Referer``, or null for a seed."""
    meta = request.meta
    if redirected := meta.get("redirect_urls"):
        return _without_fragment(redirected[-1])
    via = meta.get("via") or (request.headers.get(b"Referer") or b"").decode("latin-1")
    return _without_fragment(via) if via else None


def hops_of(meta: Mapping[str, Any]) -> str:
    """Return the path from the seed: ``meta["hops"]``, else an ``L`` per level of depth, and an ``R`` per redirect."""
    hops: str | None = meta.get("hops")
    if hops is None:
        hops = "L" * meta.get("depth", 0)
    redirects: int = meta.get("redirect_times", 0)
    return hops + "R" * redirects


def _without_fragment(url: str) -> str:
    return url.partition("#")[0]
