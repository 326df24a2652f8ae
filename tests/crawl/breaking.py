"""Begin the real ``scrapy crawl``, break it off at a chosen moment, and look at what is left and what comes of it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from kcnacrawl.replica import Replica
from kcnacrawl.urls import article_id
from tests.crawl.running import Run, environment

QUICK = ("-s", "RETRY_WAIT=0.05", "-s", "LOG_LEVEL=WARNING", "-s", "REQUISITES_ENABLED=False")


def begin(folder: Path, site: Replica, *arguments: str, delay: float = 0.02) -> subprocess.Popen[str]:
    """Start a crawl of everything; ``finish`` collects it."""
    command = [sys.executable, "-m", "scrapy", "crawl", "kcnawatch", "-a", f"base_url={site.url}"]
    return subprocess.Popen(
        [*command, "-s", f"DOWNLOAD_DELAY={delay}", *QUICK, *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(folder: Path, process: subprocess.Popen[str], seconds: float = 60) -> Run:
    """Wait for the end of a run; one that does not come in time is an error."""
    out, err = process.communicate(timeout=seconds)
    return Run(folder, process.returncode, out, err)


def again(folder: Path, site: Replica, *arguments: str) -> Run:
    """The same command once more, to its end."""
    return finish(folder, begin(folder, site, *arguments, delay=0))


def wait_for_lines(folder: Path, count: int, pattern: str = "output/articles/*.jsonl") -> None:
    """Return when so many articles are in the files."""
    for _ in range(1200):
        if sum(file.read_bytes().count(b"\n") for file in folder.glob(pattern)) >= count:
            return
        time.sleep(0.025)
    raise AssertionError(f"{count} lines did not come")


def broken_off(folder: Path, site: Replica, *arguments: str, lines: int = 8) -> None:
    """A crawl killed after so many articles."""
    process = begin(folder, site, *arguments)
    wait_for_lines(folder, lines)
    process.kill()
    process.communicate()


def articles(folder: Path, pattern: str = "output/articles/*.jsonl") -> Counter[str]:
    """How often each article stands in the files, all of whose lines must be whole."""
    lines = [line for file in sorted(folder.glob(pattern)) for line in file.read_text("utf-8").splitlines()]
    return Counter(json.loads(line)["id"] for line in lines)


def truth(site: Replica) -> Counter[str]:
    """Each article of the site once."""
    return Counter(article["id"] for article in site.truth())


def asked_again(site: Replica) -> int:
    """How many more requests came than there are addresses, robots.txt aside."""
    counts = Counter(seen.target for seen in site.requests if seen.target != "/robots.txt")
    return sum(counts.values()) - len(counts)


def captured_articles(folder: Path) -> set[str]:
    """Identities of the articles whose pages are in closed WARC files."""
    found = set()
    for path in folder.glob("output/warc/*.warc.gz"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type in ("response", "revisit"):
                    found.add(article_id(record.rec_headers.get_header("WARC-Target-URI")))
    return {identity for identity in found if identity is not None}


def check_done(folder: Path, site: Replica) -> None:
    """Assert that what is there is what an undisturbed crawl would have left."""
    assert articles(folder) == truth(site)
    assert captured_articles(folder) == set(truth(site))
    assert not list(folder.glob("output/warc/*.open"))
