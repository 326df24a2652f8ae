"""What is gathered about one request while its connection is tapped: bytes, instants, facts. No Twisted here."""

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
        "body_limit",
        "chunks",
        "cut",
        "error",
        "head_limit",
        "ip",
        "kept",
        "limit",
        "lost",
        "milliseconds",
        "recorded",
        "sent",
        "size",
        "started",
        "tls",
    )

    def __init__(self, head_limit: int, body_limit: int) -> None:
        """
        :param head_limit: bytes allowed before the header of the final response is complete; 0 for any number
        :param body_limit: bytes allowed in all, header and framing included; 0 for any number
        """
        self.head_limit = head_limit
        self.body_limit = body_limit
        self.started = datetime.now(UTC)
        self.began = monotonic()
        self.milliseconds: int | None = None
        """Length of the attempt, or null while it runs."""
        self.sent: list[bytes] = []
        self.chunks: list[bytes] = []
        self.size = 0
        """Bytes received so far."""
        self.limit = head_limit
        """Bytes that may be received before the tap looks again at what is going on."""
        self.kept = False
        """True when the request went out on a connection that an earlier one had used."""
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
