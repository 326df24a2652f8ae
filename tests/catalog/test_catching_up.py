"""The catalog follows the WARC files, whatever became of them between two runs."""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from pathlib import Path

import pytest

from kcnacrawl.archive.entries import entries
from kcnacrawl.catalog import CatalogError, ledger, open_catalog, schema
from kcnacrawl.catalog.catching_up import ANEW
from kcnacrawl.catalog.differences import find_differences
from kcnacrawl.catalog.looking import look_into
from kcnacrawl.catalog.lookups import File
from tests.catalog.samples import Archive, pages


def only(archive: Archive) -> Path:
    (path,) = archive.warc.iterdir()
    return path


def files(archive: Archive) -> list[File]:
    catalog = archive.open()
    try:
        return catalog.files()
    finally:
        catalog.close()


def test_nothing_changed_and_nothing_is_told(archive: Archive) -> None:
    archive.crawl(pages(3))
    before = archive.path.read_bytes()
    assert files(archive)[0].captures == 3
    assert archive.path.read_bytes() == before
    assert archive.told == []


def test_a_dead_run_is_mended_and_the_rest_of_its_file_indexed(archive: Archive) -> None:
    run = archive.crawl(pages(5), end=None)
    path = only(archive)
    with path.open("ab") as file:
        file.write(path.read_bytes()[:-7])
    (file_,) = files(archive)
    (closed,) = archive.warc.iterdir()
    assert archive.told[0].startswith(f"{closed}: closed with ")
    assert (file_.name, file_.crawl, file_.size, file_.gone) == (closed.name, run, closed.stat().st_size, False)
    assert file_.captures == len(list(entries(closed)))
    assert archive.open().unfinished()[0].id == run


def test_a_file_that_the_dead_run_could_not_note(archive: Archive) -> None:
    archive.crawl(pages(2))
    kept = archive.path.read_bytes()
    run = archive.crawl(pages(4, 10), end=None, since="2025-01-01")
    archive.path.write_bytes(kept)
    known = files(archive)
    assert [(file.crawl == run, file.captures) for file in known] == [(False, 2), (True, 4)]
    newest = archive.open().crawls()[0]
    assert (newest.id, newest.number, newest.arguments) == (run, 2, '{"since":"2025-01-01"}')


def test_the_file_of_a_living_run_is_left_alone(archive: Archive) -> None:
    archive.crawl(pages(2), end=None)
    path = only(archive)
    descriptor = os.open(path, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    assert [(file.size, file.gone) for file in files(archive)] == [(None, False)]
    assert only(archive) == path
    os.close(descriptor)
    assert files(archive)[0].size == only(archive).stat().st_size


def test_a_file_closed_a_moment_ago_is_left_to_its_living_run(archive: Archive) -> None:
    archive.crawl(pages(2), end="shutdown")
    alive = archive.open()
    alive.begin("mirror", {}, "other", "2026-03-02T04:05:06Z")
    with alive.transaction() as connection:
        ledger.change(connection, schema.files, alive.file_keys()[only(archive).name], size=None, captures=None)
    assert files(archive)[0].size is None
    alive.close()
    assert files(archive)[0].size == only(archive).stat().st_size


def test_files_that_a_living_run_begins_and_closes_are_never_gone_nor_unknown(archive: Archive) -> None:
    archive.crawl(pages(1))
    crawling = threading.Thread(target=archive.crawl, args=(pages(150, 10),), kwargs={"max_bytes": 1})
    crawling.start()
    while len(list(archive.warc.iterdir())) < 3:  # it has the catalog open
        assert crawling.is_alive()
    looks, odd = 0, set()
    with look_into(archive.path) as catalog:
        while crawling.is_alive():
            found = find_differences(catalog, archive.warc)
            odd |= {file.name for file in found.gone} | set(found.new)
            looks += 1
    assert (looks > 10, odd) == (True, set())


def test_a_removed_file_is_gone_and_comes_back(archive: Archive, tmp_path: Path) -> None:
    archive.crawl(pages(3))
    path = only(archive)
    shutil.move(path, tmp_path / path.name)
    assert files(archive)[0].gone
    assert archive.open().latest("http://mirror.example/1") is None
    shutil.move(tmp_path / path.name, path)
    assert not files(archive)[0].gone
    assert archive.open().latest("http://mirror.example/1") is not None


def test_a_file_that_changed_is_told_and_indexed_anew(archive: Archive) -> None:
    archive.crawl(pages(3))
    path = only(archive)
    whole = path.read_bytes()
    size = len(whole)
    cut = next(entry.offset for number, entry in enumerate(entries(path)) if number == 2)
    path.write_bytes(whole[:cut])
    assert files(archive)[0].captures == 2
    assert archive.told == [f"{path} has {cut} bytes and had {size}; {ANEW}."]
    path.write_bytes(whole)
    assert files(archive)[0].captures == 3
    catalog = archive.open()
    assert list(catalog.entries_of(path.name)) == list(entries(path))


def test_a_run_that_was_cut_off_behind_its_rows(archive: Archive) -> None:
    """After a power cut on a disk that lies, rows may lead behind the end of the file."""
    archive.crawl(pages(5), end=None)
    path = only(archive)
    third = next(entry.offset for number, entry in enumerate(entries(path)) if number == 3)
    os.truncate(path, third + 20)
    (file,) = files(archive)
    assert file.captures == 3
    catalog = archive.open()
    assert list(catalog.entries_of(file.name)) == list(entries(archive.warc / file.name))


def test_records_that_moved_when_a_hole_was_cut_out(archive: Archive) -> None:
    archive.crawl(pages(5), end=None)
    path = only(archive)
    second, third = (entry.offset for number, entry in enumerate(entries(path)) if number in (1, 2))
    data = bytearray(path.read_bytes())
    data[second:third] = bytes(third - second)
    path.write_bytes(data)
    (file,) = files(archive)
    assert file.captures == 4
    catalog = archive.open()
    assert list(catalog.entries_of(file.name)) == list(entries(archive.warc / file.name))


def test_damaged_records_are_told_and_the_others_indexed(archive: Archive) -> None:
    archive.crawl(pages(5))
    path = only(archive)
    second = next(entry.offset for number, entry in enumerate(entries(path)) if number == 1)
    data = bytearray(path.read_bytes())
    data[second + 40] ^= 255
    path.write_bytes(data)
    archive.path.unlink()
    assert files(archive)[0].captures == 4
    assert any(f"the record at {second} is damaged" in sentence for sentence in archive.told)


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "is empty."), (b"no WARC file\n" * 50, "is no WARC file"), (b"\x1f\x8b\x08\x00" + b"\xff" * 99, "")],
    ids=["empty", "text", "broken gzip"],
)
def test_what_is_no_warc_file_harms_nobody(archive: Archive, content: bytes, told: str) -> None:
    archive.crawl(pages(3))
    (archive.warc / "odd.warc.gz").write_bytes(content)
    (archive.warc / "folder.warc.gz").mkdir()
    (archive.warc / "note.txt").write_text("x")
    assert sum(file.captures or 0 for file in files(archive)) == 3
    assert any(told in sentence for sentence in archive.told)
    assert archive.crawl(pages(3, 5))


def test_older_files_found_later_stand_before_newer_ones(archive: Archive, tmp_path: Path) -> None:
    archive.crawl(pages(3))
    first = only(archive)
    shutil.move(first, tmp_path / first.name)
    archive.path.unlink()
    for number in range(3):
        archive.crawl(pages(3, number), since=str(number))
    shutil.move(tmp_path / first.name, first)
    assert files(archive)[0].name == first.name


def test_a_folder_that_is_a_file_is_a_sentence(archive: Archive) -> None:
    archive.folder.mkdir()
    archive.warc.write_text("x")
    with pytest.raises(CatalogError, match=r"warc cannot be (read|used): Not a directory\.$"):
        open_catalog(archive.path, archive.warc)
