"""On a terminal: a progress line while it runs, a table at the end. In a log: few lines, and none about set-up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kcnacrawl.replica import Replica
from tests.crawl.running import crawl, on_terminal


@pytest.mark.parametrize(("columns", "has_bar"), [(80, False), (150, True)])
def test_progress_and_table(tmp_path: Path, columns: int, has_bar: bool) -> None:
    with Replica(articles=24) as site:
        arguments = ("crawl", "kcnawatch", "-a", f"base_url={site.url}", "-s", "DOWNLOAD_DELAY=0.05")
        status, drawn = on_terminal(tmp_path, *arguments, columns=columns)
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
