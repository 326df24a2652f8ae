"""The contenders at work: real crawls of a few pages of the replica, and what counts as not having done the work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcnacrawl.replica import Replica
from tests.bench.contenders import CONTENDERS, Contender, Work
from tests.bench.rounds import RunError, alternate, attempt, read_again
from tests.bench.server import configuration

PAGES = 12
BY_KEY = {contender.key: contender for contender in CONTENDERS}


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    with Replica(articles=PAGES) as site:
        urls = tmp_path / "urls.txt"
        paths = site.write_static(tmp_path / "pages", pages=PAGES)
        urls.write_text("".join(f"{site.url}{path}\n" for path in paths))
        yield Work(urls=urls, site=site.url, folder=tmp_path / "work")


def test_project_and_bare_scrapy_read_every_page(work: Work) -> None:
    chosen = [BY_KEY["a"], BY_KEY["c"], BY_KEY["b"]]
    found = dict(alternate(chosen, work, PAGES, rounds=1))
    assert list(found) == ["a", "c", "b"]
    assert all(outcome.usage.cpu > 0 and outcome.usage.peak > 1_000_000 for outcome in found.values())
    assert found["a"].warc_bytes == found["c"].warc_bytes == 0
    assert found["b"].warc_bytes > 1000 * PAGES
    assert read_again(work, PAGES).pages == PAGES


def test_missing_articles_are_an_error(work: Work) -> None:
    with pytest.raises(RunError, match=rf"^\(a\) wrote {PAGES} articles from {PAGES + 1} pages: "):
        attempt(BY_KEY["a"], work, PAGES + 1)


def test_failing_program_is_an_error(work: Work) -> None:
    broken = Contender(key="x", title="", command=lambda work: ["/bin/sh", "-c", "echo so it goes; exit 3"])
    with pytest.raises(RunError, match=re.escape("(x) ended with status 3: so it goes")):
        attempt(broken, work, PAGES)


def test_missing_archive_is_an_error(work: Work) -> None:
    idle = Contender(key="x", title="", command=lambda work: ["/bin/true"], extracts=False, archives=True)
    with pytest.raises(RunError, match="left no WARC file"):
        attempt(idle, work, PAGES)


def test_wget_is_asked_for_the_same_list_without_its_owners_settings(work: Work) -> None:
    command = BY_KEY["d"].command(work)
    assert command[:2] == ["wget", "--no-config"]
    assert str(work.urls) in command
    assert f"--warc-file={work.warc}/wget" in command


@pytest.mark.parametrize(("gzip", "line"), [("off", "gzip off;"), ("on", "gzip on;"), ("static", "gzip_static on;")])
def test_configuration_of_nginx(tmp_path: Path, gzip: str, line: str) -> None:
    text = configuration(tmp_path / "my pages", tmp_path / "state", 8123, gzip, root=False)
    assert f"        {line}\n" in text
    assert f'root "{tmp_path}/my pages";' in text
    assert "listen 127.0.0.1:8123;" in text
    assert "user root" not in text
    assert text.count("{") == text.count("}")
