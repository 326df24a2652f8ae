"""What is gathered about one request while its connections are tapped: bytes, instants, facts. No Twisted here."""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kcnacrawl.archive.exchange import Cut


class Attempt:
    """One attempt to get one response: at most one connection, one request written, one response read."""

    __slots__ = (
        "began",
        "chunks",
        "cut",
        "error",
        "ip",
        "limit",
        "lost",
        "milliseconds",
        "recorded",
        "sent",
        "size",
        "started",
        "tls",
    )

    def __init__(self, limit: int) -> None:
        self.started = datetime.now(UTC)
        self.began = monotonic()
        self.milliseconds: int | None = None
        """Length of the attempt, or null while it runs."""
        self.sent: list[bytes] = []
        self.chunks: list[bytes] = []
        self.size = 0
        """Bytes received so far."""
        self.limit = limit
        """Bytes that may be received before the tap looks again at what is going on."""
        self.ip: str | None = None
        self.tls: tuple[str, str | None] | None = None
        """``("tls/1.3", cipher suite or null)`` once the handshake is done."""
        self.lost: BaseException | None = None
        """Why the connection went away, when it did before the attempt ended."""
        self.cut: Cut | None = None
        self.error: str | None = None
        self.recorded = False
        """True once the bytes were handed on; what comes later is lost."""

    def end(self, cut: Cut | None = None, error: str | None = None) -> None:
        """Stop the clock and keep the first reason given; later calls change nothing that is known."""
        if self.milliseconds is None:
            self.milliseconds = round((monotonic() - self.began) * 1000)
        self.cut = self.cut or cut
        self.error = self.error or error


class Fetch:
    """All attempts of one request. Twisted makes a second one by itself when a kept-alive connection turns out dead."""

    __slots__ = ("attempts", "body_limit", "head_limit", "pending")

    def __init__(self, head_limit: int, body_limit: int) -> None:
        self.head_limit = head_limit
        """Bytes allowed before the header of the final response is complete; 0 for any number."""
        self.body_limit = body_limit
        """Bytes allowed in all, header and framing included; 0 for any number."""
        self.attempts: list[Attempt] = []
        self.pending: Attempt | None = None

    def connect(self) -> Attempt:
        """Begin the attempt that opens a new connection."""
        self.pending = attempt = Attempt(self.head_limit)
        self.attempts.append(attempt)
        return attempt

    def write(self) -> Attempt:
        """Return the attempt a request is about to be written for, begun here when the connection is a kept one."""
        attempt = self.pending or self.connect()
        self.pending = None
        return attempt
