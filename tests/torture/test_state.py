"""Between two runs: the catalog and other state damaged, the clock set, a second run begun."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from random import Random

import pytest

from kcnacrawl.replica import Replica
from tests.torture.crawling import ARTICLES, Broken, Ended, dice, rounds
from tests.torture.promises import check

STATE = ("output/catalog.db", "output/catalog.db-wal", "output/catalog.db-shm")


def kill_after(crawl: Broken, requests: int) -> None:
    """Kill a run after so many requests."""
    process = crawl.start()
    crawl.wait_for_requests(requests, process)
    os.killpg(process.pid, signal.SIGKILL)
    crawl.breaks += crawl.end(process).status != 0


def damage(path: Path, how: str, chance: Random) -> None:
    """Damage a file."""
    data = bytearray(path.read_bytes())
    if how == "truncated":
        del data[chance.randrange(len(data) + 1) :]
    elif how == "zeroed":
        start = chance.randrange(len(data) + 1)
        data[start : start + 8192] = bytes(len(data[start : start + 8192]))
    elif how == "flipped" and data:
        for _ in range(chance.randint(1, 20)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


@pytest.mark.parametrize("how", ["truncated", "zeroed", "flipped"])
@pytest.mark.parametrize("number", rounds(2))
def test_damaged_state(tmp_path: Path, number: int, how: str) -> None:
    chance = dice(f"state {how}", number)
    with Replica(articles=ARTICLES) as site:
        crawl = Broken(tmp_path, site)
        kill_after(crawl, chance.randint(1, 100))
        for name in STATE:
            if (tmp_path / name).exists() and chance.random() < 0.7:
                damage(tmp_path / name, how, chance)
        crawl.finish()
        check(crawl)


def test_state_is_gone(tmp_path: Path) -> None:
    with Replica(articles=ARTICLES) as site:
        crawl = Broken(tmp_path, site)
        kill_after(crawl, 50)
        for name in STATE:
            (tmp_path / name).unlink(missing_ok=True)
        crawl.finish()
        check(crawl)


@pytest.mark.parametrize("number", rounds(1))
@pytest.mark.parametrize("clock", ["-1d", "+365d"])
def test_clock_set(tmp_path: Path, number: int, clock: str) -> None:
    chance = dice(f"clock {clock}", number)
    with Replica(articles=ARTICLES) as site:
        crawl = Broken(tmp_path, site)
        kill_after(crawl, chance.randint(1, 60))
        process = crawl.start(["faketime", "-f", clock], {"FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        crawl.wait_for_requests(chance.randint(1, 60), process)
        os.killpg(process.pid, signal.SIGKILL)
        crawl.breaks += crawl.end(process).status != 0
        crawl.finish()
        check(crawl)


@pytest.mark.parametrize("number", rounds(2))
def test_two_at_once(tmp_path: Path, number: int) -> None:
    chance = dice("two", number)
    with Replica(articles=ARTICLES) as site:
        first, second = Broken(tmp_path, site), Broken(tmp_path, site, runs=[Ended(0, "")])
        processes = [first.start()]
        time.sleep(chance.uniform(0.0, 0.5))
        processes.append(second.start())
        ended = [crawl.end(process) for crawl, process in zip((first, second), processes, strict=True)]
        refused, done = sorted(ended, key=lambda run: -run.status)
        assert (done.status, refused.status) == (0, 1), ended
        assert "is already running" in refused.err
        check(first, refetched=0)
