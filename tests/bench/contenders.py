"""Who is compared: the command of each, and what shows that it did its work."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SAME_PACE = {"DOWNLOAD_DELAY": "0", "CONCURRENT_REQUESTS": "16", "CONCURRENT_REQUESTS_PER_DOMAIN": "8"}
"""Scrapy's own defaults, set for this project too, which otherwise asks one page at a time and rests in between."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """Where one run reads and writes."""

    urls: Path
    """File of article addresses, one a line."""

    site: str
    """Address of the server, without a slash at the end."""

    folder: Path
    """Empty folder for everything the run writes."""

    @property
    def lines(self) -> Path:
        return self.folder / "articles.jsonl"

    @property
    def warc(self) -> Path:
        return self.folder / "warc"


@dataclass(frozen=True, kw_only=True, slots=True)
class Contender:
    """One program in the comparison."""

    key: str
    title: str
    command: Callable[[Work], list[str]]
    extracts: bool = True
    archives: bool = False
    in_project: bool = False
    """True: runs in the project folder, with its settings."""


def scrapy(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "scrapy", *arguments]


def bare(work: Work, *more: str) -> list[str]:
    spider = str(Path(__file__).with_name("bare.py"))
    return scrapy("runspider", spider, "-a", f"urls={work.urls}", "-O", f"{work.lines}:jsonlines", *more)


def project(work: Work, *, archive: bool) -> list[str]:
    """The project's crawl as it comes, but for the pace and the folders."""
    settings = {
        "SPIDER_MODULES": "tests.bench.listed",
        "BENCH_URLS": work.urls,
        "WARC_ENABLED": archive,
        "REQUISITES_ENABLED": False,  # the others fetch pages only
        "WARC_DIR": work.warc,
        "CATALOG": work.folder / "catalog.db",
        "RUNS_DIR": work.folder / "runs",
        **SAME_PACE,
    }
    flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    return scrapy("crawl", "listed", "-a", f"base_url={work.site}", "-O", f"{work.lines}:jsonlines", *flags)


def wget(work: Work) -> list[str]:
    return ["wget", "--no-config", "-q", "-i", str(work.urls), "-O", "/dev/null", f"--warc-file={work.warc / 'wget'}"]


CONTENDERS = (
    Contender(key="a", title="bare Scrapy, its defaults, no archive", command=bare),
    Contender(key="a′", title="(a) with LOG_LEVEL=INFO", command=lambda work: bare(work, "-s", "LOG_LEVEL=INFO")),
    Contender(
        key="b",
        title="this project, with archive",
        command=lambda work: project(work, archive=True),
        archives=True,
        in_project=True,
    ),
    Contender(
        key="c",
        title="this project, archive off",
        command=lambda work: project(work, archive=False),
        in_project=True,
    ),
    Contender(key="d", title="wget --warc-file, extracts nothing", command=wget, extracts=False, archives=True),
)


def reextract(work: Work) -> list[str]:
    """The project's re-extraction of everything in the archive of a run."""
    return scrapy("reextract", *map(str, warc_files(work)), "-o", str(work.folder / "again.jsonl"))


def warc_files(work: Work) -> list[Path]:
    return sorted(work.warc.glob("*.warc.gz"))
