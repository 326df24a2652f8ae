"""Files torn in every way: what is whole is kept to the byte, what is not is told, and nothing else is touched."""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path
from random import Random

import pytest

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.entries import entries
from kcnacrawl.archive.locks import take_lock
from kcnacrawl.archive.mend import is_locked, mend, mend_dead
from kcnacrawl.archive.writer import WarcWriter
from tests.archive.checklist import raw_records
from tests.archive.leftovers import CAPTURES, INFO, LeftOver, check_readable, check_same, left_over, without_loss
from tests.archive.samples import CHUNKED, PLAIN, exchange

PARTS = 8


@pytest.fixture(scope="module")
def dead(tmp_path_factory: pytest.TempPathFactory) -> LeftOver:
    return left_over(tmp_path_factory.mktemp("dead"), CAPTURES)


def noise(size: int, seed: int = 1) -> bytes:
    return Random(seed).randbytes(size)


def served(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def closed(folder: Path, dead: LeftOver) -> Path:
    """The same file, had its run not died."""
    path = folder / f"whole-{dead.name}"
    path.write_bytes(dead.data)
    return path


@pytest.fixture
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of files need not be on the disk for what they hold to be looked at."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.mark.usefixtures("quick_disk")
@pytest.mark.parametrize("part", range(PARTS))
def test_a_file_torn_at_any_byte_keeps_every_whole_capture(tmp_path: Path, dead: LeftOver, part: int) -> None:
    for size in range(part, len(dead.data) + 1, PARTS):
        path = dead.put(tmp_path, dead.data[:size])
        mended = mend(path)
        end = dead.last_whole(size)
        assert mended.cut_bytes == size - end
        assert mended.whole
        assert not path.exists()
        if end == 0:
            assert mended.path == path
            assert not list(tmp_path.iterdir())
            continue
        assert mended.path == tmp_path / dead.name
        assert mended.path.read_bytes() == dead.data[:end]
        mended.path.unlink()


def test_every_outcome_is_readable_by_all(tmp_path: Path, dead: LeftOver) -> None:
    assert len(dead.ends) == len(CAPTURES) + 1
    for number, end in enumerate(dead.ends):
        path = tmp_path / dead.name
        path.write_bytes(dead.data[:end])
        check_readable(path)
        assert len(list(entries(path))) == sum(bool(one.received) for one in CAPTURES[:number])


@pytest.mark.usefixtures("quick_disk")
@pytest.mark.parametrize("zeros", [1, 511, 4096, 70_000])
def test_a_tail_of_zeros_is_cut_off(tmp_path: Path, dead: LeftOver, zeros: int) -> None:
    for size in [0, 5, 12, *dead.ends, *(end - 1 for end in dead.ends), *(end + 11 for end in dead.ends)]:
        data = dead.data[:size] + bytes(zeros)
        mended = mend(dead.put(tmp_path, data))
        # A member may well end in zeros of its own.
        end = max((end for end in dead.ends if data[:end] == dead.data[:end]), default=0)
        assert (mended.cut_bytes, mended.whole) == (len(data) - end, True)
        if end:
            assert mended.path.read_bytes() == dead.data[:end]
            mended.path.unlink()
        assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("quick_disk")
def test_a_flipped_bit_in_the_tail_costs_the_last_capture_at_most(tmp_path: Path, dead: LeftOver) -> None:
    start, cut = dead.ends[-2], 0
    before = [(one.fields, one.block) for one in raw_records(closed(tmp_path.parent, dead))]
    for position in range(start, len(dead.data)):
        data = bytearray(dead.data)
        data[position] ^= 1 << position % 8
        mended = mend(dead.put(tmp_path, bytes(data)))
        after = [(one.fields, one.block) for one in raw_records(mended.path)]
        if mended.cut_bytes:
            cut += 1
            assert mended.path.read_bytes()[: dead.ends[-2]] == dead.data[: dead.ends[-2]]
            assert after[: len(before) - 2] == before[:-2]
        else:  # a gzip header holds a time and a system that nobody reads
            assert after == before
        for path in tmp_path.iterdir():
            path.unlink()
    assert cut > 0.9 * (len(dead.data) - start)


def test_what_was_done_is_told(tmp_path: Path, dead: LeftOver) -> None:
    final = tmp_path / dead.name
    end = dead.ends[1]
    assert mend(dead.put(tmp_path, dead.data[:end])).sentence == f"{final}: closed with 4 whole records."
    final.unlink()
    torn = mend(dead.put(tmp_path, dead.data[: end + 7]))
    assert torn.sentence == f"{final}: closed with 4 whole records; from {end} on it was torn, 7 bytes cut off."
    assert (torn.kept_records, torn.cut_bytes, torn.path, torn.whole) == (4, 7, final, True)
    final.unlink()
    empty = mend(dead.put(tmp_path, dead.data[:1]))
    assert empty.sentence == f"{final}.open: removed; there was no whole record in its 1 byte."


@pytest.mark.parametrize("lost", [1, 3])
def test_whole_records_behind_a_hole_are_kept(tmp_path: Path, dead: LeftOver, lost: int) -> None:
    start, end = dead.ends[2], dead.ends[2 + lost]
    data = dead.data[:start] + bytes(end - start) + dead.data[end:-3]
    path = dead.put(tmp_path, data)
    (tmp_path / f"{dead.name}.mending").write_bytes(dead.data * 2)  # of a mender that was killed
    mended = mend(path)
    kept = dead.data[:start] + dead.data[end : dead.ends[-2]]
    assert mended.path == tmp_path / dead.name
    assert without_loss(mended.path) == kept
    check_readable(mended.path)
    damaged = tmp_path / f"{dead.name}.damaged"
    assert damaged.read_bytes() == data
    assert sorted(tmp_path.iterdir()) == [mended.path, damaged]
    records = len(raw_records(mended.path)) - 1
    assert (mended.kept_records, mended.cut_bytes, mended.whole) == (records, len(data) - len(kept), True)
    assert mended.sentence == (
        f"{mended.path}: closed with {records} whole records, without {len(data) - len(kept)} bytes that are damaged, "
        f"the first at {start}; as it was it is kept in {damaged}."
    )


@pytest.mark.usefixtures("quick_disk")
def test_a_hole_inside_a_capture_costs_no_other_record(tmp_path: Path, dead: LeftOver) -> None:
    members = [one.offset for one in raw_records(closed(tmp_path.parent, dead))]
    for number in range(1, len(members) - 3):
        middle = (members[number] + members[number + 1]) // 2
        data = dead.data[:middle] + bytes(8) + dead.data[middle + 8 :]
        mended = mend(dead.put(tmp_path, data))
        assert without_loss(mended.path) == dead.data[: members[number]] + dead.data[members[number + 1] :]
        check_same(mended.path)
        for path in tmp_path.iterdir():
            path.unlink()


def test_a_hole_inside_the_last_capture_costs_none_of_its_other_records(tmp_path: Path) -> None:
    dead = left_over(tmp_path, [exchange(), exchange(CHUNKED)])
    _, request, metadata = [one.offset for one in raw_records(closed(tmp_path.parent, dead))][3:]
    mended = mend(dead.put(tmp_path, dead.data[: request + 9] + bytes(9) + dead.data[request + 18 :]))
    assert without_loss(mended.path) == dead.data[:request] + dead.data[metadata:]


def test_damage_that_nothing_whole_follows_is_cut_off_with_the_rest(tmp_path: Path) -> None:
    dead = left_over(tmp_path, [exchange(), exchange(CHUNKED), exchange(CHUNKED)])
    start, end = dead.ends[1:3]
    mended = mend(dead.put(tmp_path, dead.data[:start] + bytes(end - start) + dead.data[end:-1]))
    assert mended.path.read_bytes() == dead.data[:start]
    assert list(tmp_path.iterdir()) == [mended.path]


def test_records_that_a_server_sent_inside_of_a_body_are_not_taken_for_ours(tmp_path: Path) -> None:
    inner = left_over(tmp_path, CAPTURES).data
    outer = left_over(tmp_path, [exchange(), exchange(served(noise(999) + inner + noise(999))), exchange()])
    response, request = [one for one in raw_records(closed(tmp_path.parent, outer)) if one.offset >= outer.ends[1]][:2]
    begin, rest = outer.data[: response.offset], outer.data[request.offset :]
    # Deflate keeps what it cannot make smaller as it is.
    stored = gzip.compress(gzip.decompress(outer.data[response.offset : request.offset]), 0)
    start = stored.index(inner)
    torn = mend(outer.put(tmp_path, begin + stored[:-9]))
    assert torn.path.read_bytes() == begin
    torn.path.unlink()
    holed = mend(outer.put(tmp_path, begin + stored[: start - 50] + bytes(9) + stored[start - 41 :] + rest))
    assert without_loss(holed.path) == begin + rest


def test_a_file_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "alive", info=INFO)
    writer.write(exchange())
    before = writer.path.read_bytes()
    assert is_locked(writer.path)
    with pytest.raises(ArchiveError) as caught:
        mend(writer.path)
    assert str(caught.value) == f"{writer.path} is being written by another process."
    assert list(mend_dead(tmp_path)) == []
    assert writer.path.read_bytes() == before
    (path,) = writer.close()
    assert not is_locked(path)


def test_a_file_that_another_process_mends_first_is_left_to_it(
    tmp_path: Path, dead: LeftOver, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = dead.put(tmp_path, dead.data[:-1])

    def lock_late(descriptor: int) -> bool:
        path.rename(tmp_path / "kept.damaged")
        path.write_bytes(dead.data)
        return take_lock(descriptor)

    monkeypatch.setattr("kcnacrawl.archive.mend.take_lock", lock_late)
    with pytest.raises(ArchiveError, match=f"^{re.escape(str(path))} was mended by another process\\.$"):
        mend(path)
    assert (tmp_path / "kept.damaged").read_bytes() == dead.data[:-1]


def test_all_dead_files_of_a_folder_are_mended(tmp_path: Path, dead: LeftOver) -> None:
    writer = WarcWriter(tmp_path, "alive", info=INFO)
    (tmp_path / "a.warc.gz.open").write_bytes(dead.data[:-1])
    (tmp_path / "b.warc.gz.open").write_bytes(b"")
    (tmp_path / "c.warc.gz.open").write_bytes(b"not a WARC file")
    (tmp_path / "d.jsonl.open").write_bytes(b"{}")
    mended = list(mend_dead(tmp_path))
    assert [(one.path.name, one.whole) for one in mended] == [
        ("a.warc.gz", True),
        ("b.warc.gz.open", True),
        ("c.warc.gz.open", False),
    ]
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["a.warc.gz", writer.path.name, "c.warc.gz.open", "d.jsonl.open"]
    writer.close()


def test_a_name_that_is_taken_is_not_written_over(tmp_path: Path, dead: LeftOver) -> None:
    path = dead.put(tmp_path, dead.data)
    (tmp_path / dead.name).write_bytes(b"something else")
    with pytest.raises(ArchiveError) as caught:
        mend(path)
    assert str(caught.value) == f"{path} cannot be mended: {dead.name} is there already; move one of the two elsewhere."
    assert (path.read_bytes(), (tmp_path / dead.name).read_bytes()) == (dead.data, b"something else")


def test_a_closed_file_is_never_changed(tmp_path: Path, dead: LeftOver) -> None:
    path = tmp_path / dead.name
    path.write_bytes(dead.data)
    records = len(raw_records(path))
    whole = mend(path)
    assert (whole.sentence, whole.whole) == (f"{path}: whole, {records} whole records.", True)
    assert list(tmp_path.iterdir()) == [path]
    start, end = dead.ends[3:5]
    data = dead.data[: start + 5] + bytes(9) + dead.data[start + 14 : -2]
    path.write_bytes(data)
    copied = mend(path)
    copy = tmp_path / f"{dead.name}.repaired"
    assert path.read_bytes() == data
    assert sorted(tmp_path.iterdir()) == [path, copy]
    assert dead.data[end : dead.ends[-2]] in copy.read_bytes()
    check_same(copy)
    assert not copied.whole
    assert copied.sentence == (
        f"{path}: damaged at {start} and left as it is; {copy} holds its {copied.kept_records} whole records, "
        f"without {copied.cut_bytes} bytes that are not."
    )
    before = copy.read_bytes()
    with pytest.raises(ArchiveError) as caught:
        mend(path)
    assert str(caught.value) == (
        f"{path}: damaged at {start} and left as it is; {copy} is there already, and stays as it is: remove it to have "
        "the whole records copied anew."
    )
    assert (sorted(tmp_path.iterdir()), copy.read_bytes()) == ([path, copy], before)
    copy.unlink()
    assert mend(path) == copied


def test_a_disk_that_fails_is_a_sentence(tmp_path: Path, dead: LeftOver, monkeypatch: pytest.MonkeyPatch) -> None:
    path = dead.put(tmp_path, dead.data[:-1])

    def fail(descriptor: int) -> None:
        raise OSError(5, os.strerror(5))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(ArchiveError, match=f"^{re.escape(str(path))} cannot be mended: Input/output error\\.$"):
            mend(path)
    assert list(tmp_path.iterdir()) == [path]
    assert mend(path).path.read_bytes() == dead.data[: dead.ends[-2]]


def test_a_file_without_captures_says_at_least_whose_it_was(tmp_path: Path) -> None:
    only_info = left_over(tmp_path, [])
    mended = mend(only_info.put(tmp_path, only_info.data + PLAIN[:5]))
    assert mended.path.read_bytes() == only_info.data
    check_readable(mended.path)
