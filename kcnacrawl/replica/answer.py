"""What the replica sends back: a page to be framed by the server, or raw bytes for a misbehaving route."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """A request as received; ``raw`` is its head, byte for byte."""

    method: str
    target: str
    headers: dict[str, str]
    """Names in lower case; a repeated header keeps its last value."""
    raw: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


@dataclass(frozen=True, slots=True)
class Answer:
    """A well-formed response; the server adds Date, Server, coding and framing."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """Bytes to write as they are, with pauses; afterwards the connection is closed."""

    steps: Iterable[bytes | float] = field(default=())
    """Bytes are written, a number is a pause in seconds."""
    reset: bool = False
    """True ends with a TCP reset instead of an orderly close."""


def html(text: str, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    return Answer(text.encode("utf-8"), status, headers=headers)


def redirect(location: str, status: int = 301) -> Answer:
    return Answer(b"", status, headers=(("Location", location),))
