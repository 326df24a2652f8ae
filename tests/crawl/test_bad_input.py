"""What a user can get wrong: one sentence, the right exit status, no request."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from kcnacrawl.replica import Replica
from tests.crawl.running import crawl, environment, scrapy


@pytest.fixture(scope="module")
def site() -> Iterator[Replica]:
    with Replica(articles=12) as replica:
        yield replica


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("-a", "since=yesterday"), "since='yesterday' is not a day"),
        (("-a", "source=nobody"), "source='nobody' is unknown"),
        (("-a", "colour=red"), "There is no argument 'colour'"),
        (("-s", "DOWNLOAD_DELAY=slow"), "The setting DOWNLOAD_DELAY='slow' is not a number."),
        (("-s", "DOWNLAOD_DELAY=3"), "There is no setting DOWNLAOD_DELAY; did you mean DOWNLOAD_DELAY?"),
        (("-s", "LOG_LEVEL=LOUD"), "The setting LOG_LEVEL='LOUD' is not DEBUG"),
        (("-s", "DOWNLOAD_TIMEOUT=0"), "The setting DOWNLOAD_TIMEOUT='0' must be a number, 1 or more."),
        (("-s", "FEEDS={}"), "The setting FEEDS is empty"),
        (("-o", "/proc/articles.jsonl"), "The output /proc/articles.jsonl cannot be opened"),
        (("-a", "since=0001-01-01"), "since=0001-01-01 is before there was an agency"),
        (("extra",), "Name one spider and nothing else, not 'kcnawatch extra'"),
        (("-s", "WARC_COMPRESSION_LEVEL=99"), "must be a whole number, between 1 and 12"),
        (("-s", "WARC_ENABLED=perhaps"), "The setting WARC_ENABLED='perhaps' is neither True nor False."),
        (("-s", "HTTPCACHE_ENABLED=True"), "HTTPCACHE_ENABLED and WARC_ENABLED are both on"),
        (("-s", "CONTACT=평양"), "The setting CONTACT='평양' must be an address or a page in ASCII"),
        (("-s", "REQUISITES_HOSTS=https://fonts.example.org/"), "write host or host:port, without http:// and path."),
        (("-s", "RUNS_DIR=file.txt/runs"), "file.txt is a file, so nothing can be written there."),
        (("-o", "file.txt/a.jsonl"), "file.txt is a file, so nothing can be written there."),
        (("-o", "folder.jsonl"), "The output folder.jsonl is a folder"),
        (("-a", "nonsense"), "Invalid -a value"),
        (("-o", "articles.xyz"), "Unrecognized output format 'xyz'"),
    ],
)
def test_a_wrong_word_is_told_before_any_request(
    site: Replica, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "file.txt").write_text("in the way")
    (tmp_path / "folder.jsonl").mkdir()
    site.requests.clear()
    run = crawl(tmp_path, site.url, *arguments)
    assert run.status == 2
    assert sentence in run.err
    assert "Traceback" not in run.err
    assert not site.requests
    assert not (tmp_path / "output").exists()


def test_an_unknown_spider_names_the_known_ones(tmp_path: Path) -> None:
    run = scrapy(tmp_path, "crawl", "kcnawach")
    assert run.status == 2
    assert "There is no spider 'kcnawach'; the spiders are: kcnawatch." in run.err


def test_a_full_disk_stops_the_crawl_and_what_was_written_stays(site: Replica, tmp_path: Path) -> None:
    # A file may grow to 300 kB, as if the disk were full there.
    command = [sys.executable, "-m", "scrapy", "crawl", "kcnawatch", "-a", f"base_url={site.url}"]
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 300; exec "$@"', "-", *command, "-s", "DOWNLOAD_DELAY=0"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("scrapy crawl: ")
    assert ".warc.gz.open cannot be written: File too large." in last or "catalog.db cannot be " in last
    (warc,) = (tmp_path / "output/warc").iterdir()
    with warc.open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file)]
    assert kinds[0] == "warcinfo"
    assert "response" in kinds


def test_nobody_listening_is_a_failed_crawl(tmp_path: Path) -> None:
    run = crawl(tmp_path, "http://127.0.0.1:9", "-s", "RETRY_TIMES=0")
    assert run.status == 1
    assert run.err.splitlines()[-1] == (
        "scrapy crawl: robots.txt of 127.0.0.1:9 could not be read, so nothing was fetched there: "
        "the server did not answer at all, connection refused."
    )
    assert run.summary["did_what_was_asked"] is False


def test_an_output_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    with Replica(articles=6) as site:
        run = crawl(tmp_path, site.url, "-o", "/proc/nowhere/articles.jsonl")
    sentence = "The articles file /proc/nowhere/articles.jsonl cannot be opened: No such file or directory."
    assert run.status == 1
    assert [line for line in run.err.splitlines() if line.startswith("scrapy crawl: ")] == [f"scrapy crawl: {sentence}"]
    assert "Traceback" not in run.err
    assert "Stored" not in run.err
