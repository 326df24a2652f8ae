"""What pages need to be seen, in real crawls: fetched once, after its page, politely; photos have their receipts."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import orjson
import pytest
from warcio.archiveiterator import ArchiveIterator

from kcnacrawl.replica import Replica
from tests.crawl.running import Run, crawl, environment, scrapy

SMALL = 24
THEME = "/wp-content/themes/kcnawatch"


@pytest.fixture
def site() -> Iterator[Replica]:
    with Replica(articles=SMALL) as replica:
        yield replica


@pytest.fixture(scope="module")
def shared() -> Iterator[Replica]:
    with Replica(articles=SMALL) as replica:
        yield replica


@pytest.fixture(scope="module")
def whole(shared: Replica, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return crawl(tmp_path_factory.mktemp("whole"), shared.url)


def photos(run: Run) -> list[dict[str, Any]]:
    return [photo for article in run.articles for photo in article["photos"]]


def asked(site: Replica) -> list[str]:
    return [seen.target for seen in site.requests]


def stats_of(run: Run) -> dict[str, Any]:
    """Statistics of the newest run in a folder."""
    newest = max((run.folder / "output/runs").glob("*-????.json"), key=lambda path: path.stat().st_mtime)
    stats: dict[str, Any] = json.loads(newest.read_text("utf-8"))["stats"]
    return stats


def warcs(run: Run) -> list[Path]:
    return sorted((run.folder / "output/warc").glob("*.warc.gz"))


def test_pages_are_archived_with_all_that_they_need(shared: Replica, whole: Run) -> None:
    assert whole.status == 0, whole.err[-2000:]
    once = Counter(asked(shared))
    for path in ("style.css?ver=4.2", "css/base.css?ver=4.2", "css/grid.css?ver=4.2", "js/main.js?ver=4.2"):
        assert once[f"{THEME}/{path}"] == 1
    # Through a style sheet, and through one that it imports.
    assert once[f"{THEME}/images/paper.png"] == once[f"{THEME}/fonts/marks.woff2"] == 1
    # Old formats are not loaded by any browser, and what a comment names by none.
    assert not any("marks.eot" in target or "never.png" in target for target in once)
    assert max(once.values()) == 1


def test_the_summary_tells_what_was_fetched_for_pages(shared: Replica, whole: Run) -> None:
    parts = sum(target.startswith("/wp-content/") for target in asked(shared))
    assert f"; page requisites: {parts} fetched; photos: {len(photos(whole))} of {len(photos(whole))};" in whole.err
    followed = stats_of(whole)["redirect/followed"]
    assert f"; pages fetched: {len(shared.requests) - parts - followed};" in whole.err


def test_the_archive_tells_what_needed_a_file(shared: Replica, whole: Run) -> None:
    told = {}
    with whole.warc.open("rb") as file:
        target = ""
        for record in ArchiveIterator(file):
            target = record.rec_headers.get_header("WARC-Target-URI") or target
            if record.rec_type == "metadata":
                told[target.removeprefix(shared.url)] = record.content_stream().read().decode()
    style = told[f"{THEME}/style.css?ver=4.2"]
    assert "hopsFromSeed: E\r\n" in style
    assert f"via: {shared.url}/" in style
    font = told[f"{THEME}/fonts/marks.woff2"]
    assert "hopsFromSeed: EEE\r\n" in font
    assert f"via: {shared.url}{THEME}/css/base.css?ver=4.2\r\n" in font


def test_every_photo_has_the_digest_and_the_receipt_of_its_bytes(shared: Replica, whole: Run) -> None:
    found = photos(whole)
    assert len(found) == sum(len(article["photos"]) for article in shared.truth()) > 10
    for photo in found:
        with urlopen(photo["url"]) as answer:
            body = answer.read()
        assert photo["sha256"] == sha256(body).hexdigest()
        with (whole.folder / "output/warc" / photo["receipt"]["warc"]).open("rb") as file:
            file.seek(photo["receipt"]["offset"])
            record = next(ArchiveIterator(file))
            assert record.rec_headers.get_header("WARC-Record-ID") == photo["receipt"]["record_id"]
            assert record.rec_headers.get_header("WARC-Target-URI") == photo["url"]
            assert record.content_stream().read() == body


def test_what_a_page_needs_comes_before_other_pages(shared: Replica, whole: Run) -> None:
    targets = asked(shared)
    for article in whole.articles:
        page = next(i for i, target in enumerate(targets) if article["id"].removeprefix("kcnawatch:") in target)
        for photo in article["photos"]:
            place = targets.index(photo["url"].removeprefix(shared.url))
            between = [target for target in targets[page + 1 : place] if "/newstream/1" in target]
            # One may have been on its way when the page came.
            assert len(between) <= 1, (article["id"], between)


def test_reextraction_gives_photos_the_same_receipts(whole: Run) -> None:
    again = scrapy(whole.folder, "reextract", str(whole.warc), "-o", "again.jsonl")
    assert again.status == 0, again.err
    lines = [orjson.loads(line) for line in (whole.folder / "again.jsonl").read_bytes().splitlines()]
    assert {line["id"]: line for line in lines} == {article["id"]: article for article in whole.articles}


def test_a_later_crawl_asks_for_nothing_that_is_on_record(site: Replica, tmp_path: Path) -> None:
    crawl(tmp_path, site.url)
    site.requests.clear()
    run = crawl(tmp_path, site.url)
    assert run.status == 0, run.err[-2000:]
    assert not any("/wp-content/" in target for target in asked(site))
    assert stats_of(run)["requisites/known"] > 20
    first, second = (run.articles[:SMALL], run.articles[SMALL:])
    linked = {article["id"]: article["photos"] for article in first}
    assert {article["id"]: article["photos"] for article in second} == linked
    # The second night's file alone: its photos lie in the first night's, beside it.
    again = scrapy(tmp_path, "reextract", str(warcs(run)[1]), "-o", "again.jsonl")
    assert again.status == 0, again.err
    lines = [orjson.loads(line) for line in (tmp_path / "again.jsonl").read_bytes().splitlines()]
    assert {line["id"]: line for line in lines} == {article["id"]: article for article in second}


def test_what_was_removed_from_the_archive_is_asked_for_again(site: Replica, tmp_path: Path) -> None:
    first = crawl(tmp_path, site.url)
    first.warc.unlink()
    site.requests.clear()
    run = crawl(tmp_path, site.url)
    assert f"{THEME}/style.css?ver=4.2" in asked(site)
    for article in run.articles[SMALL:]:
        for photo in article["photos"]:
            assert photo["receipt"]["warc"] == warcs(run)[0].name


def test_a_setting_turns_it_off(site: Replica, tmp_path: Path) -> None:
    run = crawl(tmp_path, site.url, "-s", "REQUISITES_ENABLED=False")
    assert run.status == 0, run.err[-2000:]
    assert not any("/wp-content/" in target for target in asked(site))
    assert {(photo["sha256"], photo["receipt"]) for photo in photos(run)} == {(None, None)}
    assert stats_of(run)["photos/missing/off"] == len(photos(run))


def test_a_limit_still_brings_the_photos_of_its_articles(site: Replica, tmp_path: Path) -> None:
    # While the pictures of the last article come slowly, there is time to ask for pages that nobody wants.
    for article in list(site.truth())[:8]:
        for photo in article["photos"][-1:]:
            site.misbehave("slow", photo["url"])
    run = crawl(tmp_path, site.url, "-a", "limit=5", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=2")
    assert run.status == 0, run.err[-2000:]
    assert run.summary["reason"] == "limit"
    assert len(run.articles) == 5
    assert photos(run)
    assert all(photo["sha256"] and photo["receipt"] for photo in photos(run))
    assert f"{THEME}/fonts/marks.woff2" in asked(site)
    # No more pages than were under way when the fifth article was read.
    assert sum("/newstream/1" in target for target in asked(site)) <= 5 + 3


TROUBLES = {
    "drop": "cut_off",
    "silent": "timeout",
    "status_410": "status_410",
    "endless_plain": "too_large",
    "gzip_flipped": "undecodable",
    "redirect_pair": "redirect",
    "json": "no_picture",
}


def test_a_file_that_cannot_be_had_fails_nothing(site: Replica, tmp_path: Path) -> None:
    lost = [photo["url"] for article in site.truth() for photo in article["photos"]][: len(TROUBLES)]
    for url, trouble in zip(lost, TROUBLES, strict=True):
        site.misbehave(trouble, url)
    options = ("RETRY_TIMES=0", "DOWNLOAD_TIMEOUT=2", "REQUISITES_MAX_BYTES=200000")
    run = crawl(tmp_path, site.url, *(part for option in options for part in ("-s", option)))
    assert run.status == 0, run.err[-2000:]
    assert run.summary["problems"] == []
    assert {photo["url"] for photo in photos(run) if photo["sha256"] is None} == set(lost)
    assert all((photo["sha256"] is None) == (photo["receipt"] is None) for photo in photos(run))
    found = stats_of(run)
    for kind in ("photos/missing", "requisites/failed"):
        assert {name: count for name, count in found.items() if name.startswith(kind)} == {
            f"{kind}/{reason}": 1 for reason in TROUBLES.values()
        }
    again = scrapy(tmp_path, "reextract", str(run.warc), "-o", "again.jsonl")
    assert again.status == 0, again.err
    lines = [orjson.loads(line) for line in (tmp_path / "again.jsonl").read_bytes().splitlines()]
    assert {line["id"]: line for line in lines} == {line["id"]: line for line in run.articles}


def test_a_crawl_that_is_stopped_ends_soon_and_goes_on_with_its_photos(site: Replica, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scrapy", "crawl", "kcnawatch", "-a", f"base_url={site.url}"]
    process = subprocess.Popen(
        [*command, "-s", "DOWNLOAD_DELAY=0.2"], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True
    )
    for _ in range(600):
        if any("/uploads/" in target for target in asked(site)):
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 1, err
    first = Run(tmp_path, 1, "", err).articles
    assert all(photo["receipt"] for article in first for photo in article["photos"]), "a line without its photos"
    run = crawl(tmp_path, site.url)
    assert run.status == 0, run.err[-2000:]
    assert sorted(article["id"] for article in run.articles) == sorted(article["id"] for article in site.truth())
    assert all(photo["receipt"] for photo in photos(run))
    # What was on the wire is asked again, nothing else.
    assert all(count <= 2 for target, count in Counter(asked(site)).items() if "/wp-content/" in target)
    assert sum(count - 1 for target, count in Counter(asked(site)).items() if "/wp-content/" in target) <= 5
