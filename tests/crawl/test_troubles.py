"""What a site can do to a crawl: every page is archived, counted and survived, and the exit status tells."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from kcnacrawl.replica import Replica
from tests.crawl.running import Run, crawl, environment

SMALL = 24


@pytest.fixture
def site() -> Iterator[Replica]:
    with Replica(articles=SMALL) as replica:
        yield replica


def ids(site: Replica) -> list[str]:
    return [article["id"] for article in site.truth()]


def archived(run: Run) -> Counter[tuple[str, str]]:
    """Records by type and target address."""
    with run.warc.open("rb") as file:
        return Counter(
            (record.rec_type, str(record.rec_headers.get_header("WARC-Target-URI"))) for record in ArchiveIterator(file)
        )


@pytest.mark.parametrize("reason", Replica.block_reasons())
def test_a_blocked_article_is_told_and_the_others_come_out(site: Replica, tmp_path: Path, reason: str) -> None:
    victim = ids(site)[4]
    site.block(reason, victim)
    run = crawl(tmp_path, site.url, "-s", "RETRY_TIMES=1")
    assert run.status == 1, run.err[-2000:]
    found = {article["id"] for article in run.articles}
    if reason == "too_many_today":  # a wait longer than RETRY_AFTER_MAX ends the site for this crawl
        assert found < set(ids(site))
        assert "kcnawatch asked for a longer wait than this crawl keeps, so it was left." in run.err
        return
    assert found == set(ids(site)) - {victim}
    (problem,) = run.summary["problems"]
    assert victim.removeprefix("kcnawatch:") in problem["url"]
    assert "blocked" in problem["reason"] or problem["reason"] == "not_fetched"


def test_a_site_that_blocks_everything_is_left_alone(site: Replica, tmp_path: Path) -> None:
    site.block("bot_check", *ids(site))
    run = crawl(tmp_path, site.url, "-s", "RETRY_TIMES=0", "-s", "BLOCKED_PAGES_MAX=3")
    assert run.status == 1
    assert run.summary["reason"] == "blocked"
    assert run.articles == []
    # Three, and what was under way when the third was read: at most CONCURRENT_REQUESTS.
    assert sum("/newstream/1" in seen.target for seen in site.requests) <= 3 + 4


BAD = sorted(Replica.bad_routes())


@dataclass
class Troubled:
    """One crawl of a site on which every misbehaviour has an article of its own."""

    run: Run
    truth: dict[str, dict[str, Any]]
    victims: dict[str, str]
    archived: Counter[tuple[str, str]]


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Troubled]:
    with Replica(articles=4 * len(BAD)) as site:
        truth = {article["id"]: article for article in site.truth()}
        # Character sets of Korea can be told, right or wrong, from Korean text only.
        korean = iter([identity for identity, article in truth.items() if article["language"] == "ko"][::2])
        others = iter([identity for identity, article in truth.items() if article["language"] != "ko"][::2])
        victims = {name: next(korean if name.startswith("charset") else others) for name in BAD}
        for name, victim in victims.items():
            site.misbehave(name, victim)
        run = crawl(
            tmp_path_factory.mktemp("troubled"),
            site.url,
            *("-s", "RETRY_TIMES=0", "-s", "DOWNLOAD_TIMEOUT=3", "-s", "DOWNLOAD_MAXSIZE=8000000"),
            *("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8", "-s", "BLOCKED_PAGES_MAX=0"),
            *("-s", "REQUISITES_ENABLED=False"),  # this is about pages
        )
        yield Troubled(run, truth, victims, archived(run))


def test_misbehaving_pages_cost_no_other(troubled: Troubled) -> None:
    found = {article["id"] for article in troubled.run.articles}
    assert found >= set(troubled.truth) - set(troubled.victims.values()), troubled.run.err[-3000:]
    assert troubled.run.status == 1
    assert "in the program" not in troubled.run.err


@pytest.mark.parametrize("name", BAD)
def test_a_misbehaving_page_is_archived_and_read_right_or_told(troubled: Troubled, name: str) -> None:
    victim = troubled.victims[name]
    key = victim.removeprefix("kcnawatch:")
    assert any(key in url for kind, url in troubled.archived if kind == "request"), "the fetch is not archived"
    articles = [article for article in troubled.run.articles if article["id"] == victim]
    if articles:
        assert articles[0]["title"] == troubled.truth[victim]["title"]
        assert articles[0]["body"] == troubled.truth[victim]["body"]
    else:
        assert any(key in problem["url"] for problem in troubled.run.summary["problems"]), "lost without a word"


def test_a_passing_trouble_is_overcome_and_both_attempts_are_archived(site: Replica, tmp_path: Path) -> None:
    victim = ids(site)[4]
    site.misbehave("drop", victim, times=1)
    run = crawl(tmp_path, site.url)
    assert run.status == 0, run.err[-2000:]
    assert {article["id"] for article in run.articles} == set(ids(site))
    key = victim.removeprefix("kcnawatch:")
    assert sum(count for (kind, url), count in archived(run).items() if kind == "request" and key in url) >= 2


def test_over_tls_everything_is_the_same(tmp_path: Path) -> None:
    with Replica(articles=SMALL, tls=True) as site:
        run = crawl(tmp_path, site.url)
        assert run.status == 0, run.err[-2000:]
        assert {article["id"]: article["body"] for article in run.articles} == {
            article["id"]: article["body"] for article in site.truth()
        }
    with run.warc.open("rb") as file:
        next(records := iter(ArchiveIterator(file)))
        record = next(records)
        assert record.rec_headers.get_header("WARC-Cipher-Suite").startswith("TLS_")


def test_the_second_edition_shows_what_is_gone(site: Replica, tmp_path: Path) -> None:
    site.edition = 2
    gone = [identity for identity, fate in site.lost().items() if fate == "gone"]
    urls = ",".join(f"{site.url}/newstream/{identity.removeprefix('kcnawatch:')}/x" for identity in gone)
    assert gone
    run = crawl(tmp_path, site.url, "-a", f"start_urls={urls}")
    assert run.articles == []
    assert {problem["reason"] for problem in run.summary["problems"]} == {"gone"}


def test_the_delay_is_kept_as_the_server_sees_it(site: Replica, tmp_path: Path) -> None:
    crawl(tmp_path, site.url, "-a", "limit=6", "-s", "DOWNLOAD_DELAY=0.3")
    times = [seen.arrived for seen in site.requests]
    assert len(times) > 6
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.295


def started(folder: Path, site: Replica, delay: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "scrapy", "crawl", "kcnawatch", "-a", f"base_url={site.url}"]
    return subprocess.Popen(
        [*command, "-s", f"DOWNLOAD_DELAY={delay}"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_lines(folder: Path, count: int) -> None:
    for _ in range(600):
        lines = [line for file in folder.glob("output/articles/*.jsonl") for line in file.read_bytes().splitlines()]
        if len(lines) >= count:
            return
        time.sleep(0.05)
    raise AssertionError(f"{count} lines did not come")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_crawl_that_is_stopped_closes_its_files_and_says_so(
    site: Replica, tmp_path: Path, how: signal.Signals
) -> None:
    process = started(tmp_path, site, "0.1")
    wait_for_lines(tmp_path, 3)
    process.send_signal(how)
    out, err = process.communicate(timeout=30)
    run = Run(tmp_path, process.returncode, out, err)
    assert run.status == 1
    assert "The crawl was ended before it was done (shutdown); the same command goes on with it." in err
    assert len(run.articles) >= 3
    assert run.warc.exists()


def test_a_killed_crawl_leaves_whole_lines_and_a_readable_archive(site: Replica, tmp_path: Path) -> None:
    process = started(tmp_path, site, "0.05")
    wait_for_lines(tmp_path, 5)
    process.kill()
    process.communicate(timeout=30)
    (file,) = (tmp_path / "output/articles").glob("*.jsonl")
    articles = [json.loads(line) for line in file.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    assert len(articles) >= 5
    (warc,) = (tmp_path / "output/warc").glob("*.warc.gz.open")
    with warc.open("rb") as stream:
        records = {record.rec_headers.get_header("WARC-Record-ID") for record in ArchiveIterator(stream)}
    assert {article["receipt"]["record_id"] for article in articles} <= records


def test_stopped_twice_it_still_closes_its_files_and_gives_account(site: Replica, tmp_path: Path) -> None:
    site.misbehave("silent", ids(site)[6])
    process = started(tmp_path, site, "0.05")
    wait_for_lines(tmp_path, 3)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    run = Run(tmp_path, process.returncode, out, err)
    assert run.status == 1
    assert run.warc.exists()
    assert run.summary["did_what_was_asked"] is False
    assert run.summary["articles"] == len(run.articles)


def test_a_named_article_that_is_gone_is_a_failure(site: Replica, tmp_path: Path) -> None:
    good = ids(site)[0].removeprefix("kcnawatch:")
    run = crawl(tmp_path, site.url, "-a", f"start_urls={site.url}/newstream/{good}/,{site.url}/newstream/1400000000-1/")
    assert run.status == 1
    assert len(run.articles) == 1


def test_a_source_asked_for_by_id_gives_no_other(site: Replica, tmp_path: Path) -> None:
    run = crawl(tmp_path, site.url, "-a", "source=156")
    assert run.status == 0, run.err[-2000:]
    assert {article["source_label"] for article in run.articles} == {"KCNA.kp (En)"}
    assert {article["id"] for article in run.articles} == {
        article["id"] for article in site.truth() if article["source_label"] == "KCNA.kp (En)"
    }


def test_the_time_allowed_for_an_answer_is_the_one_set(site: Replica, tmp_path: Path) -> None:
    victim = ids(site)[4]
    site.misbehave("silent", victim)
    run = crawl(tmp_path, site.url, "-s", "DOWNLOAD_TIMEOUT=1", "-s", "RETRY_TIMES=0")
    (problem,) = run.summary["problems"]
    assert problem["sentence"].endswith("took longer than 1.0 seconds.")


def test_articles_are_fetched_in_the_order_of_the_listing(site: Replica, tmp_path: Path) -> None:
    run = crawl(tmp_path, site.url, "-a", "limit=5")
    fetched = sorted(run.articles, key=lambda article: article["fetched_at"])
    published = [article["published"] for article in fetched]
    assert published == sorted(published, reverse=True)
