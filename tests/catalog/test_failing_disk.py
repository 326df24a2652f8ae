"""Disks fill, folders vanish, permissions and descriptors are missing: one sentence, and what was stored stays."""

from __future__ import annotations

import gc
import os
import re
import resource
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kcnacrawl.catalog import CatalogError, open_catalog
from kcnacrawl.catalog.catalog import Catalog
from kcnacrawl.catalog.rebuilding import rebuild_catalog
from tests.catalog.samples import NOW, WARC, Archive, entry, pages
from tests.catalog.tables import tables
from tests.limits import file_size_limit, let_everybody_pass, without_privileges

RUN = "20260301040506-abcd"


@pytest.fixture
def crawling(archive: Archive) -> Catalog:
    catalog = archive.open()
    catalog.begin("mirror", {}, RUN, NOW)
    catalog.add_file(WARC, RUN, RUN)
    catalog.commit([entry(1)])
    return catalog


def refuses(catalog: Catalog, sentence: str) -> None:
    """It says why, and says it again whatever it is asked to store."""
    with pytest.raises(CatalogError) as caught:
        catalog.commit([entry(number) for number in range(2, 400)])
    assert str(caught.value) == sentence
    again: list[Callable[[], Any]] = [
        lambda: catalog.commit([entry(500)]),
        lambda: catalog.end(RUN, RUN, "finished", True, NOW),
        lambda: catalog.close_file(WARC, 1),
    ]
    for attempt in again:
        with pytest.raises(CatalogError, match=sentence.replace(".", r"\.").replace("(", r"\(").replace(")", r"\)")):
            attempt()


def test_a_full_disk(archive: Archive, crawling: Catalog) -> None:
    size = (archive.folder / "catalog.db-wal").stat().st_size
    with file_size_limit(size + 1000):
        refuses(crawling, f"{archive.path} cannot be used: disk I/O error.")
    assert crawling.record(entry(1).record_id) == entry(1)
    assert crawling.record(entry(2).record_id) is None
    crawling.close()
    assert [row[0] for row in tables(archive.path)["files"]] == [WARC]


def test_a_folder_that_vanished(archive: Archive, crawling: Catalog) -> None:
    shutil.rmtree(archive.folder)
    refuses(crawling, f"{archive.path} was removed or replaced while it was in use.")
    assert not archive.folder.exists()


def test_a_catalog_that_was_replaced(archive: Archive, crawling: Catalog) -> None:
    archive.path.rename(archive.folder / "old")
    archive.path.write_bytes(b"")
    refuses(crawling, f"{archive.path} was removed or replaced while it was in use.")
    assert archive.path.read_bytes() == b""


def test_a_folder_that_may_not_be_written(archive: Archive, tmp_path: Path) -> None:
    archive.warc.mkdir(parents=True)
    archive.folder.chmod(0o555)
    let_everybody_pass(tmp_path)
    remedy = f"let this user write in {archive.folder}, or keep the catalog elsewhere with -s CATALOG=FILE"
    told = re.escape(f"{archive.path}.lock cannot be used: Permission denied; {remedy}.")
    with without_privileges(), pytest.raises(CatalogError, match=f"^{told}$"):
        open_catalog(archive.path, archive.warc)
    with without_privileges(), pytest.raises(CatalogError, match=f"^{told}$"):
        rebuild_catalog(archive.path, archive.warc, notify=print, progress=lambda read, total: None)


def test_a_catalog_of_somebody_else(archive: Archive, tmp_path: Path) -> None:
    archive.crawl(pages(3))
    archive.path.chmod(0o600)
    archive.folder.chmod(0o777)
    for path in (archive.warc, archive.folder / "locks"):
        path.chmod(0o777)
    for path in (*archive.folder.glob("*.lock"), *archive.folder.glob("locks/*")):
        path.chmod(0o666)
    let_everybody_pass(tmp_path)
    with without_privileges():
        catalog = archive.open()
        assert catalog.counts()["response"] == 3
        catalog.close()
    assert "unable to open database file" in archive.told[0]
    assert (archive.folder / "catalog.db.damaged-1").stat().st_size > 0


def test_no_file_descriptors_left_is_no_damage(archive: Archive) -> None:
    archive.crawl(pages(3))
    gc.collect()  # what earlier tests left open must not be closed, and make room, on the way
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = [os.open(os.devnull, os.O_RDONLY)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (taken[0] + 50, before[1]))
    try:
        with suppress(OSError):
            while True:
                taken.append(os.open(os.devnull, os.O_RDONLY))
        for _ in range(4):
            with pytest.raises(CatalogError, match=r"cannot be used: "):
                archive.open()
            os.close(taken.pop())
    finally:
        for descriptor in taken:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert not list(archive.folder.glob("*damaged*"))
    assert len(tables(archive.path)["captures"]) == 3
