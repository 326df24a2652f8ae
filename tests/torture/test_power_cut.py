"""The power goes: bytes that were not synced are dropped or zeroed, renames that were not synced are undone."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from kcnacrawl.replica import Replica
from tests.torture.crawling import ARTICLES, Broken, dice, rounds
from tests.torture.disk import Disk
from tests.torture.iolog import Event, read_log, strace
from tests.torture.promises import check
from tests.torture.proofs import check_proofs

CUTS = 4
"""Power cuts tried out of one run, and once more as many when it has done its work."""


@pytest.mark.parametrize("number", rounds(2))
def test_power_cut_at_any_moment(tmp_path: Path, number: int) -> None:
    chance = dice("power cut", number)
    folder = tmp_path / "crawl"
    folder.mkdir()
    with Replica(articles=ARTICLES) as site:
        watched = Broken(folder, site)
        watched.end(watched.start(strace(tmp_path / "io.log")))
        assert watched.runs[-1].status == 0, watched.runs[-1].err
        events = read_log(tmp_path / "io.log", folder / "output", folder)
        done = last_transaction(events)
        assert sum(event.kind == "sync" for event in events) > ARTICLES
        for _ in range(CUTS):
            moment = chance.randrange(done)
            restore(folder, events[:moment], chance)
            site.requests.clear()
            again = Broken(folder, site)
            again.look()
            again.finish()
            check(again, refetched=len(again.runs) - 1)  # robots.txt is read by each run
            fetched = {event.path for event in events[:moment] if event.kind == "request"} - {"/robots.txt"}
            assert len(fetched & again.asked().keys()) <= 2, fetched & again.asked().keys()
        check_proofs(folder)
        for _ in range(CUTS):
            restore(folder, events[: chance.randrange(done, len(events))], chance)
            check_proofs(folder)


def last_transaction(events: list[Event]) -> int:
    """Where the writing begins after which the crawl may be on record as done, so that the command begins another."""
    wal = [(place, event.kind) for place, event in enumerate(events) if event.path.endswith("-wal")]
    last = max(place for place, kind in wal if kind == "write")
    synced = max(place for place, kind in wal if kind == "sync" and place < last)
    return next(place for place, kind in wal if kind == "write" and place > synced)


def restore(folder: Path, events: list[Event], chance: Random) -> None:
    """Leave in the folder what is there after the power went at the end of *events*."""
    disk = Disk()
    disk.follow(events)
    shutil.rmtree(folder)
    folder.mkdir()
    for path, content in disk.cut(chance).items():
        if not path.endswith("-shm"):  # memory shared by processes, no file
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_bytes(content)
