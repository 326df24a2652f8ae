"""Two nights read again from the archive give what the two crawls gave, in whatever order their files are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcnacrawl.replica import Replica
from tests.crawl.running import crawl, scrapy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nights")
    with Replica(articles=12) as site:
        assert crawl(folder, site.url).status == 0
        site.amend("Amended since.", *list(site.paths())[:3])
        assert crawl(folder, site.url).status == 0
    return folder


@pytest.mark.parametrize("order", [1, -1])
def test_every_crawl_has_its_lines(folder: Path, order: int) -> None:
    lines = sorted(line for path in folder.glob("output/articles/*.jsonl") for line in path.read_bytes().splitlines())
    warcs = sorted(str(path) for path in folder.glob("output/warc/*.warc.gz"))[::order]
    run = scrapy(folder, "reextract", *warcs, "-o", f"again{order}.jsonl")
    assert run.status == 0, run.err
    assert sorted((folder / f"again{order}.jsonl").read_bytes().splitlines()) == lines
    assert len(lines) == 24
