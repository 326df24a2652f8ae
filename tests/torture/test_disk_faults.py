"""Full disks, size limits, EIO from fsync and rename, no file descriptors."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from kcnacrawl.replica import Replica
from tests.torture.crawling import ARTICLES, Broken, dice, rounds
from tests.torture.promises import check


def broken_by(crawl: Broken, wrapper: Sequence[str]) -> None:
    """Run under a wrapper that makes the run fail; it must say so in a sentence, and not by a traceback."""
    ended = crawl.end(crawl.start(wrapper))
    if ended.status:
        crawl.breaks += 1
        assert ended.status > 0, ended.status
        assert "scrapy crawl: " in ended.err, ended.err
        assert "Traceback" not in ended.err, ended.err


def goes_on(crawl: Broken) -> None:
    """Without the fault the same command ends well, and every promise holds."""
    crawl.finish()
    check(crawl)


@pytest.mark.parametrize("number", rounds(2))
def test_file_size_limit(tmp_path: Path, number: int) -> None:
    size = dice("size limit", number).randrange(2_000, 400_000)
    with Replica(articles=ARTICLES) as site:
        crawl = Broken(tmp_path, site)
        broken_by(crawl, ["prlimit", f"--fsize={size}"])
        goes_on(crawl)


@pytest.mark.parametrize("number", rounds(2))
def test_full_disk(tmp_path: Path, number: int) -> None:
    size = dice("full disk", number).randrange(100, 900)
    with Replica(articles=ARTICLES) as site:
        crawl = Broken(tmp_path, site)
        crawl.end(start_on_small_disk(crawl, size))
        assert crawl.runs[-1].status != 0, "the disk was not full"
        assert "scrapy crawl: " in crawl.runs[-1].err, crawl.runs[-1].err
        crawl.breaks += 1
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
        broken_by(crawl, ["strace", "-f", "-qq", "-o", "/dev/null", *fault])
        goes_on(crawl)


@pytest.mark.parametrize("number", rounds(2))
def test_no_file_descriptors(tmp_path: Path, number: int) -> None:
    most = dice("descriptors", number).randrange(9, 30)
    with Replica(articles=ARTICLES) as site:
        crawl = Broken(tmp_path, site)
        ended = crawl.end(crawl.start(["prlimit", f"--nofile={most}"]))
        crawl.breaks += ended.status != 0
        goes_on(crawl)
