"""On a terminal: a progress line while it runs, a table at the end. In a log: few lines, and none about set-up."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from kcnacrawl.progress_line import Standing, progress_line
from kcnacrawl.replica import Replica
from tests.crawl.running import crawl, on_terminal
from tests.screen import Screen


@pytest.mark.parametrize(
    ("columns", "counters", "has_bar"),
    [
        (40, r"^\d+ art \d+ pg \d+ wait \d+ prob [0-9:]+$", False),
        (80, r"\d+ articles  \d+ pages  \d+ waiting  0 problems  (?:quiet +\d+ s  )?[0-9:]+$", True),
        (150, r"^kcnawatch  .* pages/min  quiet +\d+ s  [0-9:]+$", True),
    ],
)
def test_progress_and_table(tmp_path: Path, columns: int, counters: str, has_bar: bool) -> None:
    with Replica(articles=24) as site:
        arguments = ("crawl", "kcnawatch", "-a", f"base_url={site.url}", "-s", "DOWNLOAD_DELAY=0.05")
        status, drawn = on_terminal(tmp_path, *arguments, columns=columns)
    assert status == 0, drawn[-2000:]
    line, title, table = drawn.partition("kcnawatch: finished")
    *frames, _ = line.split("\r\x1b[2K")
    (shown,) = Screen(columns).feed(frames[-1]).lines
    assert re.search(counters, shown), shown
    assert ("━" in shown) is has_bar
    screen = Screen(columns).feed(line)
    assert screen.most == 1
    assert len(shown + "^C") < columns
    assert not screen.lines
    assert re.search("│ articles +│ 24 ", title + table)
    assert "Traceback" not in drawn
    assert "INFO" not in drawn


@pytest.mark.parametrize("scale", [1, 57, 123_456])
def test_the_line_fits_every_width(scale: int) -> None:
    standing = Standing("kcnawatch", scale, 2 * scale, scale, scale // 9, 7 * scale, scale / 900)
    for columns in range(16, 200):
        console = Console(file=io.StringIO(), width=columns)
        console.print(progress_line(standing, columns))
        assert isinstance(console.file, io.StringIO)
        (line,) = console.file.getvalue().splitlines()
        assert len(line.rstrip() + "^C") < columns, line
        assert f"{scale} art" in line


def test_a_log_tells_what_goes_on_and_not_how_scrapy_is_set_up(tmp_path: Path) -> None:
    with Replica(articles=12) as site:
        run = crawl(tmp_path, site.url)
    assert "Spider opened" in run.err
    assert "Overridden settings" not in run.err
    assert "Enabled extensions" not in run.err
    assert len(run.err.splitlines()) < 12
    assert "articles: 12" in run.err.splitlines()[-1]
