"""On a terminal: a progress line while it runs, a table at the end. In a log: few lines, and none about set-up."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kcnacrawl.replica import Replica
from tests.crawl.running import crawl, environment


def on_terminal(folder: Path, base_url: str, columns: int) -> tuple[int, str]:
    """Run a crawl with standard error on a terminal of that width; exit status and all that was drawn."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "scrapy", "crawl", "kcnawatch", "-a", f"base_url={base_url}"]
    process = subprocess.Popen(
        [*command, "-s", "DOWNLOAD_DELAY=0.05"],
        cwd=folder,
        env=environment() | {"COLUMNS": str(columns), "TERM": "xterm"},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    drawn = b""
    with contextlib.suppress(OSError):  # once the other side is closed
        while chunk := os.read(ours, 65536):
            drawn += chunk
    os.close(ours)
    return process.wait(timeout=60), drawn.decode()


@pytest.mark.parametrize(("columns", "has_bar"), [(80, False), (150, True)])
def test_progress_and_table(tmp_path: Path, columns: int, has_bar: bool) -> None:
    with Replica(articles=24) as site:
        status, drawn = on_terminal(tmp_path, site.url, columns)
    assert status == 0, drawn[-2000:]
    assert "pages/s" in drawn
    assert ("━" in drawn.partition("kcnawatch: finished")[0]) is has_bar
    assert re.search("│ articles +│ 24 ", drawn)
    assert "Traceback" not in drawn
    assert "INFO" not in drawn


def test_a_log_tells_what_goes_on_and_not_how_scrapy_is_set_up(tmp_path: Path) -> None:
    with Replica(articles=12) as site:
        run = crawl(tmp_path, site.url)
    assert "Spider opened" in run.err
    assert "Overridden settings" not in run.err
    assert "Enabled extensions" not in run.err
    assert len(run.err.splitlines()) < 12
    assert "articles: 12" in run.err.splitlines()[-1]
