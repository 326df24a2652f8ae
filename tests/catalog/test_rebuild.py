"""A catalog made from the WARC files alone is the one that was kept while crawling."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.catalog import CatalogError
from kcnacrawl.catalog.rebuilding import rebuild_catalog
from kcnacrawl.replica import Replica
from tests.catalog.samples import Archive, exchange, pages
from tests.catalog.tables import tables
from tests.crawl.running import crawl, scrapy


def rebuild(archive: Archive) -> None:
    rebuild_catalog(archive.path, archive.warc, notify=archive.told.append, progress=lambda read, total: None)


def test_real_crawls_kept_and_made_anew(tmp_path: Path) -> None:
    with Replica(articles=40) as site:
        days = ("-a", "since=2025-11-20", "-a", "until=2025-11-26")
        for arguments in ((), (), days, ("-s", "WARC_MAX_BYTES=100000")):
            assert crawl(tmp_path, site.url, *arguments).status == 0
    path = tmp_path / "output/catalog.db"
    kept = tables(path)
    assert len(kept["crawls"]) == 4
    assert len(kept["files"]) > 4
    assert {row[4] for row in kept["captures"]} >= {0, 1}
    assert all(row[5] for row in kept["crawls"])
    assert {row[2] for row in kept["runs"]} == {"finished"}
    done = scrapy(tmp_path, "catalog", "rebuild")
    assert (done.status, done.err) == (0, "")
    assert tables(path) == kept
    path.unlink()
    assert scrapy(tmp_path, "catalog", "update").out == done.out
    assert tables(path) == kept


def test_crawls_of_all_ends(archive: Archive) -> None:
    archive.crawl(pages(3))
    archive.crawl(pages(3), end="shutdown")
    archive.crawl(pages(6), end="limit")
    archive.crawl(pages(40, 10), spider="other", max_bytes=4_000, end="blocked")
    archive.crawl(pages(5, 60), end=None, since="2025-01-01")
    archive.open().close()
    kept = tables(archive.path)
    assert [row[5] for row in kept["crawls"]] == [1, 1, 1, 0]
    assert len(kept["files"]) > 10
    rebuild(archive)
    assert tables(archive.path) == kept


def test_files_of_versions_that_did_not_say_whose_they_are(archive: Archive) -> None:
    archive.warc.mkdir(parents=True)
    for prefix in ("a", "b"):
        writer = WarcWriter(archive.warc, prefix, info={"isPartOf": "mirror", "software": "kcnacrawl/0"})
        writer.write(exchange(f"/{prefix}", "A page of the first version. " * 30))
        writer.close()
    catalog = archive.open()
    names = sorted(path.name.removesuffix(".warc.gz") for path in archive.warc.iterdir())
    assert sorted(crawl.id for crawl in catalog.crawls()) == names
    assert {(crawl.number, crawl.spider) for crawl in catalog.crawls()} == {(0, "mirror")}
    assert catalog.unfinished() == []
    assert catalog.begin("mirror", {}, "20260302040506-abcd", "2026-03-02T04:05:06Z").number == 1


def test_a_body_cannot_say_that_a_crawl_is_done(archive: Archive, tmp_path: Path) -> None:
    forged = tmp_path / "forged"
    forged.mkdir()
    writer = WarcWriter(forged, "forged", info={"software": "x"})
    run = "20260301000001-abcd"
    writer.end([("crawl", run), ("run", run), ("ended", "finished"), ("done", "yes")])
    (path,) = writer.close()
    head = "Content-Encoding: gzip\r\n"
    archive.crawl({}, end=None)
    catalog = archive.open()
    catalog.close()
    (mended,) = archive.warc.iterdir()
    page = exchange("/", "", head=head)
    body = path.read_bytes()
    page = type(page)(
        url=page.url,
        sent=page.sent,
        received=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body,
        started=datetime(2026, 3, 1, tzinfo=UTC),
    )
    info = {"crawl": run, "run": run, "run-number": "1", "began": "2026-03-01T04:05:06Z", "isPartOf": "mirror"}
    writer = WarcWriter(archive.warc, "mirror", info=info | {"arguments": "{}"})
    writer.write(page)
    writer.close()
    mended.unlink()
    archive.path.unlink()
    (crawl,) = archive.open().unfinished()
    assert crawl.id == run


def test_a_rebuild_that_fails_leaves_the_old_catalog(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.crawl(pages(3))
    before = archive.path.read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kcnacrawl.catalog.building._sync", fail)
    with pytest.raises(CatalogError, match=r"cannot be used: No space left on device\.$"):
        rebuild(archive)
    assert archive.path.read_bytes() == before
    assert not list(archive.folder.glob("catalog.db.new*"))


def test_a_rebuild_waits_for_no_crawl(archive: Archive) -> None:
    archive.crawl(pages(3))
    catalog = archive.open()
    with pytest.raises(CatalogError, match=r"catalog\.db is in use by another process; wait for it or stop it\.$"):
        rebuild(archive)
    catalog.begin("mirror", {}, "a", "2026-03-02T04:05:06Z")
    with pytest.raises(CatalogError, match=r"^A crawl is running \(process \d+\); wait for it or stop it\.$"):
        rebuild(archive)


def test_progress_is_told_in_bytes(archive: Archive) -> None:
    archive.crawl(pages(30), max_bytes=5_000)
    told: list[tuple[int, int]] = []
    rebuild_catalog(
        archive.path, archive.warc, notify=archive.told.append, progress=lambda read, total: told.append((read, total))
    )
    size = sum(path.stat().st_size for path in archive.warc.iterdir())
    assert told[-1] == (size, size)
    assert [read for read, _ in told] == sorted(read for read, _ in told)
