"""What happened on a connection: one attempt to fetch one address, as raw bytes and facts. No HTTP is parsed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from kcnacrawl.archive.originals import Original

Cut = Literal["length", "time", "disconnect", "unspecified"]
"""Why an exchange ended before the response did; the values of ``WARC-Truncated``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """One attempt: what was sent, what came back, when and from where."""

    url: str
    """Address asked for, without fragment, percent-encoded ASCII."""

    method: str = "GET"
    """Request method, needed to know whether the response has a body."""

    sent: bytes
    """Request bytes exactly as written to the connection; empty when none was made."""

    received: bytes
    """Bytes exactly as read from the connection (after TLS); empty when none came."""

    started: datetime
    """UTC instant the attempt began, before the first byte was written."""

    duration_ms: int = 0
    """Milliseconds from ``started`` to the last byte or the failure."""

    ip: str | None = None
    """Address of the server, or null when no connection was made or a proxy stood between."""

    protocols: tuple[str, ...] = ()
    """Values for ``WARC-Protocol``, application first: ``("http/1.1", "tls/1.3")``."""

    cipher: str | None = None
    """IANA name of the cipher suite: ``TLS_AES_128_GCM_SHA256``."""

    cut: Cut | None = None
    """Set when the fetch ended early; null when the response is whole."""

    error: str | None = None
    """One sentence on what failed, or null."""

    via: str | None = None
    """Address that led here (redirecting page, listing), or null for a seed."""

    hops: str = ""
    """Path from the seed in the letters of ``hopsFromSeed``: ``R`` redirect, ``L`` link, ``P`` prerequisite."""

    attempt: int = 1
    """Number of this attempt for the same request, from 1."""

    hide_set_cookie: bool = False
    """True when the crawl was given cookies or a login, so ``Set-Cookie`` values of the response are private."""

    not_modified: Original | None = None
    """The earlier capture whose validators the request carried, so that a 304 means it; null for a plain request."""
