"""``scrapy catalog`` as a person uses it."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from pathlib import Path

import pytest

from kcnacrawl.archive.entries import entries
from tests.catalog.samples import Archive, pages
from tests.crawl.running import Run, scrapy


def catalog(archive: Archive, *arguments: str) -> Run:
    return scrapy(archive.folder.parent, "catalog", *arguments, "-s", "WARC_DIR=output/warc")


def test_what_the_archive_holds(archive: Archive) -> None:
    archive.crawl(pages(1200))
    archive.crawl(pages(2), end=None, since="2025-01-01", query="소나무")
    kept = archive.open()
    kept.commit([], asked=[])
    kept.begin("mirror", {"since": "2025-01-01", "query": "소나무"}, "x", "2026-03-02T04:05:06Z")
    kept.commit([], asked=[f"http://mirror.example/{number}?" for number in range(1500)])
    kept.close()
    size = sum(path.stat().st_size for path in archive.warc.iterdir())
    done = catalog(archive)
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [
        "catalog    output/catalog.db",
        f"files      2                  {size:,} bytes closed, 0 being written, 0 gone",
        "captures   1,202              1,202 responses, 0 revisits, 0 resources",
        "addresses  2,700",
        "crawls     2                  1 unfinished",
        "",
        "unfinished           began                 runs  waiting  spider and arguments",
        "20260301000002-abcd  2026-03-01T04:05:06Z  2     1,500    mirror query=소나무 since=2025-01-01",
    ]


def test_nothing_is_there(tmp_path: Path) -> None:
    done = scrapy(tmp_path, "catalog")
    assert (done.status, done.out) == (1, "")
    assert done.err == "scrapy catalog: There is neither output/catalog.db nor output/warc; a crawl makes both.\n"
    done = scrapy(tmp_path, "catalog", "check")
    assert (done.status, done.err) == (1, "scrapy catalog: output/catalog.db does not exist.\n")
    done = scrapy(tmp_path, "catalog", "rebuild")
    said = "scrapy catalog: output/warc is no folder; there is nothing to make a catalog from.\n"
    assert (done.status, done.err) == (1, said)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong", [("other",), ("check", "check")])
def test_wrong_usage(tmp_path: Path, wrong: tuple[str, ...]) -> None:
    done = scrapy(tmp_path, "catalog", *wrong)
    assert done.status == 2
    assert "Say nothing, `rebuild` or `check`." in done.out + done.err


def test_an_index_that_agrees(archive: Archive) -> None:
    archive.crawl(pages(30), max_bytes=5_000)
    done = catalog(archive, "check")
    files = len(list(archive.warc.iterdir()))
    assert files > 3
    assert (done.status, done.err, done.out) == (0, "", f"30 captures in {files} files agree, 0 findings.\n")


def test_an_index_that_does_not(archive: Archive) -> None:
    archive.crawl(pages(6))
    (path,) = archive.warc.iterdir()
    offsets = [entry.offset for entry in entries(path)]
    connection = sqlite3.connect(archive.path)
    row = connection.execute("SELECT * FROM captures WHERE offset = ?", offsets[:1]).fetchone()
    connection.execute("UPDATE captures SET status = 201 WHERE offset = ?", (offsets[1],))
    connection.execute("DELETE FROM captures WHERE offset = ?", (offsets[2],))
    connection.execute(f"INSERT INTO captures VALUES ({', '.join('?' * len(row))})", (row[0], 5, *row[2:]))
    connection.commit()
    connection.close()
    # Open in another process, so that the damage is not mended before it is compared.
    holder = _hold(archive.folder / "catalog.db.lock")
    done = catalog(archive, "check")
    os.close(holder)
    name = Path("output/warc") / path.name
    ids = {entry.offset: entry.record_id for entry in entries(path)}
    remedy = "run `scrapy catalog rebuild`."
    copy = "if `scrapy verify` finds the file damaged, bring it back from a copy, else"
    assert done.out.splitlines() == [
        f"{name}: no whole record begins at 5, where a row leads; {copy} {remedy}",
        f"{name}: the record at {offsets[1]}, {ids[offsets[1]]}, has a damaged row; {remedy}",
        f"{name}: the record at {offsets[2]}, {ids[offsets[2]]}, has no row; {remedy}",
        "4 captures in 1 files agree, 3 findings.",
    ]
    assert (done.status, done.err) == (1, "")


def _hold(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def test_a_record_that_changed_under_its_row(archive: Archive) -> None:
    archive.crawl(pages(3))
    (path,) = archive.warc.iterdir()
    first, second, _ = (entry.offset for entry in entries(path))
    data = bytearray(path.read_bytes())
    data[first + 40] ^= 255
    path.write_bytes(data)
    done = catalog(archive, "check")
    assert done.status == 1
    assert f"no whole record begins at {first}, where a row leads" in done.out
    assert str(second) not in done.out
    path.unlink()
    done = catalog(archive, "check")
    assert done.out.splitlines() == [
        f"output/warc/{path.name}: is gone, and 3 rows lead into it.",
        "0 captures in 0 files agree, 1 findings.",
    ]


def test_a_rebuild_while_a_crawl_is_running(archive: Archive) -> None:
    archive.crawl(pages(3))
    kept = archive.open()
    kept.begin("mirror", {}, "x", "2026-03-02T04:05:06Z")
    done = catalog(archive, "rebuild")
    said = f"scrapy catalog: A crawl is running (process {os.getpid()}); wait for it or stop it.\n"
    assert (done.status, done.out, done.err) == (1, "", said)
