"""Crawls begin, are broken off and taken up again; only one process runs a crawl."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kcnacrawl.catalog import CatalogError
from kcnacrawl.catalog.crawl import canonical
from tests.catalog.samples import NOW, Archive, pages

ROOT = Path(__file__).resolve().parents[2]


def test_a_crawl_that_ended_is_followed_by_a_new_one(archive: Archive) -> None:
    first, second = archive.crawl(pages(2)), archive.crawl(pages(2))
    catalog = archive.open()
    assert [(crawl.id, crawl.number) for crawl in catalog.crawls()] == [(second, 2), (first, 1)]
    assert catalog.unfinished() == []


def test_a_crawl_that_was_broken_off_is_taken_up_again(archive: Archive) -> None:
    first = archive.crawl(pages(2), end="shutdown", since="2025-01-01")
    (left,) = archive.open().unfinished()
    assert (left.id, left.runs, left.arguments) == (first, 1, '{"since":"2025-01-01"}')
    archive.crawl(pages(2), since="2025-01-01")
    catalog = archive.open()
    (crawl,) = catalog.crawls()
    assert (crawl.id, crawl.runs, crawl.number, crawl.began) == (first, 2, 1, NOW)
    assert catalog.unfinished() == []


def test_other_arguments_or_another_spider_are_another_crawl(archive: Archive) -> None:
    archive.crawl(pages(1), end="shutdown")
    archive.crawl(pages(1), end="shutdown", since="2025-01-01")
    archive.crawl(pages(1), end="shutdown", spider="other")
    assert [crawl.number for crawl in archive.open().unfinished()] == [3, 2, 1]


def test_the_order_of_arguments_does_not_matter() -> None:
    assert canonical({"b": "가", "a": "1"}) == '{"a":"1","b":"가"}' == canonical({"a": "1", "b": "가"})


def test_a_crawl_begun_anew_supersedes_the_broken_one(archive: Archive) -> None:
    archive.crawl(pages(1), end="shutdown")
    catalog = archive.open()
    crawl = catalog.begin("mirror", {}, "20260302040506-abcd", NOW, resume=False)
    assert (crawl.resumed, crawl.number, crawl.runs) == (False, 2, 1)
    catalog.end(crawl.id, crawl.id, "finished", True, NOW)
    assert catalog.unfinished() == []
    catalog.close()
    again = archive.open().begin("mirror", {}, "20260303040506-abcd", NOW)
    assert (again.resumed, again.number) == (False, 3)


BEGIN = """
import sys
import time
from pathlib import Path
from kcnacrawl.catalog import CatalogError, open_catalog
catalog = open_catalog(Path(sys.argv[1]) / "catalog.db", Path(sys.argv[1]) / "warc")
try:
    crawl = catalog.begin(sys.argv[2], {}, sys.argv[3], "2026-03-01T04:05:06Z")
except CatalogError as error:
    sys.exit(str(error))
print(crawl.number, flush=True)
sys.stdin.read()
"""


def begin(archive: Archive, spider: str, run: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN, str(archive.folder), spider, run],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_crawl_runs_once_at_a_time_and_others_beside_it(archive: Archive) -> None:
    with begin(archive, "mirror", "a") as first:
        assert line(first) == "1"
        with begin(archive, "mirror", "b") as second:
            _, said = second.communicate()
            assert second.returncode == 1
            assert said == f"This crawl is already running (process {first.pid}); wait for it or stop it.\n"
        with begin(archive, "other", "c") as other:
            assert line(other) == "2"
            other.communicate()
        first.kill()
        first.communicate()
    with begin(archive, "mirror", "d") as again:
        assert line(again) == "1"
        again.communicate()


def test_many_begin_at_once(archive: Archive) -> None:
    archive.folder.mkdir()
    started = [begin(archive, f"spider{number}", f"run{number}") for number in range(6)]
    numbers = sorted(int(line(process)) for process in started)
    for process in started:
        process.communicate()
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert len(archive.open().crawls()) == 6


def test_a_name_that_is_no_file_name_has_its_lock(archive: Archive) -> None:
    archive.open().begin("../odd name", {"query": "a/b"}, "a", NOW)
    (lock,) = (archive.folder / "locks").glob("*odd*")
    assert lock.parent == archive.folder / "locks"


def test_what_a_crawl_is_asked_for_is_kept(archive: Archive) -> None:
    given = {"query": "소나무 & pine", "limit": "5"}
    crawl = archive.open().begin("mirror", given, "a", NOW)
    assert json.loads(crawl.arguments) == given


def test_the_same_run_cannot_begin_twice(archive: Archive) -> None:
    catalog = archive.open()
    catalog.begin("mirror", {}, "a", NOW)
    with pytest.raises(CatalogError, match=r"^This crawl is already running"):
        catalog.begin("mirror", {}, "b", NOW)


HOLD = """
import fcntl, os, sys, time
descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(descriptor, fcntl.LOCK_EX)
print("ready", flush=True)
sys.stdin.read()
"""


def test_who_waits_for_a_process_that_dies_makes_the_catalog(archive: Archive) -> None:
    archive.crawl(pages(3))
    archive.path.unlink()
    path = archive.folder / "catalog.db.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert line(holder) == "ready"
        with pytest.raises(
            CatalogError, match=r"catalog\.db is in the hands of process \d+; wait for it or stop it\.$"
        ):
            archive.open(patience=0.1)
        assert not archive.path.exists()
        started = [begin(archive, f"spider{number}", f"run{number}") for number in range(3)]
        time.sleep(1)
        holder.kill()
        assert sorted(int(line(process)) for process in started) == [2, 3, 4]
        for process in started:
            process.communicate()
    assert len(list(archive.open().entries_of(archive.open().files()[0].name))) == 3
