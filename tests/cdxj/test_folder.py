"""The index of an archive that grows: a new file costs its own size, and the index is always that of what is there."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.cdxj import IndexFolder, find, index_to_read, sorted_lines, update_index
from kcnacrawl.archive.cdxj.replacing import locked
from kcnacrawl.archive.locks import take_lock
from tests.cdxj.reference import record, write
from tests.limits import let_everybody_pass, without_privileges


@pytest.fixture
def warcs(tmp_path: Path) -> Path:
    folder = tmp_path / "warc"
    folder.mkdir()
    for name in ("a", "b"):
        add(folder, name)
    return folder


def add(folder: Path, name: str, pages: int = 40) -> Path:
    """A file of captures; their addresses lie between those of the others."""
    records = [record(url=f"http://a.kp/{number:03d}/{name}") for number in range(pages)]
    return write(folder / f"{name}.warc.gz", [record("warcinfo", b"a: b"), *records])


def expected(folder: Path) -> bytes:
    return b"".join(sorted_lines(sorted(folder.glob("*.warc*[!n]"))))


def spoil(path: Path) -> None:
    """Other bytes, as many: whoever reads the file again will notice, whoever does not, will not."""
    path.write_bytes(b"\0" * path.stat().st_size)


def test_lists_and_index_are_made(warcs: Path, tmp_path: Path) -> None:
    updated = IndexFolder(warcs, tmp_path / "deep/cdxj").update()
    assert (updated.made, updated.kept, updated.gone) == (["a.warc.gz", "b.warc.gz"], 0, [])
    assert updated.path == tmp_path / "deep/cdxj/index.cdxj"
    assert updated.path.read_bytes() == expected(warcs)
    for name in ("a", "b"):
        path = warcs / f"{name}.warc.gz"
        assert (tmp_path / f"deep/cdxj/{name}.warc.gz.cdxj").read_bytes() == b"".join(sorted_lines([path]))


@pytest.mark.parametrize("pages", [1, 40])
def test_a_new_file_costs_its_own_size(warcs: Path, tmp_path: Path, pages: int) -> None:
    cdxj = tmp_path / "cdxj"
    update_index(warcs, cdxj)
    add(warcs, "c", pages)
    whole = expected(warcs)
    for path in (warcs / "a.warc.gz", warcs / "b.warc.gz", cdxj / "a.warc.gz.cdxj", cdxj / "b.warc.gz.cdxj"):
        spoil(path)
    updated = IndexFolder(warcs, cdxj).update()
    assert (updated.made, updated.kept) == (["c.warc.gz"], 2)
    assert updated.path.read_bytes() == whole


def test_nothing_new_costs_nothing(warcs: Path, tmp_path: Path) -> None:
    index = update_index(warcs, tmp_path / "cdxj")
    before = index.stat()
    for path in [*warcs.iterdir(), *(tmp_path / "cdxj").glob("*.warc.gz.cdxj")]:
        spoil(path)
    assert IndexFolder(warcs, tmp_path / "cdxj").new_bytes() == 0
    assert update_index(warcs, tmp_path / "cdxj") == index
    assert (index.stat().st_ino, index.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_files_that_vanish_lose_their_lines(warcs: Path, tmp_path: Path) -> None:
    update_index(warcs, tmp_path / "cdxj")
    (warcs / "a.warc.gz").unlink()
    updated = IndexFolder(warcs, tmp_path / "cdxj").update()
    assert (updated.made, updated.kept, updated.gone) == ([], 1, ["a.warc.gz"])
    assert updated.path.read_bytes() == expected(warcs) != b""
    assert not (tmp_path / "cdxj/a.warc.gz.cdxj").exists()


def test_files_of_another_size_are_read_again(warcs: Path, tmp_path: Path) -> None:
    update_index(warcs, tmp_path / "cdxj")
    add(warcs, "a", 30)
    updated = IndexFolder(warcs, tmp_path / "cdxj").update()
    assert (updated.made, updated.kept) == (["a.warc.gz"], 1)
    assert updated.path.read_bytes() == expected(warcs)


def test_files_being_written_are_left_out_and_told(warcs: Path, tmp_path: Path) -> None:
    left = add(warcs, "c").rename(warcs / "c.warc.gz.open")
    told: list[str] = []
    with left.open("rb") as file:
        assert take_lock(file.fileno())
        index = update_index(warcs, tmp_path / "cdxj", notify=told.append)
    assert told == [f"{left} is still being written; it is left out."]
    update_index(warcs, tmp_path / "cdxj", notify=told.append)
    assert told[1:] == [
        f"{left} was left open by a run that was broken off; it is left out: close it with `scrapy mend {left}`, as "
        "the next crawl does."
    ]
    assert index.read_bytes() == expected(warcs)
    (warcs / "c.warc.gz.open").rename(warcs / "c.warc.gz")
    assert update_index(warcs, tmp_path / "cdxj", notify=told.append).read_bytes().count(b"\n") == 120
    assert len(told) == 2


@pytest.mark.parametrize("zipnum", [False, True])
def test_a_damaged_file_that_is_brought_back_from_a_copy_is_indexed_whole(
    warcs: Path, tmp_path: Path, zipnum: bool
) -> None:
    path = max(warcs.iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + b"\0\0" + whole[len(whole) // 2 + 2 :])
    folder = IndexFolder(warcs, tmp_path / "cdxj", zipnum=zipnum)
    assert [len(folder.update().damages) for _ in range(2)] == [1, 1]
    path.write_bytes(whole)
    updated = folder.update()
    assert (updated.made, updated.damages) == ([path.name], [])
    plain = IndexFolder(warcs, tmp_path / "cdxj").update().path
    assert plain.read_bytes() == expected(warcs)
    assert folder.update().made == []


def test_damage_is_told_every_time_and_the_rest_is_indexed(warcs: Path, tmp_path: Path) -> None:
    torn = warcs / "b.warc.gz"
    torn.write_bytes(torn.read_bytes()[:-10])
    (warcs / "c.warc.gz").write_bytes(gzip.compress(record() * 2))
    for _ in range(2):
        told: list[str] = []
        index = update_index(warcs, tmp_path / "cdxj", notify=told.append)
        assert index.read_bytes().count(b"\n") == 79
        assert sorted(sentence.partition(" ")[0] for sentence in told) == [str(torn) + ":", str(warcs / "c.warc.gz")]


@pytest.mark.parametrize("what", ["made.json", "index.cdxj", "a.warc.gz.cdxj"])
@pytest.mark.parametrize("how", ["gone", "cut", "garbage"])
def test_what_is_lost_or_damaged_is_made_again(warcs: Path, tmp_path: Path, what: str, how: str) -> None:
    path = update_index(warcs, tmp_path / "cdxj").with_name(what)
    if how == "gone":
        path.unlink()
    elif how == "cut":
        os.truncate(path, path.stat().st_size // 2)
    else:
        path.write_bytes(b'{"format": 1, "lists": []}')
    (warcs / "b.warc.gz").unlink()  # so that the lists are merged again
    assert update_index(warcs, tmp_path / "cdxj").read_bytes() == expected(warcs)


def test_all_is_made_anew_when_asked_for(warcs: Path, tmp_path: Path) -> None:
    index = update_index(warcs, tmp_path / "cdxj")
    spoil(index)
    spoil(tmp_path / "cdxj/a.warc.gz.cdxj")
    updated = IndexFolder(warcs, tmp_path / "cdxj").update(anew=True)
    assert (len(updated.made), updated.kept) == (2, 0)
    assert index.read_bytes() == expected(warcs)


def test_large_indexes_are_zipnum_and_small_ones_plain_again(warcs: Path, tmp_path: Path) -> None:
    cdxj = tmp_path / "cdxj"
    size = len(expected(warcs))
    assert IndexFolder(warcs, cdxj, zipnum_from=size + 1).update().path.name == "index.cdxj"
    updated = IndexFolder(warcs, cdxj, zipnum_from=size).update()
    assert updated.path == cdxj / "index.idx"
    assert gzip.decompress((cdxj / "index.cdx.gz").read_bytes()) == expected(warcs)
    assert len(list(find(updated.path, "http://a.kp/007/a"))) == 1
    names = {"index.idx", "index.cdx.gz", "index.summary", "index.loc"}
    assert {path.name for path in cdxj.glob("index.*")} == names
    add(warcs, "c")
    assert IndexFolder(warcs, cdxj, zipnum=True).update().path.name == "index.idx"
    assert gzip.decompress((cdxj / "index.cdx.gz").read_bytes()) == expected(warcs)
    assert update_index(warcs, cdxj).read_bytes() == expected(warcs)
    assert {path.name for path in cdxj.glob("index.*")} == {"index.cdxj"}


def test_an_empty_folder_has_an_empty_index(tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    assert update_index(tmp_path / "warc", tmp_path / "cdxj").read_bytes() == b""
    add(tmp_path / "warc", "a")
    assert update_index(tmp_path / "warc", tmp_path / "cdxj").read_bytes() == expected(tmp_path / "warc")


def test_an_index_grows_from_many_nights(tmp_path: Path) -> None:
    warcs = tmp_path / "warc"
    warcs.mkdir()
    for night in range(12):
        add(warcs, f"night{night:02d}", pages=1 + night * 7 % 5)
        index = update_index(warcs, tmp_path / "cdxj")
    assert index.read_bytes() == expected(warcs)


def test_a_folder_that_may_not_be_written_is_told_with_the_way_out(warcs: Path, tmp_path: Path) -> None:
    (tmp_path / "cdxj").mkdir(mode=0o555)
    let_everybody_pass(tmp_path)
    sentence = r"cdxj cannot be written: Permission denied; -s CDXJ_DIR=FOLDER keeps the index in another folder\.$"
    with without_privileges(), pytest.raises(ArchiveError, match=sentence):
        update_index(warcs, tmp_path / "cdxj")


def test_where_nothing_may_be_written_an_index_is_kept_elsewhere_for_a_while(warcs: Path, tmp_path: Path) -> None:
    folder, told = tmp_path / "cdxj", list[str]()
    update_index(warcs, folder)
    old = max(warcs.iterdir())
    add(warcs, "new")
    right = expected(warcs)
    old.write_bytes(bytes(old.stat().st_size))  # its lines are known, so it is not read again
    before = {path: path.read_bytes() for path in folder.iterdir()}
    let_everybody_pass(folder)
    folder.chmod(0o555)
    with without_privileges():
        with index_to_read(warcs, folder, notify=told.append) as index:
            assert index.read_bytes() == right
        assert not index.parent.exists()
    assert told == [
        f"{folder} may not be written, so the index is kept in {index.parent}, which is removed at the end."
    ]
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    with index_to_read(warcs, folder, notify=told.append) as index:
        assert (index.parent, index.read_bytes(), len(told)) == (folder, right, 1)


def test_folders_that_cannot_be_used_are_told(warcs: Path, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"none cannot be read: No such file"):
        update_index(tmp_path / "none", tmp_path / "cdxj")
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveError, match=r"file is a file; indexes are kept in a folder"):
        update_index(warcs, tmp_path / "file")


def test_two_at_once_wait_for_each_other(warcs: Path, tmp_path: Path) -> None:
    with locked(tmp_path / "cdxj"):
        other = threading.Thread(target=update_index, args=(warcs, tmp_path / "cdxj"))
        other.start()
        other.join(0.3)
        assert other.is_alive()
        assert not (tmp_path / "cdxj/index.cdxj").exists()
    other.join(60)
    assert (tmp_path / "cdxj/index.cdxj").read_bytes() == expected(warcs)


def test_a_full_disk_leaves_the_old_index_as_it_was(warcs: Path, tmp_path: Path) -> None:
    index = update_index(warcs, tmp_path / "cdxj")
    before = index.read_bytes()
    add(warcs, "c", 4)
    code = (
        "import resource, sys; from pathlib import Path; from kcnacrawl.archive.cdxj import update_index\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before)}, {len(before)}))\n"
        "update_index(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(warcs), str(tmp_path / "cdxj")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert f"ArchiveError: {index} cannot be written: File too large." in done.stderr
    assert index.read_bytes() == before
    assert not list((tmp_path / "cdxj").glob("*.open"))
    assert update_index(warcs, tmp_path / "cdxj").read_bytes() == expected(warcs)
