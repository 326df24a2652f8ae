"""SIGTERM, SIGINT twice, stopped and continued."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from random import Random

import pytest

from kcnacrawl.replica import Replica
from tests.torture.crawling import ARTICLES, Broken, dice, rounds
from tests.torture.promises import check, check_lines

STOPPED = float(os.environ.get("TORTURE_STOP") or 4)
"""Seconds for which a run is stopped; a minute in ``make torture``."""


def under_way(crawl: Broken, chance: Random) -> subprocess.Popen[bytes]:
    """A run that has asked for some addresses, and is not done."""
    process = crawl.start()
    crawl.wait_for_requests(chance.randint(1, 90), process)
    return process


@pytest.mark.parametrize("number", rounds(2))
def test_terminated_once(tmp_path: Path, number: int) -> None:
    chance = dice("terminate", number)
    with Replica(articles=ARTICLES) as site:
        crawl = Broken(tmp_path, site)
        process = under_way(crawl, chance)
        process.terminate()
        ended = crawl.end(process, 20)
        if ended.status:
            crawl.breaks += 1
            assert ended.status == 1, ended.err
            assert "Traceback" not in ended.err
        assert not list(tmp_path.glob("output/warc/*.open"))
        check_lines(crawl)
        crawl.finish()
        check(crawl)


def test_terminated_while_the_server_says_nothing(tmp_path: Path) -> None:
    with Replica(articles=ARTICLES) as site:
        site.misbehave("silent", "/article/163/")
        crawl = Broken(tmp_path, site)
        process = crawl.start()
        while not any(seen.target == "/article/163/" for seen in site.requests):
            time.sleep(0.05)
        process.terminate()
        assert crawl.end(process, 20).status == 1
        crawl.breaks += 1
        assert not list(tmp_path.glob("output/warc/*.open"))
        site.behave()
        crawl.finish()
        check(crawl)


@pytest.mark.parametrize("number", rounds(2))
def test_interrupted_twice(tmp_path: Path, number: int) -> None:
    chance = dice("interrupt", number)
    with Replica(articles=ARTICLES) as site:
        crawl = Broken(tmp_path, site)
        process = under_way(crawl, chance)
        process.send_signal(signal.SIGINT)
        time.sleep(chance.uniform(0.0, 0.2))
        process.send_signal(signal.SIGINT)
        crawl.breaks += crawl.end(process, 20).status != 0
        crawl.finish()
        check(crawl)


@pytest.mark.parametrize("number", rounds(1))
def test_stopped_and_continued(tmp_path: Path, number: int) -> None:
    chance = dice("stop", number)
    with Replica(articles=ARTICLES) as site:
        crawl = Broken(tmp_path, site)
        process = under_way(crawl, chance)
        process.send_signal(signal.SIGSTOP)
        time.sleep(STOPPED)
        process.send_signal(signal.SIGCONT)
        assert crawl.end(process).status == 0, crawl.runs[-1].err
        check(crawl)
