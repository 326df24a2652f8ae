"""A crawl that was broken off goes on with the same command, and ends as if nothing had happened."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from kcnacrawl.replica import Replica
from tests.crawl.breaking import (
    again,
    articles,
    asked_again,
    begin,
    broken_off,
    check_done,
    finish,
    truth,
    wait_for_lines,
)

SMALL = 30


@pytest.fixture
def site() -> Iterator[Replica]:
    with Replica(articles=SMALL) as site:
        yield site


@pytest.mark.parametrize("lines", [1, 9, 25])
def test_killed_and_run_again(site: Replica, tmp_path: Path, lines: int) -> None:
    broken_off(tmp_path, site, lines=lines)
    run = again(tmp_path, site)
    assert run.status == 0, run.err
    assert "Resuming the crawl begun" in run.err
    assert f"articles: {SMALL} (" in run.err
    assert "of them before the break)" in run.err
    check_done(tmp_path, site)
    assert asked_again(site) <= 2
    assert len(list((tmp_path / "output/articles").iterdir())) == 1


def test_killed_three_times(site: Replica, tmp_path: Path) -> None:
    for lines in (5, 12, 20):
        broken_off(tmp_path, site, lines=lines)
    assert again(tmp_path, site).status == 0
    check_done(tmp_path, site)
    assert asked_again(site) <= 3 * 2


def test_what_is_done_is_not_resumed(site: Replica, tmp_path: Path) -> None:
    assert again(tmp_path, site).status == 0
    run = again(tmp_path, site)
    assert run.status == 0
    assert "Resuming" not in run.err
    assert len(list((tmp_path / "output/articles").iterdir())) == 2


@pytest.mark.parametrize("damage", ["gone", "truncated", "zeroed"])
def test_the_catalog_may_be_lost(site: Replica, tmp_path: Path, damage: str) -> None:
    broken_off(tmp_path, site)
    catalog = tmp_path / "output/catalog.db"
    for beside in ("-wal", "-shm"):
        catalog.with_name(catalog.name + beside).unlink(missing_ok=True)
    size = catalog.stat().st_size
    if damage == "gone":
        catalog.unlink()
    else:
        catalog.write_bytes(b"" if damage == "truncated" else bytes(size))
    run = again(tmp_path, site)
    assert run.status == 0, run.err
    assert "Resuming the crawl begun" in run.err
    check_done(tmp_path, site)
    assert asked_again(site) <= 2


def test_other_arguments_are_another_crawl(site: Replica, tmp_path: Path) -> None:
    broken_off(tmp_path, site)
    run = again(tmp_path, site, "-a", "limit=3")
    assert run.status == 0, run.err
    assert "Resuming" not in run.err
    assert again(tmp_path, site).status == 0
    assert len(list((tmp_path / "output/articles").iterdir())) == 2


def test_a_new_crawl_can_be_asked_for(site: Replica, tmp_path: Path) -> None:
    broken_off(tmp_path, site)
    run = again(tmp_path, site, "-s", "CRAWL_RESUME=False")
    assert run.status == 0, run.err
    assert "Resuming" not in run.err
    newest = max((tmp_path / "output/articles").iterdir())
    assert articles(tmp_path, str(newest.relative_to(tmp_path))) == truth(site)
    assert "Resuming" not in again(tmp_path, site).err


def test_the_same_crawl_does_not_run_twice_at_once(site: Replica, tmp_path: Path) -> None:
    process = begin(tmp_path, site, delay=0.2)
    wait_for_lines(tmp_path, 1)
    site.requests.clear()
    run = again(tmp_path, site)
    assert run.status == 1
    assert "This crawl is already running" in run.err
    assert "Traceback" not in run.err
    other = again(tmp_path, site, "-a", "limit=2")
    assert other.status == 0, other.err
    process.kill()
    process.communicate()


def test_the_limit_counts_what_came_before(site: Replica, tmp_path: Path) -> None:
    broken_off(tmp_path, site, "-a", "limit=12", lines=5)
    run = again(tmp_path, site, "-a", "limit=12")
    assert run.status == 0, run.err
    assert articles(tmp_path).total() == len(articles(tmp_path)) == 12


def test_a_limit_reached_before_the_break_asks_for_nothing(site: Replica, tmp_path: Path) -> None:
    broken_off(tmp_path, site, "-a", "limit=20", lines=6)
    (file,) = (tmp_path / "output/articles").iterdir()
    first = again(tmp_path, site, "-a", "limit=20")
    assert first.status == 0
    assert len(file.read_bytes().splitlines()) == 20


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_goes_on_later(site: Replica, tmp_path: Path, how: signal.Signals) -> None:
    process = begin(tmp_path, site, delay=1)
    wait_for_lines(tmp_path, 1)
    process.send_signal(how)
    stopped = finish(tmp_path, process, 20)
    assert stopped.status == 1
    assert "the same command goes on with it" in stopped.err
    assert not list(tmp_path.glob("output/warc/*.open"))
    assert again(tmp_path, site).status == 0
    check_done(tmp_path, site)
    assert asked_again(site) <= 2


def test_a_server_that_says_nothing_does_not_delay_the_end(site: Replica, tmp_path: Path) -> None:
    victim = list(truth(site))[4]
    site.misbehave("silent", victim)
    process = begin(tmp_path, site)
    while not any(victim.removeprefix("kcnawatch:") in seen.target for seen in site.requests.copy()):
        assert process.poll() is None
    process.terminate()
    stopped = finish(tmp_path, process, 20)
    assert stopped.status == 1
    assert not list(tmp_path.glob("output/warc/*.open"))
    site.behave()
    run = again(tmp_path, site)
    assert run.status == 0, run.err
    check_done(tmp_path, site)


def test_a_site_that_rests_does_not_delay_the_end(site: Replica, tmp_path: Path) -> None:
    process = begin(tmp_path, site, delay=300)
    while not site.requests:
        assert process.poll() is None
        time.sleep(0.05)
    time.sleep(0.5)  # now the site rests
    process.terminate()
    assert finish(tmp_path, process, 20).status == 1
    assert not list(tmp_path.glob("output/warc/*.open"))


def test_resumed_pages_do_not_wait_for_their_turn(site: Replica, tmp_path: Path) -> None:
    broken_off(tmp_path, site, lines=25)
    before = len(site.requests)
    run = finish(tmp_path, begin(tmp_path, site, delay=0.3))
    assert run.status == 0, run.err
    fetched = site.requests
    times = [seen.arrived for seen in list(fetched)[before:]]
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.295
    check_done(tmp_path, site)


def test_failing_pages_are_asked_again(site: Replica, tmp_path: Path) -> None:
    victim = list(truth(site))[2]
    site.misbehave("drop", victim, times=3)
    broken_off(tmp_path, site, lines=8)
    run = again(tmp_path, site)
    assert run.status == 0, run.err
    assert set(articles(tmp_path)) == set(truth(site))


def test_a_run_tells_what_it_did(site: Replica, tmp_path: Path) -> None:
    broken_off(tmp_path, site, lines=10)
    before = articles(tmp_path).total()
    assert again(tmp_path, site).status == 0
    (summary,) = [json.loads(file.read_text("utf-8")) for file in (tmp_path / "output/runs").glob("*[0-9a-f].json")]
    assert summary["articles"] == SMALL
    assert summary["articles_before"] >= before - 1
    assert summary["crawl"] != summary["run"]
    assert summary["did_what_was_asked"] is True


def test_without_an_archive_nothing_is_resumed(site: Replica, tmp_path: Path) -> None:
    broken_off(tmp_path, site, "-s", "WARC_ENABLED=False")
    run = again(tmp_path, site, "-s", "WARC_ENABLED=False")
    assert run.status == 0, run.err
    assert not (tmp_path / "output/catalog.db").exists()
    shutil.rmtree(tmp_path / "output")


def test_a_run_that_adds_nothing_names_what_the_killed_one_wrote(site: Replica, tmp_path: Path) -> None:
    # Its style sheets come after its line, and none of its photos.
    plain = next(article["id"] for article in site.truth() if not article["photos"])
    url = f"{site.url}/newstream/{plain.removeprefix('kcnawatch:')}/"
    process = begin(tmp_path, site, "-a", f"start_urls={url}", "-s", "REQUISITES_ENABLED=True", delay=0.5)
    wait_for_lines(tmp_path, 1)
    process.kill()
    process.communicate()
    (file,) = (tmp_path / "output/articles").iterdir()
    run = again(tmp_path, site, "-a", f"start_urls={url}")
    assert run.status == 0, run.err
    assert "articles: 1 (1 of them before the break)" in run.err
    assert run.summary["articles_files"] == [str(file.relative_to(tmp_path))]
    (manifest,) = (tmp_path / "output/runs").glob("*.manifest.json")
    assert f"articles/{file.name}" in {one["path"] for one in json.loads(manifest.read_text())["files"]}
