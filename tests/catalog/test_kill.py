"""Killed at any moment, a catalog is whole and holds what was committed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kcnacrawl.catalog.rebuilding import rebuild_catalog
from tests.catalog.samples import SITE, Archive, pages
from tests.catalog.tables import tables

ROOT = Path(__file__).resolve().parents[2]

COMMIT = """
import sys
from pathlib import Path
from kcnacrawl.archive.writer import WarcWriter
from tests.catalog.samples import NOW, SITE, Archive, exchange
archive = Archive(Path(sys.argv[1]))
catalog = archive.open()
run = sys.argv[2]
crawl = catalog.begin("mirror", {}, run, NOW)
info = {"crawl": crawl.id, "run": run, "run-number": str(crawl.number), "began": crawl.began, "isPartOf": "mirror"}
writer = WarcWriter(
    archive.warc,
    "mirror",
    info=info | {"arguments": "{}", "software": "kcnacrawl/0"},
    max_bytes=30_000,
    on_open=lambda name: catalog.add_file(name, crawl.id, run),
    on_close=lambda path: (
        catalog.commit(writer.take_entries()),
        catalog.close_file(path.name, path.stat().st_size),
    ),
)
for number in range(10**9):
    page = f"/{run}/{number}"
    writer.write(exchange(page, f"The text of page {number} in run {run}. " * 40))
    writer.sync()
    catalog.commit(writer.take_entries(), asked=[SITE + page + "?"], answered=[SITE + page])
    print(page, flush=True)
"""


def kill_while_it_commits(archive: Archive, run: str, dice: random.Random) -> list[str]:
    """The pages that the process had committed, as it said itself."""
    with subprocess.Popen(
        [sys.executable, "-c", COMMIT, str(archive.folder), run], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline()]
        time.sleep(dice.random() / 5)
        process.send_signal(signal.SIGKILL)
        said += process.stdout.readlines()
    return [page.strip() for page in said if page.endswith("\n")]


@pytest.mark.parametrize("seed", range(3))
def test_a_kill_while_it_commits(archive: Archive, seed: int) -> None:
    dice = random.Random(seed)
    committed: dict[str, list[str]] = {}
    for turn in range(3):
        run = f"20260301{turn:06d}-abcd"
        committed[run] = kill_while_it_commits(archive, run, dice)
        catalog = archive.open()
        (crawl,) = catalog.unfinished()
        assert (crawl.id, crawl.runs) == ("20260301000000-abcd", turn + 1)
        for pages_of_run in committed.values():
            for page in pages_of_run:
                assert catalog.capture(crawl.id, SITE + page, before_run="none") is not None, page
        assert catalog.waiting(crawl.id) >= sum(map(len, committed.values()))
        catalog.close()
    assert not any("catalog.db" in sentence for sentence in archive.told)
    kept = tables(archive.path)
    rebuild_catalog(archive.path, archive.warc, notify=archive.told.append, progress=lambda read, total: None)
    assert tables(archive.path) == kept


REBUILD = """
import sys
from pathlib import Path
from kcnacrawl.catalog import reading
from kcnacrawl.catalog.rebuilding import rebuild_catalog
reading.LEAST = 0  # so that several processes read
folder = Path(sys.argv[1])

def progress(read, total):
    print("ready", flush=True)

while True:
    rebuild_catalog(folder / "catalog.db", folder / "warc", notify=print, progress=progress)
"""


def test_a_kill_while_it_is_made_anew(archive: Archive) -> None:
    archive.crawl(pages(60), max_bytes=5_000)
    kept = tables(archive.path)
    dice = random.Random(5)
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", REBUILD, str(archive.folder)], cwd=ROOT, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(dice.random() / 10)
            process.kill()
        assert tables(archive.path) == kept
    archive.open().close()
    rebuild_catalog(archive.path, archive.warc, notify=archive.told.append, progress=lambda read, total: None)
    assert tables(archive.path) == kept
    assert sorted(path.name for path in archive.folder.iterdir()) == ["catalog.db", "catalog.db.lock", "locks", "warc"]


def test_readers_and_writers_at_once(archive: Archive) -> None:
    """Two processes write while a third one looks; nobody is told that the catalog is locked."""
    archive.crawl(pages(2), spider="other")
    script = COMMIT.replace('"mirror", {}', "sys.argv[3], {}").replace("range(10**9)", "range(150)")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(archive.folder), f"2026030100000{number}-abcd", f"spider{number}"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for number in range(2)
    ]
    catalog = archive.open()
    while any(process.poll() is None for process in started):
        assert catalog.latest(SITE + "/1") is not None
        time.sleep(0.02)
    catalog.close()
    for process in started:
        _, said = process.communicate()
        assert (process.returncode, said) == (0, b"")
    assert len(tables(archive.path)["captures"]) == 302
