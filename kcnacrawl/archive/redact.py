"""Secrets out of what is archived, and word of it in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kcnacrawl.archive.wire import header_spans

REQUEST_SECRETS = ("authorization", "proxy-authorization", "cookie")
RESPONSE_SECRETS = ("set-cookie", "set-cookie2")
REDACTED = b" [redacted]"

_USERINFO = re.compile(r"(?<=://)[^/?#\s]*@")
# Only where a request names an address of its own; an @ elsewhere in a request belongs to the site.
_SENT_USERINFO = re.compile(rb"(\A[A-Z]+ https?://|\n[Rr][Ee][Ff][Ee][Rr][Ee][Rr][ \t]*:[ \t]*https?://)[^/?#\s]*@")


@dataclass(frozen=True, kw_only=True, slots=True)
class Redaction:
    """Which header values are not archived."""

    keep_request_secrets: bool = False
    """True to archive ``Authorization``, ``Proxy-Authorization`` and ``Cookie`` of requests as sent."""

    response_headers: tuple[str, ...] = ()
    """Names of response headers whose values are not archived."""

    def of_request(self, sent: bytes) -> tuple[bytes, tuple[str, ...]]:
        """A request without its secrets, and what was taken out: ``("request/cookie",)``."""
        if self.keep_request_secrets:
            return sent, ()
        end = _head_end(sent)
        head, names = _without(sent[:end], [(0, end)], REQUEST_SECRETS)
        if b"@" in head:
            head, count = _SENT_USERINFO.subn(rb"\1", head)
            names |= {"userinfo"} if count else set()
        return (head + sent[end:] if names else sent), tuple(f"request/{name}" for name in sorted(names))

    def of_response(self, received: bytes, method: str, *, hide_set_cookie: bool) -> tuple[bytes, tuple[str, ...]]:
        """Received bytes without the secrets of their heads and trailers, and what was taken out."""
        hidden = tuple(name.lower() for name in self.response_headers) + (RESPONSE_SECRETS if hide_set_cookie else ())
        if not hidden:
            return received, ()
        clean, names = _without(received, header_spans(received, method), hidden)
        return clean, tuple(f"response/{name}" for name in sorted(names))


def without_userinfo(text: str) -> str:
    """An address, or a sentence with addresses in it, without ``user:password@``."""
    return _USERINFO.sub("", text) if "@" in text else text


def _head_end(sent: bytes) -> int:
    ends = [end for end in (sent.find(b"\r\n\r\n"), sent.find(b"\n\n")) if end >= 0]
    return min(ends, default=len(sent))


def _without(data: bytes, spans: Iterable[tuple[int, int]], names: Sequence[str]) -> tuple[bytes, set[str]]:
    found: set[str] = set()
    lowered = data.lower()
    if not any(name.encode() in lowered for name in names):
        return data, found
    parts = list(_clean_parts(data, spans, _pattern(tuple(names)), found))
    return (b"".join(parts) if found else data), found


def _clean_parts(
    data: bytes, spans: Iterable[tuple[int, int]], pattern: re.Pattern[bytes], found: set[str]
) -> Iterator[bytes | memoryview]:
    position = 0
    view = memoryview(data)
    for start, end in spans:
        for match in pattern.finditer(data, start, end):
            if not match[3].strip():
                continue
            found.add(match[1].decode().lower())
            yield view[position : match.start(3)]
            yield REDACTED
            position = match.end(3)
    yield view[position:]


@lru_cache
def _pattern(names: tuple[str, ...]) -> re.Pattern[bytes]:
    """Header lines with these names: any case, a space before the colon, folded values, cut anywhere.

    A bare carriage return begins a line as well, because some receivers read it so; a value goes to the real line end.
    """
    alternatives = b"|".join(re.escape(name.encode()) for name in names)
    return re.compile(
        rb"(?:\A|(?<=[\r\n]))(" + alternatives + rb")([ \t]*:)((?:\r?\n[ \t]|\r(?!\n)|[^\r\n])*)", re.IGNORECASE
    )
