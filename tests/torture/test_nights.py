"""Several nights of one archive, with any settings, each broken off in any way; afterwards everything is proven."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from kcnacrawl.replica import Replica
from tests.torture.crawling import Broken, dice, rounds, whole_lines
from tests.torture.promises import check
from tests.torture.proofs import check_proofs

ARTICLES = 20

CONCURRENT = ("CONCURRENT_REQUESTS_PER_DOMAIN=8", "CONCURRENT_REQUESTS=16", "DOWNLOAD_DELAY=0")
SETTINGS: tuple[tuple[str, ...], ...] = (
    CONCURRENT,
    ("WARC_MAX_BYTES=1",),
    ("WARC_MAX_BYTES=60000",),
    ("REQUISITES_ENABLED=False",),
    ("WARC_RENEW_RUNS=2",),
)
"""Each set or left alone by chance."""

WAYS = ("kill", "terminate", "interrupt twice", "no descriptors", "kill early", "size limit", "no space", "EIO")


def wrapper(way: str, chance: Random) -> Sequence[str]:
    """What is put before the command."""
    strace = ["strace", "-f", "-qq", "-o", "/dev/null"]
    if way == "size limit":
        return ["prlimit", f"--fsize={chance.randrange(2_000, 600_000)}"]
    if way == "no space":
        return [
            *strace,
            "-e",
            "trace=writev,pwrite64",
            "-e",
            f"inject=all:error=ENOSPC:when={chance.randrange(1, 150)}+",
        ]
    if way == "EIO":
        call = chance.choice(("fsync", "fdatasync", "rename"))
        most = {"rename": 14}.get(call, 120)
        often = chance.choice(("", "+"))
        return [
            *strace,
            "-e",
            f"trace={call}",
            "-e",
            f"inject={call}:error=EIO:when={chance.randrange(1, most)}{often}",
        ]
    return []


def harm(way: str, crawl: Broken, process: subprocess.Popen[bytes], chance: Random) -> None:
    """Do to a run under way what no wrapper does."""
    if way in ("kill", "terminate", "interrupt twice", "no descriptors"):
        crawl.wait_for_requests(chance.randint(0, 70), process)
        time.sleep(chance.uniform(0, 0.05))
    if way == "kill early":
        time.sleep(chance.uniform(0.2, 2.0))
    if process.poll() is not None:
        return
    if way.startswith("kill"):
        os.killpg(process.pid, signal.SIGKILL)
    elif way == "terminate":
        process.terminate()
    elif way == "interrupt twice":
        process.send_signal(signal.SIGINT)
        time.sleep(chance.uniform(0, 0.4))
        process.send_signal(signal.SIGINT)
    elif way == "no descriptors":
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (3, 3))


def broken_night(crawl: Broken, chance: Random) -> None:
    """One crawl, broken off a few times, and run again until it is done."""
    for _ in range(chance.randint(0, 3)):
        way = chance.choice(WAYS)
        process = crawl.start(wrapper(way, chance))
        harm(way, crawl, process, chance)
        ended = crawl.end(process)
        assert "Traceback" not in ended.err, (way, ended.err)
        if ended.status == 0:
            break
        crawl.breaks += 1
    crawl.finish()


@pytest.mark.parametrize("number", rounds(3))
def test_nights_broken_in_any_way(tmp_path: Path, number: int) -> None:
    chance = dice("nights", number)
    settings = [one for some in SETTINGS if chance.random() < 0.4 for one in some]
    concurrency = 8 if CONCURRENT[0] in settings else 1
    options = [part for setting in settings for part in ("-s", setting)]
    chunked, gzip, validators = (chance.random() < 0.5 for _ in range(3))
    with Replica(articles=ARTICLES, chunked=chunked, gzip=gzip, validators=validators) as site:
        for _ in range(chance.randint(1, 3)):
            site.requests.clear()
            crawl = Broken(tmp_path, site, options, earlier=frozenset(whole_lines(tmp_path)))
            broken_night(crawl, chance)
            check(crawl, concurrency=concurrency)
        check_proofs(tmp_path)
