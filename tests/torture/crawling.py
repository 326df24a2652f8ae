"""A crawl that is to be broken: started as a person starts it, ended in any way, run again until it is done."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from kcnacrawl.replica import Replica
from tests.crawl.running import environment

ARTICLES = 40
WINDOW = ("-a", "since=2025-11-20", "-a", "until=2025-11-30", "-s", "SEARCH_WINDOW_DAYS=10")
HANG = 90.0
"""Seconds after which a command that goes on is taken to hang; it takes three on its own."""


@dataclass
class Ended:
    """One run of the command."""

    status: int
    """Exit status; negative for a signal."""

    err: str


@dataclass
class Broken:
    """A crawl in a folder, broken off and on."""

    folder: Path
    site: Replica
    options: Sequence[str] = ()
    breaks: int = 0
    runs: list[Ended] = field(default_factory=list)
    published: dict[str, str] = field(default_factory=dict)
    """SHA-256 of each closed WARC file when it was first seen."""

    lines: set[bytes] = field(default_factory=set)
    """Every whole line seen in a JSON Lines file at a break."""

    earlier: frozenset[bytes] = frozenset()
    """Lines of earlier crawls."""

    def command(self, wrapper: Sequence[str] = ()) -> list[str]:
        """What is run."""
        base = [sys.executable, "-m", "scrapy", "crawl", "kcnawatch", "-a", f"base_url={self.site.url}"]
        pace = ["-s", "DOWNLOAD_DELAY=0.01", "-s", "RETRY_WAIT=0.05", "-s", "LOG_LEVEL=WARNING"]
        return [*wrapper, *base, *pace, *WINDOW, *self.options]

    def start(self, wrapper: Sequence[str] = (), extra: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Begin a run."""
        log = (self.folder / f"run-{len(self.runs)}.log").open("wb")
        with log:
            return subprocess.Popen(
                self.command(wrapper),
                cwd=self.folder,
                env=environment() | dict(extra or {}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )

    def end(self, process: subprocess.Popen[bytes], seconds: float = HANG) -> Ended:
        """Wait until a run has ended.

        :raises AssertionError: when it hangs
        """
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise AssertionError(f"the run hangs: {self.log()[-2000:]}") from None
        self.runs.append(Ended(status, self.log()))
        self.look()
        return self.runs[-1]

    def log(self) -> str:
        """What the run under way has said so far."""
        return (self.folder / f"run-{len(self.runs)}.log").read_text("utf-8", "replace")

    def look(self) -> None:
        """Note what is on disk now; what was noted before must be there, unchanged."""
        for path in self.folder.glob("output/warc/*.warc.gz"):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            assert self.published.setdefault(path.name, digest) == digest, f"{path.name} was changed"
        there = {path.name for path in self.folder.glob("output/warc/*.warc.gz")}
        assert self.published.keys() <= there, f"{self.published.keys() - there} vanished"
        found = set(whole_lines(self.folder))
        assert self.lines <= found, "an article that was whole on disk is gone"
        self.lines = found

    def finish(self, tries: int = 3) -> Ended:
        """Run the same command again until it says that it is done; once it has, it would begin another crawl."""
        if self.runs and self.runs[-1].status == 0:
            return self.runs[-1]
        for _ in range(tries):
            if self.end(self.start()).status == 0:
                return self.runs[-1]
        raise AssertionError(f"not done after {tries} more runs: {self.runs[-1].err[-3000:]}")

    def wait_for_requests(self, count: int, process: subprocess.Popen[bytes]) -> None:
        """Wait until a run has asked for so many addresses, or has ended."""
        before = len(self.site.requests)
        end = time.monotonic() + HANG
        while len(self.site.requests) < before + count and process.poll() is None and time.monotonic() < end:
            time.sleep(0.01)

    def asked(self) -> Counter[str]:
        """How often each address was asked for."""
        return Counter(seen.target for seen in self.site.requests)


def whole_lines(folder: Path) -> list[bytes]:
    """Every whole line that is a JSON object, of all JSON Lines files."""
    lines = []
    for path in sorted(folder.glob("output/articles/*.jsonl")):
        lines += [line for line in path.read_bytes().splitlines(keepends=True) if is_article(line)]
    return lines


def is_article(line: bytes) -> bool:
    """Whether a line is a whole JSON object, line end included."""
    try:
        return line.endswith(b"\n") and isinstance(json.loads(line), dict)
    except ValueError:
        return False


def rounds(default: int) -> list[int]:
    """Seeds of the breaks of one kind: a few, or ``TORTURE`` of them."""
    return list(range(int(os.environ.get("TORTURE") or default)))


def dice(kind: str, number: int) -> Random:
    """Chance that is the same every time for one kind and number, so that a failure can be seen again."""
    return Random(f"{kind} {number}")
