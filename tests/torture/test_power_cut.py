"""The power goes: bytes that were not synced are dropped or zeroed, renames that were not synced are undone."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from kcnacrawl.replica import Replica
from tests.torture.crawling import ARTICLES, Broken, dice, rounds, whole_lines
from tests.torture.disk import Disk
from tests.torture.iolog import Event, read_log, strace
from tests.torture.promises import check
from tests.torture.proofs import check_proofs

FEW = 20
"""Articles where several runs are watched."""

CUTS = 4
"""Power cuts tried out of one run, and once more as many when it has done its work."""

SETTINGS: tuple[tuple[str, ...], ...] = (
    ("CONCURRENT_REQUESTS_PER_DOMAIN=8", "CONCURRENT_REQUESTS=16", "DOWNLOAD_DELAY=0"),
    ("WARC_MAX_BYTES=60000",),
)
"""Each set or left alone by chance."""


@dataclass
class Watched:
    """A run that went to its end, and all it did to its disk."""

    folder: Path
    before: dict[str, bytes]
    """Content of each file that was there when it began."""

    events: list[Event]

    def restore(self, moment: int, chance: Random) -> None:
        """Leave in the folder what is there after the power went when so many things had been done."""
        disk = Disk(self.before)
        disk.follow(self.events[:moment])
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        for path, content in disk.cut(chance).items():
            if not path.endswith("-shm"):  # memory shared by processes, no file
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                Path(path).write_bytes(content)


def watch(crawl: Broken, log: Path) -> Watched:
    """Run a crawl that nothing disturbs."""
    files = [path for path in crawl.folder.rglob("output/**/*") if path.is_file()]
    before = {str(path): path.read_bytes() for path in files}
    crawl.end(crawl.start(strace(log)))
    assert crawl.runs[-1].status == 0, crawl.runs[-1].err
    sizes = {path: len(content) for path, content in before.items()}
    return Watched(crawl.folder, before, read_log(log, crawl.folder / "output", crawl.folder, sizes))


def finish(crawl: Broken, moments: Sequence[tuple[Watched, int]], *, concurrency: int = 1) -> None:
    """Run the command again after power cuts at these moments, until it is done; every promise must hold."""
    crawl.site.requests.clear()
    crawl.look()
    crawl.finish()
    check(crawl, refetched=len(crawl.runs) - 1)  # robots.txt is read by each run
    events = [event for watched, moment in moments for event in watched.events[:moment]]
    twice = {event.path for event in events if event.kind == "request"} & (crawl.asked().keys() - {"/robots.txt"})
    assert len(twice) <= (concurrency + 1) * len(moments), twice


@pytest.mark.parametrize("number", rounds(2))
def test_power_cut_at_any_moment(tmp_path: Path, number: int) -> None:
    chance = dice("power cut", number)
    folder = tmp_path / "crawl"
    folder.mkdir()
    with Replica(articles=ARTICLES) as site:
        watched = watch(Broken(folder, site), tmp_path / "io.log")
        events = watched.events
        done = last_transaction(events)
        assert sum(event.kind == "sync" for event in events) > ARTICLES
        for _ in range(CUTS):
            moment = chance.randrange(done)
            watched.restore(moment, chance)
            finish(Broken(folder, site), [(watched, moment)])
        check_proofs(folder)
        for _ in range(CUTS):
            watched.restore(chance.randrange(done, len(events)), chance)
            check_proofs(folder)


@pytest.mark.parametrize("number", rounds(2))
def test_power_cut_of_a_later_night_and_while_it_is_taken_up(tmp_path: Path, number: int) -> None:
    chance = dice("power cut of a later night", number)
    options = [part for some in SETTINGS if chance.random() < 0.5 for one in some for part in ("-s", one)]
    folder = tmp_path / "crawl"
    folder.mkdir()
    with Replica(articles=FEW, validators=chance.random() < 0.5, chunked=chance.random() < 0.5) as site:
        crawl = Broken(folder, site, options)
        assert crawl.end(crawl.start()).status == 0, crawl.runs[-1].err
        earlier = frozenset(whole_lines(folder))
        moments = []
        for log in ("night.log", "recovery.log"):
            watched = watch(Broken(folder, site, options), tmp_path / log)
            moments.append((watched, chance.randrange(last_transaction(watched.events))))
            watched.restore(moments[-1][1], chance)
        concurrency = 8 if SETTINGS[0][0] in options else 1
        finish(Broken(folder, site, options, earlier=earlier), moments, concurrency=concurrency)
        check_proofs(folder)


def last_transaction(events: list[Event]) -> int:
    """Where the writing begins after which the crawl may be on record as done, so that the command begins another."""
    wal = [(place, event.kind) for place, event in enumerate(events) if event.path.endswith("-wal")]
    last = max(place for place, kind in wal if kind == "write")
    synced = max(place for place, kind in wal if kind == "sync" and place < last)
    return next(place for place, kind in wal if kind == "write" and place > synced)
