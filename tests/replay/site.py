"""A small archive with every kind of record, and what each of them must show when it is replayed."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import brotli  # type: ignore[import-untyped]

from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.replica.assets import picture

CODINGS: dict[str, Callable[[bytes], bytes]] = {"": bytes, "gzip": gzip.compress, "br": brotli.compress}
HOST = "http://archive.example"
FIRST = datetime(2026, 11, 1, 3, 0, 0, 250_000, UTC)

KOREAN = "수성리 종이공장에서 체육의 날 행사가 있었다"
ENGLISH = "A sports day was observed at the Mulbit Paper Mill"
STYLE = b"h1 { color: rgb(1, 2, 3) } img { border: 3px solid rgb(200, 0, 0) }"
PHOTO = picture("/photo", 160, 120)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One exchange and the answer a replay has to give for it."""

    path: str
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    body: bytes = b""
    """The entity body, before content coding."""

    coding: str = ""
    chunked: bool = False
    method: str = "GET"
    form: bytes = b""
    headers: tuple[str, ...] = ()
    shows: str = ""
    """Text that the replayed answer holds; empty for none."""

    number: int = field(default=0)

    @property
    def url(self) -> str:
        return HOST + self.path

    @property
    def timestamp(self) -> str:
        """14 digits, as replay addresses have them."""
        return f"{self.started:%Y%m%d%H%M%S}"

    @property
    def started(self) -> datetime:
        return FIRST + timedelta(seconds=7 * self.number)

    def exchange(self) -> Exchange:
        """The bytes of both directions."""
        head = [f"{self.method} {self.path} HTTP/1.1", "Host: archive.example"]
        if self.form:
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(self.form)}"]
        sent = "\r\n".join([*head, "", ""]).encode() + self.form
        return Exchange(url=self.url, method=self.method, sent=sent, received=self._received(), started=self.started)

    def _received(self) -> bytes:
        body = CODINGS[self.coding](self.body)
        lines = [f"HTTP/1.1 {self.status} Very OK", f"Content-Type: {self.content_type}", *self.headers]
        if self.coding:
            lines.append(f"Content-Encoding: {self.coding}")
        if self.chunked:
            lines.append("Transfer-Encoding: chunked")
            body = b"".join(_chunks(body)) + b"0\r\n\r\n"
        else:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body


def _chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 50):
        piece = body[start : start + 50]
        yield b"%x\r\n%s\r\n" % (len(piece), piece)


def page(text: str, charset: str = "utf-8") -> bytes:
    """An article with a style sheet and a photo, longer than what is stored whole in any case."""
    filler = "".join(f"<p>{text} ({number})</p>" for number in range(12))
    return (
        f"<!doctype html><html><head><title>{text}</title><link rel=stylesheet href=/style.css></head>"
        f"<body><h1>{text}</h1><img src=/photo.png alt=''>{filler}</body></html>"
    ).encode(charset)


ARTICLE = "/newstream/1700000000-100000007/"
MOVED: dict[str, Any] = {
    "status": 302,
    "headers": (f"Location: {HOST}{ARTICLE}",),
    "body": page("Moved; longer than what is stored whole in any case"),
    "shows": ENGLISH,
}
"""A redirect with a page of its own, which an archive might take for one that need not be stored again."""

CASES = {
    "plain": Case(number=0, path=ARTICLE, body=page(ENGLISH), shows=ENGLISH),
    "chunked": Case(number=1, path="/chunked/", body=page("In chunks " + ENGLISH), chunked=True, shows=ENGLISH),
    "gzip": Case(number=2, path="/gzip/", body=page("In gzip " + ENGLISH), coding="gzip", shows=ENGLISH),
    "chunked gzip": Case(
        number=3, path="/both/", body=page("In both " + ENGLISH), coding="gzip", chunked=True, shows=ENGLISH
    ),
    "brotli": Case(number=4, path="/br/", body=page("In brotli " + ENGLISH), coding="br", shows=ENGLISH),
    "redirect": Case(number=5, path="/old/", status=301, headers=(f"Location: {HOST}{ARTICLE}",), shows=ENGLISH),
    "redirect with a page": Case(number=12, path="/moved/", **MOVED),
    "Korean charset": Case(
        number=6,
        path="/korean/",
        body=page(KOREAN, "euc-kr"),
        content_type="text/html; charset=euc-kr",
        shows=KOREAN,
    ),
    "not found": Case(number=7, path="/missing/", status=404, body=page("No such page"), shows="No such page"),
    "form": Case(
        number=8, path="/search", method="POST", form=b"query=mill&page=1", body=page("Found: 3"), shows="Found: 3"
    ),
    "other form": Case(
        number=11, path="/search", method="POST", form=b"query=harbour&page=1", body=page("Found: 5"), shows="Found: 5"
    ),
    "style": Case(number=9, path="/style.css", body=STYLE, content_type="text/css"),
    "photo": Case(number=10, path="/photo.png", body=PHOTO, content_type="image/png"),
    "same again": Case(number=100, path=ARTICLE, body=page(ENGLISH), shows=ENGLISH),
    "same elsewhere": Case(number=101, path="/copy/", body=page(ENGLISH), shows=ENGLISH),
    "same redirect": Case(number=104, path="/moved/", **MOVED),
    "not modified": Case(number=103, path=ARTICLE, status=304),
    "same error": Case(number=102, path="/missing/", status=404, body=page("No such page"), shows="No such page"),
}
