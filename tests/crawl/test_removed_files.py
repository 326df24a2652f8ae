"""A WARC file that was removed leaves its name to nobody: what leads into it must not lead into another one."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kcnacrawl.archive.files import warc_name
from kcnacrawl.catalog import open_catalog
from kcnacrawl.replica import Replica
from tests.crawl.running import crawl

SECONDS = 120
"""From now on; the next crawl begins in one of them."""


def test_a_crawl_that_begins_in_the_second_of_a_file_that_was_removed(tmp_path: Path) -> None:
    with Replica(articles=3) as site:
        assert crawl(tmp_path, site.url).status == 0
        catalog = open_catalog(tmp_path / "output/catalog.db", tmp_path / "output/warc", notify=print)
        (file,) = catalog.files()
        now = datetime.now(UTC)
        instants = (now + timedelta(seconds=second) for second in range(SECONDS))
        for name in {warc_name("kcnawatch", instant, 0, socket.gethostname()) for instant in instants} - {file.name}:
            catalog.add_file(name, file.crawl, file.run)
            catalog.mark(name, gone=True)
        catalog.close()
        run = crawl(tmp_path, site.url)
    assert run.status == 0, run.err
    older, newer = sorted(path.name for path in (tmp_path / "output/warc").iterdir())
    assert (older, newer.split("-")[2]) == (file.name, "00001")
