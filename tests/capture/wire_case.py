"""One way of a server to answer, and what must become of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.capture.wire_server import Step

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@dataclass(frozen=True)
class Case:
    """What the server does (``steps``) and what the crawl must make of it."""

    name: str
    steps: tuple[Step, ...] | Callable[[], Iterable[Step]]
    """A function when it never ends."""
    gives: int | str = 200
    """Status that reaches the spider, or the name of the exception that does."""
    cut: str | None = None
    """``cut`` of every exchange recorded."""
    tries: int = 1
    """Exchanges recorded: the crawl retries once."""
    whole: bool = True
    """False when we hang up first: what is recorded is then only the beginning of what would have come."""
    body: bytes | None = None
    """Body the spider must get, where that is not plain."""
    meta: dict[str, Any] | None = None
    method: str = "GET"

    @property
    def served(self) -> bytes:
        """All bytes the server sends."""
        assert isinstance(self.steps, tuple)
        return b"".join(step for step in self.steps if isinstance(step, bytes))

    def play(self) -> Iterable[Step]:
        return self.steps if isinstance(self.steps, tuple) else self.steps()


def failing(name: str, *steps: Step, error: str = "DownloadFailedError", cut: str = "unspecified") -> Case:
    """A case that fails twice in the same way."""
    return Case(name, steps, error, cut, tries=2)


def body(content: bytes, *lines: bytes) -> bytes:
    """A whole response with *content* and further header *lines*."""
    head = b"".join(line + b"\r\n" for line in (b"Content-Length: %d" % len(content), *lines))
    return OK + head + b"\r\n" + content
