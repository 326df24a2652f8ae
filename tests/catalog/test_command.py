"""``scrapy catalog`` as a person uses it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from kcnacrawl.archive.entries import entries
from kcnacrawl.catalog import CatalogError
from kcnacrawl.catalog.comparing import GONE
from kcnacrawl.catalog.looking import look_into
from tests.catalog.samples import Archive, pages
from tests.crawl.running import Run, scrapy

BACK = "bring it back from a copy, or, if it was removed on purpose, have it forgotten with `scrapy catalog rebuild`."


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
    for verb in ((), ("check",), ("update",), ("rebuild",)):
        done = scrapy(tmp_path, "catalog", *verb)
        assert (done.status, done.out) == (1, "")
        assert done.err == "scrapy catalog: There is neither output/catalog.db nor output/warc; a crawl makes both.\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong", [("other",), ("check", "check")])
def test_wrong_usage(tmp_path: Path, wrong: tuple[str, ...]) -> None:
    done = scrapy(tmp_path, "catalog", *wrong)
    assert done.status == 2
    assert "Say nothing, `check`, `update` or `rebuild`." in done.out + done.err


def _stored(archive: Archive) -> dict[str, bytes]:
    return {
        str(path.relative_to(archive.folder)): path.read_bytes() for path in archive.folder.rglob("*") if path.is_file()
    }


def test_looking_changes_nothing(archive: Archive) -> None:
    archive.crawl(pages(3))
    (first,) = archive.warc.iterdir()
    archive.crawl(pages(2, 10))
    second = max(archive.warc.iterdir())
    archive.crawl(pages(2, 20), end=None)
    first.unlink()
    (archive.warc / "copy.warc.gz").write_bytes(second.read_bytes())
    before = _stored(archive)
    update = "the next crawl brings it up to date, and so does `scrapy catalog update`."
    done = catalog(archive)
    assert (done.status, done.out.splitlines()[0]) == (1, "catalog    output/catalog.db")
    assert done.err.splitlines() == [
        f"scrapy catalog: output/warc/{first.name} is gone, and 3 captures with it; {BACK}",
        "scrapy catalog: 1 file in output/warc is not indexed yet.",
        "scrapy catalog: 1 file in output/warc is left open by a run that broke off.",
        f"scrapy catalog: Nothing was changed: {update}",
    ]
    done = catalog(archive, "check")
    remedy = "if `scrapy verify` finds nothing wrong with it, run `scrapy catalog update`."
    assert (done.status, done.out.splitlines()) == (
        1,
        [
            f"output/warc/{first.name}: is gone, and 3 rows lead into it; {GONE}.",
            f"output/warc/copy.warc.gz: is not in the catalog; {remedy}",
            "2 captures in 1 file agree, 2 findings.",
        ],
    )
    assert _stored(archive) == before


def test_a_folder_that_is_not_there_is_named(archive: Archive) -> None:
    archive.crawl(pages(3))
    archive.crawl(pages(2, 10))
    archive.warc.rename(archive.warc.with_name("moved"))
    missed = (
        "There is no folder output/warc, where 2 files with 5 captures should be; bring it back from a copy, or say "
        "with -s WARC_DIR=FOLDER where it is."
    )
    assert catalog(archive).err.splitlines()[0] == f"scrapy catalog: {missed}"
    done = catalog(archive, "check")
    assert (done.status, done.out.splitlines()[0]) == (1, missed)
    done = scrapy(archive.folder.parent, "catalog", "check", "-s", "WARC_DIR=output/moved")
    assert (done.status, done.out) == (0, "5 captures in 2 files agree, 0 findings.\n")


def test_looking_while_a_crawl_is_writing(archive: Archive) -> None:
    archive.crawl(pages(3))
    kept = archive.open()
    kept.begin("mirror", {"since": "2025-01-01"}, "x", "2026-03-02T04:05:06Z")
    kept.commit([], asked=["http://mirror.example/a"])
    done = catalog(archive)
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[-1].endswith("  1     1        mirror since=2025-01-01")
    kept.close()


def test_looking_while_a_crawl_begins_and_ends_is_told(archive: Archive) -> None:
    """Nobody was writing when it began, so that SQLite reads a file of which it was told that it does not change."""
    archive.crawl(pages(2))

    def look() -> None:
        with look_into(archive.path) as looked:
            archive.crawl(pages(200, 10))
            looked.files()

    with pytest.raises(CatalogError, match=r"was changed by a crawl while it was looked at; look again\.$"):
        look()
    with look_into(archive.path) as looked:
        assert len(looked.files()) == 2


def test_update_does_what_looking_only_tells(archive: Archive) -> None:
    archive.crawl(pages(3))
    (first,) = archive.warc.iterdir()
    archive.crawl(pages(2, 10), end=None)
    first.unlink()
    gone = f"scrapy catalog: output/warc/{first.name} is gone, and 3 captures with it; {BACK}"
    done = catalog(archive, "update")
    (closed,) = archive.warc.iterdir()
    assert done.status == 1
    assert done.err.splitlines()[0].startswith(f"scrapy catalog: output/warc/{closed.name}: closed with ")
    assert done.err.splitlines()[1:] == [gone]
    assert "0 being written, 1 gone" in done.out
    # It is not forgotten, until somebody says so: whoever asks again is told again.
    done = catalog(archive)
    assert (done.status, done.err.splitlines()) == (1, [gone])
    done = catalog(archive, "rebuild")
    assert (done.status, done.err) == (0, "")
    assert (catalog(archive).status, catalog(archive, "check").status) == (0, 0)


def test_each_file_that_is_gone_or_changed_is_named(archive: Archive) -> None:
    for first in (0, 10, 20):
        archive.crawl(pages(2, first))
    one, other, cut = sorted(archive.warc.iterdir())
    one.unlink()
    other.unlink()
    size = cut.stat().st_size
    os.truncate(cut, size - 100)
    wrong = f"output/warc/{cut.name} has {size - 100} bytes and had {size} when it was indexed"
    told = [
        *(f"scrapy catalog: output/warc/{path.name} is gone, and 2 captures with it; {BACK}" for path in (one, other)),
        f"scrapy catalog: {wrong}; if `scrapy verify` finds it damaged, bring it back from a copy, else run "
        "`scrapy catalog update`.",
    ]
    done = catalog(archive)
    assert (done.status, done.err.splitlines()[:3]) == (1, told)
    archive.open().close()  # as the next crawl does: from here on nothing tells that the file was cut
    done = catalog(archive)
    assert (done.status, done.err.splitlines()) == (1, told[:2])


def test_an_update_of_a_changed_file_is_no_success(archive: Archive) -> None:
    archive.crawl(pages(3))
    (path,) = archive.warc.iterdir()
    os.truncate(path, path.stat().st_size - 100)
    done = catalog(archive, "update")
    assert done.status == 1
    anew = "its records are indexed anew; if `scrapy verify` finds it damaged, bring it back from a copy."
    assert done.err.splitlines()[0].endswith(anew)


@pytest.mark.parametrize("verb", [(), ("check",)])
def test_looking_at_a_damaged_catalog(archive: Archive, verb: tuple[str, ...]) -> None:
    archive.crawl(pages(3))
    archive.path.write_bytes(archive.path.read_bytes()[:5000])
    before = _stored(archive)
    done = catalog(archive, *verb)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("scrapy catalog: output/catalog.db is damaged: ")
    assert done.err.endswith(
        "the next crawl makes it anew from the WARC files, and so does `scrapy catalog rebuild`.\n"
    )
    assert _stored(archive) == before
    archive.path.unlink()
    done = catalog(archive, *verb)
    assert done.err.startswith("scrapy catalog: There is no catalog output/catalog.db; the next crawl makes it")


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
    done = catalog(archive, "check")
    name = Path("output/warc") / path.name
    ids = {entry.offset: entry.record_id for entry in entries(path)}
    remedy = "run `scrapy catalog rebuild`."
    copy = "if `scrapy verify` finds the file damaged, bring it back from a copy, else"
    assert done.out.splitlines() == [
        f"{name}: no whole record begins at 5, where a row leads; {copy} {remedy}",
        f"{name}: the record at {offsets[1]}, {ids[offsets[1]]}, has a damaged row; {remedy}",
        f"{name}: the record at {offsets[2]}, {ids[offsets[2]]}, has no row; {remedy}",
        "4 captures in 1 file agree, 3 findings.",
    ]
    assert (done.status, done.err) == (1, "")


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
        f"output/warc/{path.name}: is gone, and 3 rows lead into it; {GONE}.",
        "0 captures in 0 files agree, 1 finding.",
    ]


def test_a_rebuild_while_a_crawl_is_running(archive: Archive) -> None:
    archive.crawl(pages(3))
    kept = archive.open()
    kept.begin("mirror", {}, "x", "2026-03-02T04:05:06Z")
    done = catalog(archive, "rebuild")
    said = f"scrapy catalog: A crawl is running (process {os.getpid()}); wait for it or stop it.\n"
    assert (done.status, done.out, done.err) == (1, "", said)


def test_a_mistyped_folder_is_not_noted_as_the_end_of_all_files(archive: Archive) -> None:
    archive.crawl(pages(2))
    before = _stored(archive)
    done = scrapy(archive.folder.parent, "catalog", "update", "-s", "WARC_DIR=output/wrac")
    sentence = "output/wrac is no folder; it would be on record that all its files are gone."
    assert (done.status, done.out, done.err) == (1, "", f"scrapy catalog: {sentence}\n")
    assert _stored(archive) == before
