"""A small crawl of the replica, recorded by hand: listing, articles, and what else comes along."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from gzip import decompress as gunzip
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.wire import parse_response
from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.items import Receipt
from kcnacrawl.replica import Replica
from kcnacrawl.urls import article_id


@dataclass
class Recorded:
    """An archive, and all that is known of it."""

    path: Path
    exchanges: list[Exchange]
    receipts: list[tuple[str | None, Receipt | None]]
    """Article id and receipt of each exchange."""

    truth: dict[str, dict[str, Any]]
    ids: list[str]
    """Ids of all articles of the site, newest first."""

    @property
    def folder(self) -> Path:
        return self.path.parent


def fetch(url: str, *, gzip: bool = True, **more: Any) -> Exchange:
    """One page over a plain socket, every byte kept."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    coding = "Accept-Encoding: gzip\r\n" if gzip else ""
    sent = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n{coding}Connection: close\r\n\r\n".encode()
    started = datetime.now(UTC)
    with socket.create_connection((parts.hostname or "", parts.port or 80)) as connection:
        connection.sendall(sent)
        received = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    return Exchange(url=url, sent=sent, received=received, started=started, ip="127.0.0.1", **more)


def undated(exchange: Exchange) -> Exchange:
    """The same page without the day that its date line and metadata tell."""
    response = parse_response(exchange.received)
    body = gunzip(bytes(response.body))
    body, count = re.subn(rb"Date: \d\d/\d\d/\d{4} \|", b"Date: 00/00/0000 |", body)
    assert count == 1
    body = body.replace(b"free-member-form", b"about")
    body = re.sub(rb"(?s)<script type=.application/ld\+json.*?</script>|<meta [^>]*_time[^>]*>", b"", body)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body)
    return replace(exchange, received=head + body)


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A listing and its articles; among them pages without a day, cut, missing, blocked and repeated ones."""
    with Replica(articles=60) as site:
        truth = {article["id"]: article for article in site.truth()}
        urls = [site.url + path + "/" for path in site.paths()]
        whole = [fetch(url) for url in urls[5:25]]
        site.block("sign_up_in_place", urls[30])
        exchanges = [
            undated(fetch(urls[2])),
            fetch(site.url + "/newstream/", hops="L"),
            undated(fetch(urls[0])),
            undated(fetch(urls[3])),
            *whole,
            replace(fetch(urls[26]), cut="time", error="It took too long."),
            fetch(urls[5] + "?again"),
            fetch(site.url + "/newstream/1451890016-1/", hops="LR"),
            fetch(urls[30]),
            fetch(site.url + "/robots.txt", gzip=False),
            undated(fetch(urls[40])),
        ]
    writer = WarcWriter(tmp_path_factory.mktemp("recorded"), "kcnawatch", info={"software": "kcnacrawl/0"})
    receipts = [(article_id(exchange.url), writer.write(exchange)) for exchange in exchanges]
    return Recorded(writer.close()[0], exchanges, receipts, truth, [article_id(url) or "" for url in urls])
