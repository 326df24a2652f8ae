"""Whatever happened to the stored file: the next start has a whole catalog, and nothing is deleted."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kcnacrawl.catalog import CatalogError
from kcnacrawl.catalog.rebuilding import rebuild_catalog
from tests.catalog.samples import NOW, Archive, pages
from tests.catalog.tables import tables

RUN = "20260301040506-abcd"


def flip(data: bytearray, position: int, bit: int = 0) -> None:
    data[position] ^= 1 << bit


def truncated(data: bytes, part: float) -> bytes:
    return data[: int(len(data) * part)]


def zeroed(data: bytes, start: float, end: float) -> bytes:
    first, last = int(len(data) * start), int(len(data) * end)
    return data[:first] + bytes(last - first) + data[last:]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda data: b"",
    "a byte left": lambda data: data[:1],
    "half a page left": lambda data: data[:2048],
    "a page left": lambda data: data[:4096],
    "cut in the middle": lambda data: truncated(data, 0.5),
    "last byte cut": lambda data: data[:-1],
    "all zeros": lambda data: bytes(len(data)),
    "first page zeroed": lambda data: bytes(4096) + data[4096:],
    "last page zeroed": lambda data: data[:-4096] + bytes(4096),
    "middle zeroed": lambda data: zeroed(data, 0.3, 0.6),
    "garbage": lambda data: random.Random(1).randbytes(len(data)),
    "text": lambda data: b"this is no database\n" * 500,
    "another database": lambda data: another_database(),
}


def another_database() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE notes (text)")
    return connection.serialize()


@pytest.fixture
def killed(archive: Archive) -> Archive:
    """A catalog whose journal holds commits, as after a kill."""
    archive.crawl(pages(3))
    catalog = archive.open()
    catalog.begin("mirror", {"since": "2025-01-01"}, RUN, NOW)
    shutil.copytree(archive.folder, archive.folder.with_name("copy"), ignore=shutil.ignore_patterns("locks"))
    catalog.close()
    copy = Archive(archive.folder.with_name("copy"))
    assert (copy.folder / "catalog.db-wal").stat().st_size > 0
    return copy


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_catalog_is_moved_aside_and_made_anew(archive: Archive, what: str) -> None:
    archive.crawl(pages(40))
    kept = tables(archive.path)
    damaged = DAMAGES[what](archive.path.read_bytes())
    archive.path.write_bytes(damaged)
    archive.open().close()
    assert tables(archive.path) == kept
    aside = archive.folder / "catalog.db.damaged-1"
    assert aside.read_bytes() == damaged
    assert archive.told[0].startswith(f"{archive.path} was damaged: ")
    assert archive.told[0].endswith(f". It is made anew from the WARC files; the damaged one is {aside}.")


@pytest.mark.parametrize("seed", range(60))
def test_a_flipped_bit_is_found_or_harms_nobody(archive: Archive, seed: int) -> None:
    archive.crawl(pages(12))
    kept = tables(archive.path)
    data = bytearray(archive.path.read_bytes())
    dice = random.Random(seed)
    flip(data, dice.randrange(len(data)), dice.randrange(8))
    archive.path.write_bytes(data)
    archive.open().close()
    assert tables(archive.path) == kept


@pytest.mark.parametrize("what", ["cut in the middle", "middle zeroed", "last page zeroed"])
def test_a_large_catalog_is_looked_at_quickly(archive: Archive, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.crawl(pages(40))
    kept = tables(archive.path)
    monkeypatch.setattr("kcnacrawl.catalog.damage.SMALL", 0)
    monkeypatch.setattr("kcnacrawl.catalog.damage.LARGE", 0)
    archive.path.write_bytes(DAMAGES[what](archive.path.read_bytes()))
    archive.open().close()
    assert tables(archive.path) == kept


def test_rows_of_a_large_catalog_are_looked_at_after_a_kill(killed: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kcnacrawl.catalog.damage.SMALL", 0)
    before = killed.open()
    kept = len(list(before.entries_of(before.files()[0].name)))
    before.close()
    change(killed.path, "UPDATE captures SET status = 404")
    killed.open().close()
    assert not list(killed.folder.glob("*damaged*"))
    (killed.folder / "catalog.db.suspect").touch()
    killed.open().close()
    assert list(killed.folder.glob("*damaged*"))
    assert len(tables(killed.path)["captures"]) == kept


def test_damaged_catalogs_pile_up_under_numbers(archive: Archive) -> None:
    archive.crawl(pages(2))
    for number in (1, 2, 3):
        archive.path.write_bytes(b"%d" % number)
        archive.open().close()
        assert (archive.folder / f"catalog.db.damaged-{number}").read_bytes() == b"%d" % number


def test_a_folder_in_its_place(archive: Archive) -> None:
    archive.crawl(pages(2))
    archive.path.unlink()
    (archive.path / "inside").mkdir(parents=True)
    archive.open().close()
    assert (archive.folder / "catalog.db.damaged-1" / "inside").is_dir()
    assert len(tables(archive.path)["captures"]) == 2


def test_a_removed_catalog_is_made_anew_without_a_word(archive: Archive) -> None:
    archive.crawl(pages(2))
    kept = tables(archive.path)
    archive.path.unlink()
    archive.open().close()
    assert tables(archive.path) == kept
    assert not list(archive.folder.glob("*damaged*"))


def test_the_journal_of_a_kill_is_used(killed: Archive) -> None:
    (left,) = killed.open().unfinished()
    assert left.id == RUN
    assert killed.told == []


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
@pytest.mark.parametrize("what", ["emptied", "half a page left", "last byte cut", "all zeros", "garbage"])
def test_a_damaged_journal_costs_at_most_what_was_in_it(killed: Archive, ending: str, what: str) -> None:
    path = killed.folder / f"catalog.db{ending}"
    path.write_bytes(DAMAGES[what](path.read_bytes()))
    killed.open().close()
    assert len(tables(killed.path)["captures"]) == 3


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
def test_a_folder_in_the_journals_place(killed: Archive, ending: str) -> None:
    path = killed.folder / f"catalog.db{ending}"
    path.unlink()
    path.mkdir()
    killed.open().close()
    assert len(tables(killed.path)["captures"]) == 3


def test_a_journal_without_its_catalog_is_not_applied_to_another(killed: Archive) -> None:
    killed.path.unlink()
    killed.open().close()
    assert len(tables(killed.path)["captures"]) == 3
    assert (killed.folder / "catalog.db.damaged-1-wal").exists()


def change(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


CHANGES = {
    "a crawl is called done": "UPDATE crawls SET done = 1 - done",
    "a run has another reason": "UPDATE runs SET reason = 'shutdown'",
    "a file has another size": "UPDATE files SET size = size + 1",
    "a capture has another status": "UPDATE captures SET status = 404",
    "a capture leads elsewhere": "UPDATE captures SET length = length + 1",
    "a digest is another": "UPDATE captures SET digest = x'00'",
    "an address is another": "UPDATE urls SET url = url || 'x'",
    "captures are missing": "DELETE FROM captures",
    "a table is missing": "DROP TABLE frontier",
    "a column is missing": "ALTER TABLE captures DROP COLUMN etag",
    "the version is missing": "DELETE FROM alembic_version",
    "the version is none": "UPDATE alembic_version SET version_num = 'x'",
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_that_the_database_does_not_notice(archive: Archive, what: str) -> None:
    archive.crawl(pages(3))
    kept = tables(archive.path)
    change(archive.path, CHANGES[what])
    archive.open().close()
    assert tables(archive.path) == kept
    assert (archive.folder / "catalog.db.damaged-1").exists()


def test_a_row_that_changes_while_it_is_used_is_not_given_out(archive: Archive) -> None:
    archive.crawl(pages(3))
    catalog = archive.open()
    first, second, *_ = catalog.entries_of(catalog.files()[0].name)
    change(archive.path, f"UPDATE captures SET length = 1 WHERE offset = {first.offset}")
    assert catalog.record(first.record_id) is None
    assert catalog.latest(first.url) is None
    assert catalog.record(second.record_id) == second
    assert archive.told == [f"A row of {archive.path} is damaged and not used; the next start makes the catalog anew."]
    catalog.close()
    catalog = archive.open()
    assert catalog.record(first.record_id) == first


def test_a_newer_catalog_is_not_touched(archive: Archive) -> None:
    archive.crawl(pages(3))
    change(archive.path, "UPDATE alembic_version SET version_num = '9999'")
    before = archive.path.read_bytes()
    said = r"catalog\.db was made by a newer kcnacrawl \(its tables are version 9999, the newest known are 0001\); "
    with pytest.raises(CatalogError, match=said + r"nothing was touched\.$"):
        archive.open()
    with pytest.raises(CatalogError, match=said):
        rebuild_catalog(archive.path, archive.warc, notify=archive.told.append, progress=lambda read, total: None)
    assert archive.path.read_bytes() == before
    assert archive.told == []


def test_a_catalog_locked_for_ever(archive: Archive) -> None:
    archive.crawl(pages(3))
    other = sqlite3.connect(archive.path, isolation_level=None)
    other.execute("PRAGMA journal_mode=DELETE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(CatalogError, match=r"catalog\.db is kept locked by another program; close that one\.$"):
        archive.open(busy=0.1)
    other.close()
    assert len(tables(archive.path)["captures"]) == 3
    assert not list(archive.folder.glob("*damaged*"))
