"""The commands that findings on an index name: each mends it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kcnacrawl.replica import Replica
from tests.crawl.running import crawl, scrapy


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two crawls and the index of both."""
    folder = tmp_path_factory.mktemp("nights")
    with Replica(articles=5) as site:
        assert [crawl(folder, site.url).status for _ in range(2)] == [0, 0]
    assert scrapy(folder, "cdxj").status == 0
    return folder


@pytest.fixture
def project(nights: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(nights, tmp_path / "project"))


DAMAGES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a byte of a line": ("index.cdxj", lambda text: text.replace(b'"status": "2', b'"status": "3', 1)),
    "two lines turned round": ("index.cdxj", lambda text: b"".join(reversed(text.splitlines(keepends=True)))),
    "a line cut off": ("index.cdxj", lambda text: text[: text.rindex(b"\n", 0, -1) + 1]),
    "a byte of the list of one file": ("*.warc.gz.cdxj", lambda text: text.replace(b'"offset": "', b'"offset": "x', 1)),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_the_command_out_of_a_finding_mends_an_index(project: Path, what: str) -> None:
    name, damage = DAMAGES[what]
    path = next((project / "output/cdxj").glob(name))
    path.write_bytes(damage(path.read_bytes()))
    mend_index(project, told_of_index(project))


def test_the_command_out_of_a_finding_follows_warc_files_that_came_or_went(project: Path) -> None:
    newest = max((project / "output/warc").glob("*.warc.gz"))
    newest.rename(project / newest.name)
    assert mend_index(project, told_of_index(project, "output/cdxj")) == ["cdxj"]
    (project / newest.name).rename(newest)
    assert mend_index(project, told_of_index(project, "--notes", "output/cdxj")) == ["cdxj"]


def told_of_index(project: Path, *arguments: str) -> str:
    told = scrapy(project, "verify", *arguments).out
    assert "`scrapy cdxj" in told, told
    return told


def mend_index(project: Path, told: str) -> list[str]:
    """Run the command that findings name, which mends all; its arguments."""
    (command,) = set(re.findall("`scrapy ([^`]*)`", told))
    scrapy(project, *command.split())  # status 1 when lines of a file that is gone were taken out
    assert scrapy(project, "verify", "--notes", "output/cdxj").out.endswith(" checked, 0 findings.\n")
    return list(command.split())
