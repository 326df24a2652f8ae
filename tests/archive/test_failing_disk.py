"""Disks fill, folders vanish, processes are killed: one sentence, and what was written stays readable."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.errors import ExhaustedError
from kcnacrawl.archive.writer import WarcWriter
from tests.archive.checklist import check_file, raw_records
from tests.archive.nights import PAGE, UNCHANGED, Night, original
from tests.archive.samples import exchange
from tests.archive.test_failing_sync import failing
from tests.limits import file_size_limit, let_everybody_pass, without_privileges

ROOT = Path(__file__).resolve().parents[2]
INFO = {"software": "kcnacrawl/0"}
NOBODY = 65534


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[None]:
    """A folder on a disk of its own of *size* bytes or, where nobody may mount one, under a limit on files."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        with file_size_limit(size):
            yield
        return
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def no_more_files() -> Iterator[None]:
    """This process may open no more files; not even as many as it closes."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def noise(size: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (size, os.urandom(size))


@pytest.mark.parametrize("size", [10_000, 3_000_000])
def test_a_full_disk_leaves_whole_records(tmp_path: Path, size: int) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO)
    writer.write(exchange())
    end = writer.bytes_written
    with file_size_limit(end + size // 2), pytest.raises(ArchiveError) as caught:
        writer.write(exchange(noise(size)))
    assert str(caught.value) == f"{writer.path} cannot be written: File too large."
    assert writer.path.stat().st_size == end
    assert writer.records.total() == 3
    # When there is room again, it goes on where it was.
    writer.write(exchange())
    assert [record.type for record in check_file(*writer.close())] == ["warcinfo", *["response", "request"] * 2]


def test_no_room_for_the_first_record_leaves_no_file(tmp_path: Path) -> None:
    with file_size_limit(50), pytest.raises(ArchiveError, match=r"cannot be written: File too large\.$"):
        WarcWriter(tmp_path, "a", info=INFO)
    assert not list(tmp_path.iterdir())


def test_a_deleted_file_is_noticed(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path / "warc", "a", info=INFO)
    shutil.rmtree(tmp_path / "warc")
    with pytest.raises(ArchiveError) as caught:
        writer.write(exchange())
    assert str(caught.value) == f"{writer.path} was deleted while it was being written."
    with pytest.raises(ArchiveError, match="was deleted"):
        writer.close()


def test_a_moved_folder_is_noticed_when_the_file_is_closed(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path / "warc", "a", info=INFO)
    (tmp_path / "warc").rename(tmp_path / "elsewhere")
    with pytest.raises(ArchiveError, match=r"cannot be closed: No such file or directory\.$"):
        writer.close()
    (left,) = (tmp_path / "elsewhere").iterdir()
    assert left.name.endswith(".open")
    assert len(raw_records(left)) == 1


def test_a_folder_that_may_not_be_written_is_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "warc"
    folder.mkdir(mode=0o555)
    let_everybody_pass(tmp_path)
    with without_privileges(), pytest.raises(ArchiveError) as caught:
        WarcWriter(folder, "a", info=INFO)
    assert str(caught.value) == f"A WARC file cannot be created in {folder}: Permission denied."


def test_a_folder_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "warc").write_bytes(b"")
    with pytest.raises(ArchiveError, match=r"^A WARC file cannot be created in .*/warc: File exists\.$"):
        WarcWriter(tmp_path / "warc", "a", info=INFO)
    with pytest.raises(ArchiveError, match=r"^A WARC file cannot be created in .*/warc/a: Not a directory\.$"):
        WarcWriter(tmp_path / "warc" / "a", "a", info=INFO)


def test_an_exchange_that_cannot_be_told_leaves_nothing_behind(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO)
    end = writer.bytes_written
    with pytest.raises(ArchiveError, match="line break"):
        writer.write(exchange(cipher="a\nb"))
    assert writer.path.stat().st_size == end == writer.bytes_written
    check_file(*writer.close())


def test_a_disk_that_is_full_leaves_whole_captures(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    with small_disk(folder, 1 << 18):
        writer = WarcWriter(folder, "a", info=INFO)
        with pytest.raises(ArchiveError, match=r"/disk/a-[^ ]+ cannot be written: .+\.$"):
            deque(map(writer.write, [exchange(noise(9_999))] * 100))
        written = len(writer.take_entries())
        assert written > 10
        (path,) = writer.close()
        assert [one.type for one in check_file(path)] == ["warcinfo", *["response", "request"] * written]


def test_without_room_for_the_next_file_the_last_is_closed(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO, max_bytes=1)
    writer.write(exchange())
    with file_size_limit(50), pytest.raises(ArchiveError, match=r"-00001-[^ ]+ cannot be written: File too large\.$"):
        writer.write(exchange())
    (path,) = tmp_path.iterdir()
    assert [one.type for one in check_file(path)] == ["warcinfo", "response", "request"]
    writer.sync()
    assert writer.close() == [path]


def test_without_file_descriptors_the_last_file_is_closed(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO, max_bytes=1)
    writer.write(exchange())
    first = writer.files[0]
    with no_more_files(), pytest.raises(ArchiveError, match=r"created in .+: Too many open files\.$"):
        writer.write(exchange())
    assert [path.name for path in tmp_path.iterdir()] == [first]
    assert check_file(tmp_path / first)
    # When there are some again, it goes on.
    writer.write(exchange())
    assert [path.name for path in writer.close()] == writer.files


def test_a_write_that_cannot_be_taken_back_is_taken_back_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO)
    writer.write(exchange())
    end = writer.bytes_written
    with monkeypatch.context() as patch, file_size_limit(end + 5_000):
        patch.setattr(os, "ftruncate", failing("ftruncate"))
        with pytest.raises(ArchiveError, match=rf"nor cut back to {end} bytes: Input/output error\.$"):
            writer.write(exchange(noise(10_000)))
        assert writer.path.stat().st_size > end
        with pytest.raises(ArchiveError, match=rf"nor cut back to {end} bytes: Input/output error\.$"):
            writer.write(exchange())
    (path,) = writer.close()
    assert path.stat().st_size == end
    check_file(path)


def test_a_file_that_somebody_cut_short_is_noticed(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO)
    writer.write(exchange())
    os.truncate(writer.path, 700)
    sentence = f"{writer.path} was cut short by somebody while it was being written."
    for call in (lambda: writer.write(exchange()), writer.sync, writer.close):
        with pytest.raises(ArchiveError) as caught:
            call()
        assert str(caught.value) == sentence
    assert writer.path.stat().st_size == 700


@pytest.mark.parametrize("answer", [PAGE, UNCHANGED], ids=["the same payload", "304"])
def test_an_original_is_not_taken_for_lost_where_no_file_can_be_opened(tmp_path: Path, answer: bytes) -> None:
    night = Night(tmp_path)
    first = night.fetch()
    path, known = night.close(), original(first)
    second = Night(tmp_path, {first.payload_digest: known})
    with no_more_files(), pytest.raises(ExhaustedError) as caught:
        second.fetch(answer, not_modified=known)
    assert str(caught.value) == f"{path} cannot be read: Too many open files."
    revisit = second.fetch(answer, not_modified=known).revisit
    assert revisit is not None
    assert [record.type for record in check_file(second.close())][:3] == ["warcinfo", "revisit", "request"]
