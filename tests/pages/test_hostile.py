"""Pages made to hurt a parser: an answer or a PageError, never another exception, never quadratic work."""

from __future__ import annotations

from random import Random

import pytest

from kcnacrawl.pages import open_page
from kcnacrawl.pages.page import PageError
from tests.pages.markup import Wrapper
from tests.pages.story import STORIES

URLS = (
    "https://kcnawatch.org/newstream/1744885366-665971553/a-slug/",
    "https://kcnawatch.org/?s=&start=01-07-2011&end=02-07-2011",
    "https://kcnawatch.org/feed/",
)
INFO = b"<h1>Mill</h1><p>Date: 17/04/2025 | Source: Naenara | Read original version at source</p>"
N = 20_000
# Each would take a minute or more, or gigabytes, if anything went over it again and again.
TRAPS = {
    "nested": b"<div>" * 5 * N,
    "nested under the title": INFO + b"<div>x" * 2500,
    "end tags of others": b"<div></b>" * 2 * N,
    "open bold": b"<b>" * N + b"<p>" * N,
    "distinct fonts": b"".join(b"<font a=%d>" % n for n in range(N)) + b"<p>x" * N,
    "attributes": b"<p " + b"".join(b"a%d " % n for n in range(5 * N)) + b">",
    "options": b"<select name=source>" + b"<option value=1>x" * 5 * N,
    "zeros": b"\0" * N,
    "one line": INFO + b"<p>" + b"x" * 3_000_000,
    "spaces": b"<p>Date:" + b"&nbsp;" * 10 * N + b"17/04/2025",
    "dates": b"<p>" + b"Date: " * 10 * N,
    "info lines": b"<p>Date: 17/04/2025 | Source: X | Read original</p>" * N,
    "links": b"".join(b"<a href=/newstream/1744885366-%d/>x</a>" % n for n in range(N)),
    "links in turn": b"<a href=/newstream/1744885366-1/>x</a><a href=/newstream/1744885366-2/>x</a>" * N,
    "headings": INFO + b"<h3>More From Naenara</h3>" * N,
    "pictures": INFO + b"<figure><img src=a.jpg><figcaption>x" * 1400,
    "metas": b"<head>" + b'<meta "' * N,
    "linked data": b'<script type="application/ld+json">' * N,
    "deep json": b'<script type="application/ld+json">' + b"[" * 5 * N + b"</script>",
    "entries": b"<rss>" + b"<item><link " * N,
    "cdata": b"<rss><item><title>" + b"<![CDATA[" * N,
    "json": b"[" * 5 * N,
    "comments": b"<!--" * 5 * N,
    "angles": b"<" * 5 * N,
    "references": b"&#xD800;&#0;&#x110000;&" * N,
    "bytes": bytes(range(256)) * 400,
}


def complaint(body: bytes, url: str) -> str:
    """What ``open_page`` says of a page it cannot read, or a full stop."""
    try:
        open_page(body, url, "text/html")
    except PageError as error:
        return f"{error.code}: {error}"
    return "."


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("name", TRAPS)
def test_traps(name: str, url: str) -> None:
    assert complaint(TRAPS[name], url).endswith(".")


@pytest.mark.parametrize("seed", range(300))
def test_mutilated_pages(seed: int) -> None:
    random = Random(seed)
    page = bytearray(Wrapper(STORIES[seed % len(STORIES)], seed).page().encode())
    junk = (
        b"<div>",
        b"</div>",
        b"<a href=",
        b'"',
        b"'",
        b"<!--",
        b"<script>",
        b"&#",
        b"\0",
        b"Date:",
        b"More From",
        b"<table>",
    )
    for _ in range(random.randint(1, 25)):
        start = random.randrange(len(page))
        if random.random() < 0.5:
            del page[start : start + random.randrange(300)]
        else:
            page[start:start] = random.choice(junk)
    assert complaint(bytes(page), URLS[seed % 3]).endswith(".")
