"""Photos behind redirects: each address is asked once, and crawl and re-extraction name the same records."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from kcnacrawl.archive.answers import Answers as Remembered
from kcnacrawl.archive.lines import read_lines
from kcnacrawl.archive.reader import iter_records
from kcnacrawl.archive.verify import Verifier
from kcnacrawl.counted import counted
from kcnacrawl.replica.jpeg import photograph
from tests.crawl.breaking import finish, wait_for_lines
from tests.crawl.running import Run, environment, scrapy
from tests.crawl.test_requisite_hosts import JPEG, Answers, article, serving
from tests.crawl.test_requisites import photos, stats_of

PAGES = [f"/newstream/176394835{number}-{number}/stone-bridge-opened/" for number in range(1, 5)]


def site_with_moved_photos() -> Answers:
    """Four articles; three photographs have moved to one address, one of them over another, which a page names too."""
    answers: Answers = {"/new.jpg": JPEG, "/robots.txt": (404, "text/plain", b"none")}
    answers |= {f"/old{number}.jpg": (301, "/new.jpg", b"") for number in (1, 2)}
    answers["/old3.jpg"] = (302, "/old2.jpg", b"")
    answers["/same.jpg"] = JPEG
    shown = ("old1 old2", "old2 old3", "old3 same", "new old1")
    for page, names in zip(PAGES, shown, strict=True):
        answers[page] = article("".join(f"<img src=/{name}.jpg>" for name in names.split()))
    return answers


Site = tuple[Answers, str, list[str]]


@pytest.fixture
def site() -> Iterator[Site]:
    answers = site_with_moved_photos()
    with serving(answers) as (url, seen):
        yield answers, url, seen


FORGETFUL = (
    "import kcnacrawl.extensions.wants as wants; wants._REMEMBERED = 1; from scrapy.cmdline import execute; execute()"
)
"""``scrapy`` that remembers what came of one picture, not of the last few thousand."""


def begin(
    folder: Path, url: str, *arguments: str, program: tuple[str, ...] = ("-m", "scrapy")
) -> subprocess.Popen[str]:
    """Start a crawl of the four articles."""
    urls = ",".join(url + page for page in PAGES)
    command = [sys.executable, *program, "crawl", "kcnawatch", "-a", f"base_url={url}", "-a", f"start_urls={urls}"]
    return subprocess.Popen(
        [*command, *("-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_WAIT=0.05"), *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def night(folder: Path, url: str, *arguments: str, program: tuple[str, ...] = ("-m", "scrapy")) -> Run:
    """The same, to its end."""
    return finish(folder, begin(folder, url, *arguments, program=program))


def by_night(run: Run) -> list[list[dict[str, Any]]]:
    """The lines of each crawl in a folder."""
    files = sorted((run.folder / "output/articles").glob("*.jsonl"))
    return [[orjson.loads(line) for line in file.read_bytes().splitlines()] for file in files]


def again(folder: Path, *warcs: Path) -> list[dict[str, Any]]:
    run = scrapy(folder, "reextract", *map(str, warcs))
    assert run.status == 0, run.err
    return [orjson.loads(line) for line in run.out.splitlines()]


def warcs_of(run: Run) -> list[Path]:
    return sorted((run.folder / "output/warc").glob("*.warc.gz"), key=lambda path: path.stat().st_mtime_ns)


def assert_offline_is_online(run: Run) -> None:
    """Together and file by file, the archive gives the lines that the crawls gave."""
    nights, files = by_night(run), warcs_of(run)
    assert again(run.folder, *files) == [line for lines in nights for line in lines]
    for lines, file in zip(nights, files, strict=True):
        assert again(run.folder, file) == lines
    assert scrapy(run.folder, "verify").status == 0


def test_every_address_is_asked_once_a_night_and_all_articles_have_their_photos(site: Site, tmp_path: Path) -> None:
    _, url, seen = site
    for number in (1, 2, 3):
        seen.clear()
        run = night(tmp_path, url)
        assert run.status == 0, run.err[-2000:]
        assert max(Counter(seen).values()) == 1
        assert ("/new.jpg" in seen) == (number == 1), "what is on record is not asked again, wherever it was led to"
    assert all(photo["sha256"] for photo in photos(run))
    assert stats_of(run)["photos/linked"] == 8
    assert_offline_is_online(run)


def test_redirects_that_lead_to_no_picture_fail_nothing(site: Site, tmp_path: Path) -> None:
    answers, url, _ = site
    answers["/old1.jpg"] = (301, "/old2.jpg", b"")
    answers["/old2.jpg"] = (301, "/old1.jpg", b"")
    answers["/old3.jpg"] = (302, "ftp://127.0.0.1/new.jpg", b"")
    answers["/same.jpg"] = (302, "http://127.0.0.2:9/new.jpg", b"")
    run = night(tmp_path, url)
    assert run.status == 0, run.err[-2000:]
    assert [photo["url"] for photo in photos(run) if photo["sha256"]] == [f"{url}/new.jpg"]
    found = stats_of(run)
    assert (found["photos/missing/redirect"], found["photos/missing/other_host"]) == (6, 1)
    assert found["requisites/not_asked/127.0.0.2:9"] == 1
    assert_offline_is_online(run)


def test_too_many_redirects_lead_nowhere(site: Site, tmp_path: Path) -> None:
    answers, url, seen = site
    answers["/old1.jpg"] = (301, "/hop0.jpg", b"")
    answers |= {f"/hop{number}.jpg": (301, f"/hop{number + 1}.jpg", b"") for number in range(8)}
    answers["/hop8.jpg"] = (301, "/new.jpg", b"")  # the tenth
    answers["/old3.jpg"] = (301, "/old1.jpg", b"")
    run = night(tmp_path, url)
    assert run.status == 0, run.err[-2000:]
    assert max(Counter(seen).values()) == 1
    lost = {photo["url"] for photo in photos(run) if photo["sha256"] is None}
    assert lost == {f"{url}/old3.jpg"}
    assert_offline_is_online(run)


def test_a_night_that_could_not_have_a_photo_takes_none_from_before(site: Site, tmp_path: Path) -> None:
    answers, url, _ = site
    assert night(tmp_path, url).status == 0
    kept = answers["/new.jpg"]
    answers["/new.jpg"] = answers["/same.jpg"] = (404, "text/plain", b"gone")
    for path in (tmp_path / "output/warc").glob("*.warc.gz"):
        path.unlink()
    run = night(tmp_path, url)
    assert run.status == 0, run.err[-2000:]
    answers["/new.jpg"] = kept
    run = night(tmp_path, url)
    # What was on record is gone; the second night got nothing, the third has it again.
    assert [
        sum(photo["sha256"] is not None for line in lines for photo in line["photos"]) for lines in by_night(run)
    ] == [8, 0, 7]
    lines = [line for lines in by_night(run)[1:] for line in lines]
    assert again(tmp_path, *warcs_of(run)) == lines


def test_a_crawl_that_was_killed_names_the_same_records(site: Site, tmp_path: Path) -> None:
    answers, url, _ = site
    assert night(tmp_path, url).status == 0
    for number in (1, 2, 3):
        answers[f"/old{number}.jpg"] = (301, f"/new{number}.jpg", b"")
        answers[f"/new{number}.jpg"] = JPEG
    process = begin(tmp_path, url, "-s", "DOWNLOAD_DELAY=0.2")
    wait_for_lines(tmp_path, len(PAGES) + 2)
    process.kill()
    process.communicate()
    run = night(tmp_path, url)
    assert "Resuming the crawl begun" in run.err
    assert [len(lines) for lines in by_night(run)] == [len(PAGES), len(PAGES)]
    assert all(photo["sha256"] for photo in photos(run))
    lines = [line for lines in by_night(run) for line in lines]
    by_crawl = {(line["fetched_at"], line["id"]): line for line in again(tmp_path, *warcs_of(run))}
    assert by_crawl == {(line["fetched_at"], line["id"]): line for line in lines}


def test_a_photo_that_is_no_longer_in_memory_is_known_from_the_archive(site: Site, tmp_path: Path) -> None:
    _, url, seen = site
    assert night(tmp_path, url).status == 0
    for path in (tmp_path / "output/warc").glob("*.warc.gz"):
        path.unlink()
    seen.clear()
    run = night(tmp_path, url, program=("-c", FORGETFUL))
    assert run.status == 0, run.err[-2000:]
    assert max(Counter(seen).values()) == 1
    assert all(photo["sha256"] for photo in photos(run))
    assert again(tmp_path, *warcs_of(run)) == by_night(run)[1]


def test_verify_holds_the_revisit_of_a_photo_against_its_record(site: Site, tmp_path: Path) -> None:
    _, url, _ = site
    (lines,) = by_night(night(tmp_path, url))
    for field, value in (("record_id", "<urn:uuid:0>"), ("date", "2026-01-01T00:00:00Z")):
        changed = orjson.loads(orjson.dumps(lines))
        revisits = [photo["receipt"]["revisit"] for line in changed for photo in line["photos"]]
        revisit = next(filter(None, revisits))
        revisit[field] = value
        (tmp_path / "changed.jsonl").write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in changed))
        told = scrapy(tmp_path, "verify", "changed.jsonl")
        assert (told.status, told.out.count(f"field receipt.revisit.{field} is {value!r}")) == (1, 1), told.out


def test_verify_tells_a_photo_with_the_receipt_of_another(site: Site, tmp_path: Path) -> None:
    answers, url, _ = site
    answers["/other.jpg"] = (200, "image/jpeg", photograph(8))
    answers["/old3.jpg"] = (302, "/other.jpg", b"")
    (lines,) = by_night(night(tmp_path, url))
    shown = [photo for line in lines for photo in line["photos"]]
    found = {photo["url"].removeprefix(url): {name: photo[name] for name in ("sha256", "receipt")} for photo in shown}
    swaps = {
        "/same.jpg": ("/new.jpg", "/new.jpg"),  # never redirected
        "/old1.jpg": ("/same.jpg", "/same.jpg"),  # the same picture under another address
        "/old2.jpg": ("/old3.jpg", "/other.jpg"),  # both redirected, but not to one address
        "/new.jpg": ("/old3.jpg", "/other.jpg"),
    }
    for wrong, (other, captured) in swaps.items():
        changed = orjson.loads(orjson.dumps(lines))
        for photo in (photo for line in changed for photo in line["photos"]):
            photo |= found[other] if photo["url"] == url + wrong else {}
        (tmp_path / "changed.jsonl").write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in changed))
        told = scrapy(tmp_path, "verify", "changed.jsonl")
        times = sum(photo["url"] == url + wrong for photo in shown)
        sentence = f": it was captured at {url}{captured}, where its url did not lead the crawl; write the file anew"
        assert (told.status, told.out.count(sentence)) == (1, times), told.out
        assert f"4 articles checked, {counted(times, 'finding')}." in told.out + told.err


def test_verify_blames_no_line_for_a_redirect_whose_file_is_gone(site: Site, tmp_path: Path) -> None:
    _, url, _ = site
    run = night(tmp_path, url, "-s", "WARC_MAX_BYTES=1")
    assert scrapy(tmp_path, "verify").status == 0
    holding = [path for path in warcs_of(run) if _answers_for(path, f"{url}/old1.jpg")]
    assert len(holding) == 1
    holding[0].unlink()
    told = scrapy(tmp_path, "verify", "output/articles")
    sentence = (
        f": the redirect from {url}/old1.jpg is in none of the files of its crawl; bring the file that held it back"
    )
    assert (told.status, told.out.count(sentence)) == (1, 2), told.out
    assert "4 articles checked, 2 findings." in told.out + told.err


def _answers_for(path: Path, uri: str) -> bool:
    return any(record.type == "response" and record.uri == uri for record in iter_records(path))


def test_verify_remembers_the_answers_of_few_crawls(site: Site, tmp_path: Path) -> None:
    _, url, _ = site
    for _ in range(4):
        run = night(tmp_path, url)
    verifier = Verifier(tmp_path / "output/warc")
    most = 0
    for line in read_lines(sorted((run.folder / "output/articles").glob("*.jsonl"))):
        assert list(verifier.check(line)) == []
        gc.collect()
        most = max(most, sum(isinstance(one, Remembered) for one in gc.get_objects()))
    assert 1 <= most <= 2


def test_a_photo_that_is_too_old_to_be_relied_on_is_stored_anew(site: Site, tmp_path: Path) -> None:
    _, url, seen = site
    for number in range(3):
        seen.clear()
        run = night(tmp_path, url, "-s", "WARC_RENEW_RUNS=2")
        assert ("/new.jpg" in seen) == (number != 1)
    named = [{photo["receipt"]["warc"] for line in lines for photo in line["photos"]} for lines in by_night(run)]
    assert named[0] == named[1] != named[2]
    assert_offline_is_online(run)
