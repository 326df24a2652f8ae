"""The files of articles after a break: nothing whole is lost, nothing stands twice, what is torn comes again."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcnacrawl.replica import Replica
from tests.crawl.breaking import QUICK, again, articles, begin, broken_off, check_done, truth, wait_for_lines
from tests.crawl.running import environment, scrapy

SMALL = 24
FOREIGN = b'{"id": "kcnawatch:1-1", "title": "not of this crawl"}\n'


@pytest.fixture
def site() -> Iterator[Replica]:
    with Replica(articles=SMALL) as site:
        yield site


def the_file(folder: Path) -> Path:
    (file,) = folder.glob("output/articles/*.jsonl")
    return file


def test_a_torn_line_comes_again(site: Replica, tmp_path: Path) -> None:
    broken_off(tmp_path, site)
    data = the_file(tmp_path).read_bytes().rstrip(b"\n")
    the_file(tmp_path).write_bytes(data[:-100])
    assert again(tmp_path, site).status == 0
    check_done(tmp_path, site)
    assert the_file(tmp_path).with_name(the_file(tmp_path).name + ".torn").read_bytes()


@pytest.mark.parametrize("damage", ["zeroed", "flipped", "altered", "unproven", "twice"])
def test_a_damaged_line_comes_again(site: Replica, tmp_path: Path, damage: str) -> None:
    broken_off(tmp_path, site)
    lines = the_file(tmp_path).read_bytes().splitlines(keepends=True)
    item = json.loads(lines[3])
    match damage:
        case "zeroed":
            lines[3] = bytes(len(lines[3]) - 5) + lines[3][-5:]
        case "flipped":
            lines[3] = bytes([lines[3][0] ^ 8]) + lines[3][1:]
        case "altered":
            lines[3] = json.dumps(item | {"title": item["title"] + "."}).encode() + b"\n"
        case "unproven":
            lines[3] = json.dumps(item | {"receipt": item["receipt"] | {"offset": 1}}).encode() + b"\n"
        case "twice":
            lines[3] = lines[4]
    the_file(tmp_path).write_bytes(b"".join(lines))
    run = again(tmp_path, site)
    assert run.status == 0, run.err
    assert "moved to" in run.err
    check_done(tmp_path, site)
    again_read = {json.loads(line)["id"]: json.loads(line) for line in the_file(tmp_path).read_bytes().splitlines()}
    assert again_read[item["id"]]["title"] == item["title"]


def test_a_lost_file_is_made_again_without_asking_anyone(site: Replica, tmp_path: Path) -> None:
    broken_off(tmp_path, site, lines=20)
    the_file(tmp_path).unlink()
    before = len(site.requests)
    assert again(tmp_path, site).status == 0
    check_done(tmp_path, site)
    assert not any("/newstream/1" in seen.target for seen in list(site.requests)[before : before + 2])


def test_overwriting_is_for_the_beginning(site: Replica, tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl").write_bytes(FOREIGN)
    broken_off_into(tmp_path, site, "-O", "mine.jsonl")
    assert b"not of this crawl" not in (tmp_path / "mine.jsonl").read_bytes()
    assert again(tmp_path, site, "-O", "mine.jsonl").status == 0
    assert articles(tmp_path, "mine.jsonl") == truth(site)


def test_overwriting_another_file_later_fills_it_from_the_archive(site: Replica, tmp_path: Path) -> None:
    broken_off_into(tmp_path, site, "-O", "mine.jsonl")
    (tmp_path / "other.jsonl").write_bytes(FOREIGN)
    assert again(tmp_path, site, "-O", "other.jsonl").status == 0
    assert articles(tmp_path, "other.jsonl") == truth(site)


def test_appending_keeps_what_others_wrote(site: Replica, tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl").write_bytes(FOREIGN)
    broken_off_into(tmp_path, site, "-o", "mine.jsonl")
    assert again(tmp_path, site, "-o", "mine.jsonl").status == 0
    assert articles(tmp_path, "mine.jsonl") == truth(site) + Counter(["kcnawatch:1-1"])


def test_a_table_is_made_anew(site: Replica, tmp_path: Path) -> None:
    broken_off_into(tmp_path, site, "-O", "mine.csv")
    assert again(tmp_path, site, "-O", "mine.csv").status == 0
    fields = (tmp_path / "mine.csv").read_text("utf-8")
    assert all(identity in fields for identity in truth(site))


def test_a_table_that_is_appended_to_is_told_of(site: Replica, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("id\nkcnawatch:1-1\n")
    broken_off_into(tmp_path, site, "-o", "mine.csv")
    run = again(tmp_path, site, "-o", "mine.csv")
    assert run.status == 1
    assert "mine.csv does not tell which articles it holds" in run.err


def broken_off_into(folder: Path, site: Replica, *arguments: str) -> None:
    """A crawl killed when some articles are archived, wherever its output goes."""
    process = begin(folder, site, *arguments)
    while sum("/newstream/1" in seen.target for seen in site.requests.copy()) < 8:
        assert process.poll() is None
    process.kill()
    process.communicate()


@pytest.mark.parametrize("kilobytes", [40, 150, 300])
def test_a_full_disk_and_then_room(site: Replica, tmp_path: Path, kilobytes: int) -> None:
    command = [sys.executable, "-m", "scrapy", "crawl", "kcnawatch", "-a", f"base_url={site.url}"]
    full = subprocess.run(
        ["bash", "-c", f'ulimit -f {kilobytes}; exec "$@"', "-", *command, "-s", "DOWNLOAD_DELAY=0", *QUICK],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert full.returncode == 1, full.stderr
    assert "Traceback" not in full.stderr
    assert "cannot be " in full.stderr.splitlines()[-1]
    assert again(tmp_path, site).status == 0
    check_done(tmp_path, site)


def test_a_vanished_folder_ends_the_crawl(site: Replica, tmp_path: Path) -> None:
    process = begin(tmp_path, site, delay=0.1)
    wait_for_lines(tmp_path, 3)
    (tmp_path / "output").rename(tmp_path / "elsewhere")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Traceback" not in err
    shutil.rmtree(tmp_path / "output", ignore_errors=True)  # the account of the run
    (tmp_path / "elsewhere").rename(tmp_path / "output")
    assert again(tmp_path, site).status == 0
    assert set(articles(tmp_path)) == set(truth(site))


def test_interrupted_twice(site: Replica, tmp_path: Path) -> None:
    process = begin(tmp_path, site, delay=0.05)
    wait_for_lines(tmp_path, 3)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Traceback" not in err
    assert not list(tmp_path.glob("output/warc/*.open"))
    assert again(tmp_path, site).status == 0
    check_done(tmp_path, site)


@pytest.mark.parametrize("command", ["fetch", "shell"])
def test_a_look_at_a_page_leaves_nothing_behind(site: Replica, tmp_path: Path, command: str) -> None:
    more = ("-c", "response.status") if command == "shell" else ()
    run = scrapy(tmp_path, command, f"{site.url}/newstream/", *more)
    assert run.status == 0, run.err
    assert "Traceback" not in run.err
    assert not list(tmp_path.glob("output/warc/*"))
    assert not list(tmp_path.glob("output/*.db*"))
