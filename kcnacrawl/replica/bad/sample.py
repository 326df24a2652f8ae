"""What a misbehaviour is, and the pieces that all of them are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kcnacrawl.replica.answer import Answer, RawAnswer

PAUSE = 600.0
"""Seconds that stand for "never": longer than any client waits."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What is to be answered badly."""

    page: bytes
    """The article page, UTF-8."""
    path: str
    """Address asked for, with query."""


@dataclass(frozen=True, slots=True)
class Bad:
    """One misbehaviour."""

    what: str
    """What the server does, in one sentence."""
    whole: bool
    """True when a careful client still gets the whole page."""
    answer: Callable[[Sample], Answer | RawAnswer]


def head(*headers: str, status: str = "200 OK", kind: str | None = "text/html; charset=UTF-8") -> bytes:
    """A response head with the given header lines."""
    lines = [f"HTTP/1.1 {status}", *([f"Content-Type: {kind}"] if kind else []), *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def sized(body: bytes, *headers: str, status: str = "200 OK", kind: str | None = "text/html; charset=UTF-8") -> bytes:
    """A correct response with Content-Length."""
    return head(f"Content-Length: {len(body)}", *headers, status=status, kind=kind) + body


def raw(*steps: bytes | float, reset: bool = False) -> RawAnswer:
    return RawAnswer(steps, reset)


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    return b"%x%b\r\n%b\r\n" % (len(data), extension, data)
