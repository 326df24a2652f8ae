"""Memory does not grow with the archive."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.crawl.running import environment
from tests.wacz.large import large_archive

SLACK = 24 << 20
"""Bytes by which the larger archive may take more: less than its tenth, and what allocators keep."""


CHECK = """
import pathlib, sys
from kcnacrawl.archive.wacz.check import check_wacz
assert not list(check_wacz(pathlib.Path(sys.argv[1])))
"""


WATCH = """
import os, subprocess, sys
process = subprocess.Popen([sys.executable, *sys.argv[1:]], stdout=sys.stderr)
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss)
os._exit(os.waitstatus_to_exitcode(status))
"""


def peak(folder: Path, *arguments: str) -> int:
    """Bytes that a command had in memory at most, mapped files included."""
    # The kernel counts from the size of the process that forked: here of a small one, not of the one that runs tests.
    command = [sys.executable, "-u", "-c", WATCH, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment(), stdout=subprocess.PIPE, check=True)
    return int(done.stdout) * 1024


def test_packaging_and_checking_take_the_same_memory_for_ten_times_the_archive(tmp_path: Path) -> None:
    made: list[int] = []
    checked: list[int] = []
    for size in (20_000_000, 200_000_000):
        folder = tmp_path / str(size)
        large_archive(folder / "output/warc", size)
        made.append(peak(folder, "-m", "scrapy", "wacz", "-o", "a.wacz"))
        checked.append(peak(folder, "-c", CHECK, "a.wacz"))
        assert (folder / "a.wacz").stat().st_size > size
    assert made[1] - made[0] < SLACK
    assert checked[1] - checked[0] < SLACK
