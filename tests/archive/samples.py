"""Exchanges to record: well-behaved, and as servers really are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kcnacrawl.archive.exchange import Exchange

STARTED = datetime(2026, 3, 1, 4, 5, 6, 789, UTC)
DATE = "2026-03-01T04:05:06.000789Z"
URL = "http://mirror.example/newstream/1451890016-8404287/"

SENT = b"GET /newstream/1451890016-8404287/ HTTP/1.1\r\nHost: mirror.example\r\nAccept-Encoding: gzip\r\n\r\n"
PLAIN = b"HTTP/1.1 200 Very OK\r\nsErVeR: a\r\nContent-Length: 5\r\nX: 1\r\nX: \xe9\r\n\r\nhello"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nX: 1\r\n\r\n"
    b"5;name=value\r\nhello\r\n06\r\n world\r\n0\r\nTrailer: yes\r\n\r\n"
)


def exchange(received: bytes = PLAIN, *, sent: bytes = SENT, url: str = URL, **more: Any) -> Exchange:
    """One attempt to fetch an article."""
    return Exchange(url=url, sent=sent, received=received, started=STARTED, **more)


IN_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

NASTY: dict[str, bytes] = {
    "plain": PLAIN,
    "chunked": CHUNKED,
    "line feeds only": b"HTTP/1.1 200 OK\nServer: a\nContent-Length: 5\n\nhello",
    "chunked, line feeds only": b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n0\n\n",
    "until close": b"HTTP/1.0 200 OK\r\nServer: a\r\n\r\nhello\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    "interim heads": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + PLAIN,
    "blank lines first": b"\r\n\r\n" + PLAIN,
    "switching protocols": b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nnot HTTP any more",
    "no content": b"HTTP/1.1 204 No Content\r\nServer: a\r\n\r\n",
    "no content, with a length": b"HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\nsurplus",
    "not modified": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5000\r\nETag: a\r\n\r\n",
    "surplus": PLAIN + b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\n\r\nsecond",
    "surplus after chunks": CHUNKED + b"more",
    "same length twice": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b\r\ncontent-length:5\r\n\r\nhello",
    "list of one length": b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello, surplus",
    "lengths that differ": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nhello",
    "no number": b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
    "negative": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
    "plus sign": b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
    "empty length": b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nhello",
    "huge length": b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nhello",
    "leading zeros": b"HTTP/1.1 200 OK\r\nContent-Length: 0005\r\n\r\nhello",
    "too long": b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
    "chunked and a length": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    ),
    "chunked and the right length": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    ),
    "chunked in name only": IN_CHUNKS + b"<html>hello</html>",
    "size malformed later": IN_CHUNKS + b"3\r\nabc\r\nxyz\r\nrest\r\n0\r\n\r\n",
    "chunk longer than said": IN_CHUNKS + b"3\r\nabcdef\r\n0\r\n\r\n",
    "size of 500 digits": IN_CHUNKS + b"1\r\na\r\n" + b"f" * 500 + b"\r\nabc",
    "size beyond all": IN_CHUNKS + b"1\r\na\r\nffffffffffffffffffff\r\nabc",
    "no last chunk": IN_CHUNKS + b"3\r\nabc\r\n",
    "only the last chunk": IN_CHUNKS + b"0\r\n\r\n",
    "gzip, chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "two lines of codings": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    ),
    "identity": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello, surplus",
    "coding unknown": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: quantum\r\nContent-Length: 2\r\n\r\nhello",
    "folded": b"HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n  chunked\r\nX: a\r\n\tb\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "space before the colon": b"HTTP/1.1 200 OK\r\nContent-Length : 3\r\n\r\nabcdef",
    "line without a colon": b"HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 3\r\n\r\nabc",
    "no reason": b"HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n",
    "odd version": b"HTTP/2.7 200 \r\nContent-Length: 3\r\n\r\nabc",
    "bare carriage returns": b"HTTP/1.1 200 OK\r\nA: b\rContent-Length: 3\r\n\r\nabcdef",
    "names that look like ours": b"HTTP/1.1 200 OK\r\nX-Archive-Orig-Content-Length: 3\r\n\r\nabcdef",
}
"""Whole responses to GET, each with something about it."""
