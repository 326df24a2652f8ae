"""An archive of three nights, recorded by hand from the replica, with dates of its own and lines of its articles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin

import orjson

from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.originals import Original
from kcnacrawl.archive.wire import parse_response
from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.assemble import assemble
from kcnacrawl.items import Receipt
from kcnacrawl.pages.page import ArticlePage, PageError
from kcnacrawl.pages.requisites import needs
from kcnacrawl.replica import Replica
from tests.archive.conftest import fetch

NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\nServer: a\r\n\r\n"


@dataclass
class Memory:
    """Remembers originals as the catalog does."""

    minimum: int = 64
    known: dict[tuple[str, str], Original] = field(default_factory=dict)

    def find(self, payload_digest: str, url: str) -> Original | None:
        same = [original for (digest, _), original in self.known.items() if digest == payload_digest]
        return self.known.get((payload_digest, url)) or (same[0] if same else None)

    def add(self, original: Original) -> None:
        self.known.setdefault((original.payload_digest, original.url), original)

    def latest(self, url: str) -> Original:
        return [original for (_, known), original in self.known.items() if known == url][-1]


@dataclass
class Night:
    """What one run wrote."""

    run: str
    warc: Path
    receipts: dict[str, Receipt | None]
    """By address; the last one of each."""


@dataclass
class Archive:
    """The folder ``output`` of several nights."""

    output: Path
    site: str
    """Address of the site, without a slash at the end."""

    articles: list[str]
    """Addresses of articles, newest first."""

    requisites: list[str]
    memory: Memory = field(default_factory=Memory)
    nights: list[Night] = field(default_factory=list)

    @property
    def warcs(self) -> Path:
        return self.output / "warc"

    def record(self, run: str, started: datetime, exchanges: Iterable[Exchange], *, lines: bool = True) -> Night:
        """One night: its exchanges, a second apart, in a file of their own, and the lines of its articles."""
        info = {"software": "kcnacrawl/0", "isPartOf": "kcnawatch", "crawl": run, "run": run}
        writer = WarcWriter(self.warcs, "kcnawatch", info=info, originals=self.memory)
        receipts: dict[str, Receipt | None] = {}
        found = []
        for second, exchange in enumerate(exchanges):
            dated = replace(exchange, started=started + timedelta(seconds=second, milliseconds=351))
            receipts[exchange.url] = writer.write(dated)
            found.append((dated, receipts[exchange.url]))
        (path,) = writer.close()
        if lines:
            self._write_lines(run, found)
        self.nights.append(Night(run, path, receipts))
        return self.nights[-1]

    def _write_lines(self, run: str, found: list[tuple[Exchange, Receipt | None]]) -> None:
        folder = self.output / "articles"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"kcnawatch-{run}.jsonl").open("ab") as file:
            for exchange, receipt in found:
                page = read(exchange, receipt)
                if page is not None:
                    file.write(orjson.dumps(page.article, option=orjson.OPT_APPEND_NEWLINE))


def read(exchange: Exchange, receipt: Receipt | None) -> ArticlePage | None:
    """The article that an exchange brought, if it did."""
    response = parse_response(exchange.received)
    if response.status != 200 or receipt is None:
        return None
    head = bytes(response.head).decode("latin-1").lower()
    coding = "gzip" if "content-encoding: gzip" in head else ""
    try:
        page = assemble(bytes(response.body), exchange.url, "text/html; charset=utf-8", coding, 200, receipt)
    except PageError:
        return None
    return page if isinstance(page, ArticlePage) else None


def answer(path: str, content_type: str, body: str) -> Exchange:
    """An exchange with an invented host."""
    sent = f"GET {path} HTTP/1.1\r\nHost: mirror.example\r\n\r\n".encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body.encode())}\r\n\r\n"
    return Exchange(
        url=f"http://mirror.example{path}",
        sent=sent,
        received=head.encode() + body.encode(),
        started=datetime(2026, 11, 1, tzinfo=UTC),
    )


def three_nights(output: Path) -> Archive:
    """Night 1 is all new; night 2 has revisits of both profiles; night 3 goes on past midnight."""
    with Replica(articles=60) as site:
        articles = [site.url + path + "/" for path in site.paths()]
        page = fetch(articles[0], gzip=False)
        body = bytes(parse_response(page.received).body)
        wanted = [need.url for need in needs(body, articles[0], "text/html") if need.url.startswith(site.url)]
        pages = {url: fetch(url) for url in articles[:12]}
        listing = fetch(urljoin(site.url, "/newstream/"), hops="L")
        extras = [fetch(url, hops="E") for url in wanted]
        missing = fetch(site.url + "/newstream/1451890016-1/nothing-here/")
    archive = Archive(output, articles[0].partition("/newstream/")[0], articles[:12], wanted)
    new = [listing, *(pages[url] for url in articles[:6]), *extras, missing]
    archive.record("20261120210000-aaaa", datetime(2026, 11, 20, 21, tzinfo=UTC), new)
    same = [pages[url] for url in articles[1:6]]
    first = pages[articles[0]]
    sent = first.sent.replace(b"\r\n\r\n", b"\r\nIf-None-Match: x\r\n\r\n", 1)
    asked = replace(first, sent=sent, received=NOT_MODIFIED, not_modified=archive.memory.latest(articles[0]))
    archive.record("20261121210000-bbbb", datetime(2026, 11, 21, 21, tzinfo=UTC), [asked, *same, pages[articles[6]]])
    late = [pages[url] for url in (*articles[7:12], articles[1])]
    archive.record("20261122235957-cccc", datetime(2026, 11, 22, 23, 59, 57, tzinfo=UTC), late, lines=False)
    return archive
