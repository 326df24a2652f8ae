"""The bar of a command on a terminal: one line, at every width, that leaves nothing behind."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kcnacrawl.replica import Replica
from tests.crawl.running import crawl, environment, on_terminal, scrapy
from tests.screen import Screen

COPIES = 60


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A crawl whose file of articles is there many times; one line of one copy is changed."""
    folder = tmp_path_factory.mktemp("crawled")
    with Replica(articles=12) as site:
        assert crawl(folder, site.url).status == 0
    (path,) = (folder / "output/articles").glob("*.jsonl")
    for number in range(COPIES):
        shutil.copy(path, path.with_stem(f"{path.stem}-{number:02}"))
    changed = path.with_stem(f"{path.stem}-07")
    data = re.sub(rb'"subtitle":(null|"[^"]*")', b'"subtitle":"Another one"', changed.read_bytes(), count=1)
    changed.write_bytes(data)
    return folder


@pytest.fixture
def folder(crawled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(crawled, tmp_path / "project"))


@pytest.mark.parametrize("columns", [40, 80])
def test_verify_has_one_bar_and_findings_stand_above_it(crawled: Path, columns: int) -> None:
    plain = scrapy(crawled, "verify")
    assert (plain.status, plain.err) == (1, "")
    status, drawn = on_terminal(crawled, "verify", columns=columns, with_output=True)
    assert status == 1
    assert re.search(r"WARC files .*100%", drawn)
    assert re.search(r"Articles .*100%", drawn)
    shown = "".join(Screen(columns).feed(drawn).lines)
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", plain.out)
    bar, _, _ = drawn.rpartition("\x1b[?25h")
    *above, last = Screen(columns).feed(bar).lines
    assert "Another one" in "".join(above)
    assert last.startswith("Articles ━")
    assert len(last + "^C") < columns
    assert Screen(columns).feed(bar).most == len(above) + 1


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize(
    "command",
    [
        ("cdxj",),
        ("cdxj", "--anew"),
        ("wacz",),
        ("catalog", "rebuild"),
        ("catalog", "check"),
        ("reextract", "-o", "new"),
    ],
    ids=" ".join,
)
def test_other_commands_have_one_bar_too(folder: Path, command: tuple[str, ...], columns: int) -> None:
    assert scrapy(folder, "cdxj").status == 0  # --anew reads what is known already
    if command == ("cdxj",):
        shutil.rmtree(folder / "output/cdxj")
    files = map(str, (folder / "output/warc").glob("*.warc.gz")) if command[0] == "reextract" else ()
    status, drawn = on_terminal(folder, *command, *files, columns=columns)
    assert status == 0, drawn
    percents = [int(percent) for percent in re.findall(r"(\d+)%", drawn)]
    assert percents[-1] == max(percents) == 100
    bar, _, _ = drawn.rpartition("\x1b[?25h")
    assert Screen(columns).feed(bar).most == 1
    assert "━" not in "".join(Screen(columns).feed(drawn).lines)


@pytest.mark.parametrize("command", ["cdxj", "reextract"])
def test_lines_on_a_terminal_have_no_bar_between_them(crawled: Path, command: str) -> None:
    (path,) = (crawled / "output/warc").glob("*.warc.gz")
    plain = scrapy(crawled, command, str(path))
    status, drawn = on_terminal(crawled, command, str(path), with_output=True)
    assert status == 0
    assert sorted(drawn.splitlines()) == sorted(plain.out.splitlines() + plain.err.splitlines())


def test_nothing_is_drawn_where_no_terminal_is(crawled: Path) -> None:
    command = [sys.executable, "-m", "scrapy", "verify"]
    environ = environment() | {"FORCE_COLOR": "1", "TERM": "xterm"}
    done = subprocess.run(command, cwd=crawled, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "\x1b" not in done.stdout
