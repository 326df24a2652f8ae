"""Disks fill, folders vanish, processes are killed: one sentence, and what was written stays readable."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.reader import iter_records
from kcnacrawl.archive.writer import WarcWriter
from tests.archive.checklist import check_file, raw_records
from tests.archive.samples import exchange

ROOT = Path(__file__).resolve().parents[2]
INFO = {"software": "kcnacrawl/0"}
NOBODY = 65534


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file may grow beyond *size* bytes; writing on fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Permissions hold for root, too, while it is somebody else."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


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
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(parent.stat().st_mode | 0o055)
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


WRITE_FOREVER = """
import sys
from pathlib import Path
from kcnacrawl.archive.writer import WarcWriter
from tests.archive.samples import CHUNKED, exchange
writer = WarcWriter(Path(sys.argv[1]), "killed", info={"software": "x"})
for number in range(10**9):
    writer.write(exchange(CHUNKED))
    if number == 200:
        print("ready", flush=True)
"""


@pytest.mark.parametrize("turn", range(5))
def test_a_kill_costs_at_most_the_last_record(tmp_path: Path, turn: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_FOREVER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGKILL)
    (path,) = tmp_path.iterdir()
    assert path.name.endswith(".warc.gz.open")
    damages: list[ArchiveError] = []
    records = list(iter_records(path, on_damage=damages.append))
    assert len(records) > 600
    assert len(damages) <= 1
    assert path.stat().st_size - records[-1].offset - records[-1].length < 2_000
    assert [record.type for record in records[1:601]] == ["response", "request", "metadata"] * 200
