"""Speed of ``scrapy verify`` on one core: small records a second, and megabytes of large ones.

``python -m tests.bench.verified``
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.lint.check import Counts, lint
from kcnacrawl.archive.writer import WarcWriter
from tests.bench import machine
from tests.bench.report import goal, goal_table
from tests.bench.stored import STARTED, pages

SMALL, LARGE = 900, 4_000_000
"""Bytes of a body."""


def archive(folder: Path, bodies: Iterable[bytes]) -> Path:
    """A closed WARC file with a page of each body."""
    writer = WarcWriter(folder, "bench", info={"software": "kcnacrawl"})
    for number, body in enumerate(bodies):
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
        sent = f"GET /{number} HTTP/1.1\r\nHost: mirror.example\r\n\r\n"
        url = f"http://mirror.example/{number}"
        writer.write(Exchange(url=url, sent=sent.encode(), received=head.encode() + body, started=STARTED))
        writer.take_entries()
    return writer.close()[0]


def bodies(size: int, count: int) -> Iterable[bytes]:
    """Different parts of article pages, one behind the other."""
    text = b"".join(page.received for page in pages(max(50, size // 20_000)))
    return (b"%d" % number + text[number : number + size] for number in range(count))


def verify(path: Path) -> int:
    """Check a file that is whole; how many records it has."""
    counts = Counts()
    assert list(lint([path], counts, processes=1)) == []
    return counts.records


def rate(path: Path, units: float, rounds: int) -> float:
    """Median of *units* a second of wall-clock time."""
    rates = []
    for _ in range(rounds):
        start = time.perf_counter()
        verify(path)
        rates.append(units / (time.perf_counter() - start))
    return median(rates)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.verified", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds (default: 5)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kcnacrawl-bench-") as name:
        small = archive(Path(name) / "small", bodies(SMALL, 5000))
        large = archive(Path(name) / "large", bodies(LARGE, 40))
        records = rate(small, verify(small), options.rounds)
        megabytes = rate(large, 40 * LARGE / 1e6, options.rounds)
    print(f"verify on one core, medians of {options.rounds}; {machine.describe()}.\n")
    found = [
        goal(f"verifying 8,000 records/s of {SMALL} bytes", records, "{:,.0f}/s", at_least=8_000),
        goal(f"verifying 150 MB/s of records of {LARGE // 1_000_000} MB", megabytes, "{:,.0f} MB/s", at_least=150),
    ]
    print(goal_table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
