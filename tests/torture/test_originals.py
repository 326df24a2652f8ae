"""The archive's own files cannot be opened for want of descriptors: the crawl ends, and takes nothing for lost."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kcnacrawl.replica import Replica
from tests.torture.crawling import Broken, Ended, dice, rounds, whole_lines
from tests.torture.promises import check

ARTICLES = 12
ASKED = {
    "whether it changed": (),
    "whether its payload is there": ("-s", "CONDITIONAL_REQUESTS=False"),
    "whether its style sheet is there": ("-s", "CONDITIONAL_REQUESTS=False", "-s", "WARC_DEDUP=False"),
}


class Night(NamedTuple):
    """A crawl that was done, of a site that still serves."""

    site: Replica
    folder: Path
    warc: str

    def next(self, folder: Path, *options: str) -> Broken:
        """The night after it, in a copy of its archive."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        self.site.requests.clear()
        return Broken(folder, self.site, options, earlier=frozenset(whole_lines(folder)))


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    with Replica(articles=ARTICLES, validators=True) as site:
        folder = tmp_path_factory.mktemp("night")
        Broken(folder, site).finish()
        (warc,) = folder.glob("output/warc/*.warc.gz")
        yield Night(site, folder, f"output/warc/{warc.name}")


def unopened(warc: str, first: int = 1) -> list[str]:
    """Run without a descriptor for one opening of one file."""
    fault = f"inject=openat:error=EMFILE:when={first}"
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-P", warc, "-e", "trace=openat", "-e", fault]


def is_told(ended: Ended, warc: str) -> bool:
    """Whether a run ended by a sentence on that file."""
    sentence = f"scrapy crawl: {warc} cannot be read: Too many open files."
    return ended.status == 1 and sentence in ended.err and "Traceback" not in ended.err


@pytest.mark.parametrize("first", [1, 2, 3, 7])
@pytest.mark.parametrize("what", ASKED)
def test_when_it_is_looked(night: Night, tmp_path: Path, what: str, first: int) -> None:
    crawl = night.next(tmp_path, *ASKED[what])
    ended = crawl.end(crawl.start(unopened(night.warc, first)))
    crawl.breaks += 1
    assert is_told(ended, night.warc), ended.err
    crawl.finish()
    check(crawl)


def test_when_a_crawl_is_taken_up_again(night: Night, tmp_path: Path) -> None:
    """What it has fetched is not asked for again."""
    crawl = night.next(tmp_path)
    process = crawl.start()
    crawl.wait_for_requests(10, process)
    process.terminate()
    assert crawl.end(process).status == 1
    (own,) = {path.name for path in tmp_path.glob("output/warc/*.warc.gz")} - {Path(night.warc).name}
    before = len(night.site.requests)
    assert is_told(crawl.end(crawl.start(unopened(f"output/warc/{own}"))), f"output/warc/{own}")
    assert len(night.site.requests) == before
    crawl.breaks += 1
    crawl.finish()
    check(crawl)


@pytest.mark.parametrize("number", rounds(2))
def test_when_there_are_none_at_all(night: Night, tmp_path: Path, number: int) -> None:
    crawl = night.next(tmp_path)
    process = crawl.start()
    crawl.wait_for_requests(dice("no originals", number).randint(1, 20), process)
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (3, 3))
    ended = crawl.end(process)
    crawl.breaks += 1
    assert is_told(ended, night.warc), ended.err
    crawl.finish()
    check(crawl)
