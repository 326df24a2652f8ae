"""SIGTERM and SIGINT while the crawl waits for something, while it begins, and while it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterable
from itertools import cycle, product
from pathlib import Path

import pytest

from kcnacrawl.replica import Replica
from kcnacrawl.replica.answer import Answer, RawAnswer, Request
from tests.crawl.breaking import wait_for_lines
from tests.torture.crawling import Broken, Ended, dice, rounds
from tests.torture.promises import check, check_lines
from tests.torture.stopping import Struck

SECONDS = 20
"""A run that is asked to end has ended after so many."""

SIGNALS = [signal.SIGTERM, signal.SIGINT]
LISTING = "/article/163/"
FEW = 12
"""Articles: what is tested here does not depend on how many there are."""


def with_signals(cases: Iterable[str]) -> pytest.MarkDecorator:
    """Each case with one of the signals in turn; in ``make torture`` with both."""
    pairs = list(product(cases, SIGNALS)) if "TORTURE" in os.environ else list(zip(cases, cycle(SIGNALS), strict=False))
    return pytest.mark.parametrize(("when", "how"), pairs, ids=[f"{case}, {how.name}" for case, how in pairs])


class Busy(Replica):
    """Asks to be left alone for half an hour, whenever one address is asked for."""

    def __init__(self, status: int, target: str) -> None:
        super().__init__(articles=FEW)
        self.status, self.target = status, target

    def _respond(self, request: Request) -> Answer | RawAnswer:
        if self.target and request.target == self.target:
            return Answer(b"", self.status, headers=(("Retry-After", "1800"),))
        return super()._respond(request)


def wait_for(site: Replica, target: str) -> None:
    """Return when an address was asked for."""
    for _ in range(1200):
        if any(seen.target == target for seen in site.requests):
            return
        time.sleep(0.05)
    raise AssertionError(f"{target} was not asked for")


def stopped(crawl: Broken, process: subprocess.Popen[bytes], *signals: signal.Signals) -> Ended:
    """A run that got these signals: ended in time, without anything open, and not as if it were done."""
    for number in signals:
        process.send_signal(number)
    ended = crawl.end(process, SECONDS)
    crawl.breaks += 1
    assert ended.status == 1, ended.err
    assert "Traceback" not in ended.err
    assert not list(crawl.folder.glob("output/warc/*.open"))
    check_lines(crawl)
    return ended


def goes_on(crawl: Broken, ended: Ended) -> None:
    """The next run takes the crawl up, and does the rest."""
    assert "the same command goes on with it." in ended.err
    crawl.finish()
    assert "Resuming the crawl begun" in crawl.runs[-1].err
    check(crawl)


BUSY = {
    "with 429": (429, LISTING),
    "with 503": (503, LISTING),
    "with 429 for robots.txt": (429, "/robots.txt"),
    "with 503 for robots.txt": (503, "/robots.txt"),
}


@with_signals(BUSY)
def test_while_the_site_wants_to_be_left_alone(tmp_path: Path, when: str, how: signal.Signals) -> None:
    status, target = BUSY[when]
    with Busy(status, target) as site:
        crawl = Broken(tmp_path, site, ("-s", "RETRY_WAIT=600"))
        process = crawl.start()
        wait_for(site, target)
        time.sleep(1)
        ended = stopped(crawl, process, how)
        site.target = ""
        goes_on(crawl, ended)


WAITS = {
    "robots.txt": ("silent", "/robots.txt"),
    "an answer": ("silent", LISTING),
    "the rest of a body": ("stall", LISTING),
    "the end of a body that has none": ("endless_plain", LISTING),
    "the next try after a broken answer": ("drop", LISTING),
    "the next try after a sick one": ("status_500", LISTING),
    "the next try after none": ("reset_at_once", LISTING),
}


@with_signals(WAITS)
def test_while_it_waits_for(tmp_path: Path, when: str, how: signal.Signals) -> None:
    trouble, target = WAITS[when]
    with Replica(articles=FEW) as site:
        site.misbehave(trouble, target)
        crawl = Broken(tmp_path, site, ("-s", "RETRY_WAIT=600", "-s", "DOWNLOAD_TIMEOUT=600"))
        process = crawl.start()
        wait_for(site, target)
        time.sleep(1)
        ended = stopped(crawl, process, how)
        site.behave()
        goes_on(crawl, ended)


@pytest.mark.parametrize("number", rounds(2))
def test_again_while_it_is_ending(tmp_path: Path, number: int) -> None:
    chance = dice("ending", number)
    with Replica(articles=FEW) as site:
        site.misbehave("slow_body", LISTING)
        crawl = Broken(tmp_path, site)
        process = crawl.start()
        wait_for(site, LISTING)
        process.send_signal(chance.choice(SIGNALS))
        time.sleep(chance.uniform(0, 1.5))
        goes_on(crawl, stopped(crawl, process, chance.choice(SIGNALS)))


@pytest.mark.parametrize("number", rounds(2))
def test_while_it_ends_by_itself(tmp_path: Path, number: int) -> None:
    chance = dice("end", number)
    with Replica(articles=FEW) as site:
        crawl = Broken(tmp_path, site)
        process = crawl.start()
        wait_for_lines(tmp_path, FEW)
        time.sleep(chance.uniform(0, 1.0))
        process.send_signal(chance.choice(SIGNALS))
        ended = crawl.end(process, SECONDS)
        crawl.breaks += ended.status != 0
        assert ended.status in (0, 1), ended.err
        assert "Traceback" not in ended.err
        assert not list(tmp_path.glob("output/warc/*.open"))
        crawl.finish()
        check(crawl)


@pytest.mark.parametrize("number", rounds(2))
def test_while_it_begins(tmp_path: Path, number: int) -> None:
    """By SIGTERM alone: while Python loads the program Ctrl-C is a traceback, or passes it by."""
    chance = dice("begin", number)
    with Replica(articles=FEW) as site:
        crawl = Broken(tmp_path, site)
        process = crawl.start()
        time.sleep(chance.uniform(0.1, 2.5))
        process.terminate()
        ended = crawl.end(process, SECONDS)
        # By the signal itself as long as nothing is open; well when it was done before.
        assert ended.status in (0, 1, -signal.SIGTERM), ended.err
        crawl.breaks += ended.status != 0
        assert not list(tmp_path.glob("output/warc/*.open"))
        crawl.finish()
        check(crawl)


BEGINNING = {
    "before arguments are read": "before kcnacrawl.commands.crawl:refuse_settings",
    "before the command runs": "before kcnacrawl.commands.crawl:Command.run",
    "before the loop starts": "before scrapy.crawler:AsyncCrawlerProcess.start",
    "before the catalog is opened": "before kcnacrawl.extensions.begin:open_catalog",
    "after the catalog is opened": "after kcnacrawl.extensions.begin:open_catalog",
    "before the crawl is noted": "before kcnacrawl.catalog.catalog:Catalog.begin",
    "after the crawl is noted": "after kcnacrawl.catalog.catalog:Catalog.begin",
    "when the spider knows its crawl": "after kcnacrawl.spiders.base:SourceSpider.resume",
    "before the WARC file is begun": "before kcnacrawl.archive.writer:WarcWriter._open",
    "after the WARC file is begun": "after kcnacrawl.archive.writer:WarcWriter._open",
    "when the catalog knows the file": "after kcnacrawl.extensions.archive:ArchiveExtension.file_opened",
    "when the first request is made": "after kcnacrawl.middlewares.pace:PaceMiddleware.process_request",
    "when the first answer is on disk": "after kcnacrawl.archive.writer:WarcWriter.sync",
}


@with_signals(BEGINNING)
def test_at_each_step_of_the_beginning(tmp_path: Path, when: str, how: signal.Signals) -> None:
    with Replica(articles=FEW) as site:
        crawl = Struck(tmp_path, site, place=BEGINNING[when], signals=[how])
        ended = crawl.end(crawl.start(), SECONDS)
        crawl.breaks += 1
        crawl.place = ""
        assert (ended.status, "Traceback" in ended.err) == (1, False), ended.err
        assert "The crawl was stopped before it began." in ended.err or "the same command goes on with it." in ended.err
        assert not list(tmp_path.glob("output/warc/*.open"))
        crawl.finish()
        check(crawl)


ENDING = {
    "before the last record": "before kcnacrawl.archive.writer:WarcWriter.end",
    "before the WARC file is closed": "before kcnacrawl.archive.writer:WarcWriter.close",
    "after the WARC file is closed": "after kcnacrawl.archive.writer:WarcWriter.close",
    "when the run is judged": "after kcnacrawl.extensions.report:RunReport.judge",
    "before the manifest is written": "before kcnacrawl.extensions.manifest:end_run",
    "after the manifest is written": "after kcnacrawl.extensions.manifest:end_run",
    "before the catalog knows the end": "before kcnacrawl.catalog.catalog:Catalog.end",
    "after the catalog knows the end": "after kcnacrawl.catalog.catalog:Catalog.end",
    "before the summary is shown": "before kcnacrawl.commands.crawl:print_summary",
    "after the summary is shown": "after kcnacrawl.commands.crawl:print_summary",
}


@with_signals(ENDING)
def test_at_each_step_of_the_end(tmp_path: Path, when: str, how: signal.Signals) -> None:
    """SIGTERM once, SIGINT twice."""
    with Replica(articles=FEW) as site:
        crawl = Struck(tmp_path, site, place=ENDING[when], signals=[how] * SIGNALS.index(how) + [how])
        ended = crawl.end(crawl.start())
        crawl.place = ""
        assert ended.status in (0, 1), ended.err
        assert ended.status == 0 or "it was done" in ended.err
        assert "Traceback" not in ended.err
        assert not list(tmp_path.glob("output/warc/*.open"))
        crawl.breaks += ended.status
        crawl.finish()
        check(crawl)
