"""What runs are writing while it is checked: files grow, and are closed, under the eyes of whoever reads them."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcnacrawl.archive.kinds import find_files
from kcnacrawl.archive.lint.check import Counts, lint
from kcnacrawl.archive.locks import take_lock
from kcnacrawl.archive.originals import RunOriginals
from kcnacrawl.archive.proof import Proof
from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.replica import Replica
from tests.crawl.running import environment
from tests.verify.museum.piece import CHUNKED, exchange

INFO = {"software": "kcnacrawl/1"}


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[WarcWriter]:
    """One that has written captures of three records each, some of them revisits."""
    made = WarcWriter(tmp_path, "a", info=INFO, originals=RunOriginals(lambda digest, url: None))
    for number in range(60):
        body = b"%d " % (number % 50) * 500
        made.write(exchange(f"/{number}", CHUNKED.replace(b"5\r\nhello", b"%x\r\n%s" % (len(body), body)), number))
    made.sync()
    yield made
    made.close()


def told(path: Path, counts: Counts, **more: object) -> list[str]:
    found = lint([path], counts, **more)  # type: ignore[arg-type]
    return [f"{one.level}: {one.sentence}; {one.remedy}" for one in found]


def test_a_file_that_was_closed_since_it_was_found_is_checked(writer: WarcWriter) -> None:
    path, counts = writer.path, Counts()
    (closed,) = writer.close()
    assert not path.exists()
    told(path, counts)
    assert (counts.records, counts.findings["error"]) == (1 + 60 * 3, 0)
    assert read_record(path, 0).path == closed


@pytest.mark.parametrize("processes", [1, 2])
def test_a_file_may_be_closed_while_it_is_checked(
    monkeypatch: pytest.MonkeyPatch, writer: WarcWriter, processes: int
) -> None:
    monkeypatch.setattr("kcnacrawl.archive.ranges.RANGE", 3000)
    counts = Counts()

    def close(_: int) -> None:
        writer.close()

    said = told(writer.path, counts, processes=processes, progress=close)
    assert said == ["note: it is being written at this moment; nothing needs to be done"]
    assert counts.records == 1 + 60 * 3


def test_a_file_that_was_just_begun_is_left_alone_and_one_left_empty_is_told(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO)
    writer.write(exchange("/a", CHUNKED, 0))
    path = writer.path
    held = path.read_bytes()
    path.write_bytes(b"")
    assert told(path, Counts()) == ["note: it is being written at this moment; nothing needs to be done"]
    path.write_bytes(held)
    writer.close()
    path.write_bytes(b"")
    assert told(path, Counts()) == [
        f"error: it is empty; remove it with `scrapy mend {path}`; the next crawl does it as well"
    ]
    path.unlink()


def test_a_crawl_that_closes_file_after_file_is_checked_as_it_goes(tmp_path: Path) -> None:
    folders = {name: tmp_path / "output" / name for name in ("warc", "articles", "cdxj", "wacz", "runs")}
    rounds = 0
    with Replica(articles=60) as site:
        command = [sys.executable, "-m", "scrapy", "crawl", "kcnawatch", "-a", f"base_url={site.url}"]
        command += ["-s", "DOWNLOAD_DELAY=0", "-s", "WARC_MAX_BYTES=20000"]
        run = subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.DEVNULL)
        while run.poll() is None:
            targets = find_files(
                warcs=folders["warc"],
                articles=folders["articles"],
                indexes=folders["cdxj"],
                packages=folders["wacz"],
                runs=folders["runs"],
            )
            found = [str(one) for one in Proof(folders["warc"], 1).check(targets) if one.level == "error"]
            assert found == []
            rounds += bool(targets)
    assert run.returncode == 0
    assert rounds > 2
    assert len(list(folders["warc"].glob("*.warc.gz"))) > 10


def test_a_file_that_is_not_locked_yet_is_given_a_moment(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz.open"
    with path.open("wb") as file:
        locking = threading.Timer(0.1, take_lock, (file.fileno(),))
        locking.start()
        assert told(path, Counts()) == ["note: it is being written at this moment; nothing needs to be done"]
        locking.join()
