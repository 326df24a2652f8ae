"""Full disks, size limits, EIO from fsync and rename, no file descriptors."""

from __future__ import annotations

import os
import resource
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from kcnacrawl.replica import Replica
from tests.torture.crawling import ARTICLES, Broken, Ended, dice, rounds
from tests.torture.promises import check


def broken_by(crawl: Broken, wrapper: Sequence[str]) -> Ended:
    """Run under a wrapper that makes the run fail."""
    ended = crawl.end(crawl.start(wrapper))
    crawl.breaks += ended.status != 0
    return ended


def is_told(ended: Ended) -> bool:
    """Whether a run said that it failed, by its status and a sentence, and not by a traceback."""
    return ended.status == 1 and "scrapy crawl: " in ended.err and "Traceback" not in ended.err


def goes_on(crawl: Broken) -> None:
    """Without the fault the same command ends well, and every promise holds."""
    crawl.finish()
    check(crawl)


@pytest.mark.parametrize("number", rounds(2))
def test_file_size_limit(tmp_path: Path, number: int) -> None:
    size = dice("size limit", number).randrange(2_000, 400_000)
    with Replica(articles=ARTICLES) as site:
        crawl = Broken(tmp_path, site)
        ended = broken_by(crawl, ["prlimit", f"--fsize={size}"])
        assert is_told(ended), ended
        goes_on(crawl)


@pytest.mark.parametrize("number", rounds(2))
def test_full_disk(tmp_path: Path, number: int) -> None:
    size = dice("full disk", number).randrange(100, 900)
    with Replica(articles=ARTICLES) as site:
        crawl = Broken(tmp_path, site)
        ended = crawl.end(start_on_small_disk(crawl, size))
        crawl.breaks += 1
        assert ended.status != 0, "the disk was not full"
        assert "scrapy crawl: " in ended.err, ended.err
        goes_on(crawl)


def start_on_small_disk(crawl: Broken, kilobytes: int) -> subprocess.Popen[bytes]:
    """Run with ``output/`` on a disk of that size, whose content is copied to a real one afterwards."""
    command = shlex.join(crawl.command())
    script = (
        f"mkdir -p output saved && mount -t tmpfs -o size={kilobytes}k none output && "
        f"{{ {command}; status=$?; cp -a output/. saved/; exit $status; }}"
    )
    as_root = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    process = crawl.start([*as_root, "sh", "-c", script, "sh"])
    process.wait()
    (crawl.folder / "output").rmdir()
    (crawl.folder / "saved").rename(crawl.folder / "output")
    return process


@pytest.mark.parametrize("call", ["fsync", "fdatasync", "rename"])
@pytest.mark.parametrize("number", rounds(2))
def test_input_output_error(tmp_path: Path, number: int, call: str) -> None:
    first = dice(f"EIO {call}", number).randrange(1, {"rename": 4}.get(call, 60))
    fault = ["-e", f"trace={call}", "-e", f"inject={call}:error=EIO:when={first}+"]
    with Replica(articles=ARTICLES) as site:
        crawl = Broken(tmp_path, site)
        ended = broken_by(crawl, ["strace", "-f", "-qq", "-o", "/dev/null", *fault])
        assert is_told(ended), ended
        goes_on(crawl)


@pytest.mark.parametrize("number", rounds(2))
def test_no_file_descriptors(tmp_path: Path, number: int) -> None:
    with Replica(articles=ARTICLES) as site:
        crawl = Broken(tmp_path, site)
        process = crawl.start()
        crawl.wait_for_requests(dice("descriptors", number).randint(1, 90), process)
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (3, 3))
        ended = crawl.end(process)
        crawl.breaks += 1
        assert is_told(ended), ended
        goes_on(crawl)


@pytest.mark.parametrize("count", [16, 20, 23])
def test_once_the_archive_has_failed_nothing_more_is_asked(tmp_path: Path, count: int) -> None:
    """Articles are at hand whose photos were about to be asked for, eight at once."""
    settings = ("CONCURRENT_REQUESTS_PER_DOMAIN=8", "CONCURRENT_REQUESTS=16", "DOWNLOAD_DELAY=0", "WARC_MAX_BYTES=1")
    with Replica(articles=20) as site:
        crawl = Broken(tmp_path, site, [part for setting in settings for part in ("-s", setting)])
        process = crawl.start()
        crawl.wait_for_requests(count, process)
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (3, 3))
        ended = crawl.end(process)
        assert is_told(ended), ended
        crawl.breaks += 1
        crawl.finish()
        check(crawl, concurrency=8)


@pytest.mark.parametrize("most", [9, 20, 63])
def test_too_few_file_descriptors_are_refused(tmp_path: Path, most: int) -> None:
    with Replica(articles=ARTICLES) as site:
        crawl = Broken(tmp_path, site)
        ended = crawl.end(crawl.start(["prlimit", f"--nofile={most}"]))
        sentence = f"A crawl needs 64 open files, and the limit here is {most}; raise it with `ulimit -n`."
        assert (ended.status, ended.err) == (2, f"scrapy crawl: {sentence}\n")
        assert not site.requests
