"""What the records that our own program writes about itself must say."""

from __future__ import annotations

from collections.abc import Iterator

from kcnacrawl.archive.lint.blocks import value_of
from kcnacrawl.archive.lint.finding import quoted, shown
from kcnacrawl.archive.lint.parts import Parts

CRAWL_URN = b"urn:kcnacrawl:crawl:"


def warcinfo_flaws(parts: Parts) -> Iterator[str]:
    """Clauses on the record that opens a file."""
    block = parts.block()
    for name in (b"format", b"conformsTo"):
        if not value_of(block, name):
            yield f"its block has no field {name.decode()}"


def end_flaws(parts: Parts) -> Iterator[str]:
    """Clauses on the record that tells how a run ended."""
    block = parts.block()
    for name in (b"crawl", b"run", b"ended", b"done"):
        if not value_of(block, name):
            yield f"its block has no field {name.decode()}"
    done, crawl = value_of(block, b"done"), value_of(block, b"crawl")
    if done and done not in (b"yes", b"no"):
        yield f"its field done is {quoted(done)}, neither 'yes' nor 'no'"
    if crawl and CRAWL_URN + crawl != parts.uri:
        yield f"its field crawl is {quoted(crawl)}, but its WARC-Target-URI is {shown(parts.uri)}"
