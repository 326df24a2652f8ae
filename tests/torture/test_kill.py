"""SIGKILL at random moments."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from kcnacrawl.replica import Replica
from tests.torture.crawling import ARTICLES, Broken, dice, rounds
from tests.torture.promises import check


@pytest.mark.parametrize("number", rounds(3))
def test_killed_again_and_again(tmp_path: Path, number: int) -> None:
    chance = dice("kill", number)
    with Replica(articles=ARTICLES) as site:
        crawl = Broken(tmp_path, site)
        # All together fewer requests than the crawl makes: it is never done before it is killed.
        for _ in range(chance.randint(1, 4)):
            process = crawl.start()
            crawl.wait_for_requests(chance.randint(0, 35), process)
            time.sleep(chance.uniform(0, 0.05))
            os.killpg(process.pid, signal.SIGKILL)
            crawl.breaks += crawl.end(process).status != 0
        crawl.finish()
        check(crawl)
