"""Memory does not grow with the archive."""

from __future__ import annotations

import os
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


def peak(folder: Path, *arguments: str) -> int:
    """Bytes that a command had in memory at most, mapped files included."""
    process = subprocess.Popen([sys.executable, *arguments], cwd=folder, env=environment())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss * 1024


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
