"""What is said to be on disk is there: the order of calls, and what becomes of a file when one of them fails."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.mend import is_locked, mend
from kcnacrawl.archive.writer import WarcWriter
from tests.archive.checklist import raw_records
from tests.archive.leftovers import CAPTURES, INFO, left_over
from tests.archive.samples import exchange


def failing(call: str, number: int = errno.EIO) -> Callable[..., None]:
    """Stands in for a system call that fails."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    assert hasattr(os, call)
    return fail


def note_calls(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is brought to disk and renamed from now on, in order."""
    done: list[str] = []
    fsync, rename = os.fsync, os.rename

    def note_fsync(descriptor: int) -> None:
        done.append("sync " + Path(f"/proc/self/fd/{descriptor}").readlink().relative_to(folder).as_posix())
        fsync(descriptor)

    def note_rename(source: Path, target: Path) -> None:
        done.append(f"rename to {target.name}")
        rename(source, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(os, "rename", note_rename)
    return done


def test_after_a_failed_sync_nothing_is_written_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO)
    writer.write(exchange())
    writer.sync()
    writer.write(exchange())
    sentence = f"{writer.path} cannot be brought to disk: Input/output error."
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing("fsync"))
        with pytest.raises(ArchiveError) as caught:
            writer.sync()
    assert str(caught.value) == sentence
    # The system forgets that it failed: the next call would succeed, and say nothing about what was lost.
    for call in (writer.sync, lambda: writer.write(exchange()), lambda: writer.end([("crawl", "a")]), writer.close):
        with pytest.raises(ArchiveError) as caught:
            call()
        assert str(caught.value) == sentence
    assert list(tmp_path.iterdir()) == [writer.path]
    assert len(raw_records(writer.path)) == 5
    assert mend(writer.path).kept_records == 5


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_file_that_cannot_be_closed_keeps_its_open_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO, max_bytes=1)
    writer.write(exchange())
    sentence = f"{writer.path} cannot be closed: Input/output error."
    with monkeypatch.context() as patch:
        patch.setattr(os, call, failing(call))
        with pytest.raises(ArchiveError) as caught:
            writer.write(exchange())
        assert str(caught.value) == sentence
    for again in (lambda: writer.write(exchange()), writer.sync, writer.close):
        with pytest.raises(ArchiveError) as caught:
            again()
        assert str(caught.value) == sentence
    assert list(tmp_path.iterdir()) == [writer.path]
    assert not is_locked(writer.path)
    assert mend(writer.path).kept_records == 3


def test_bytes_are_on_disk_before_the_name_and_the_name_before_anybody_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = note_calls(tmp_path, monkeypatch)
    writer = WarcWriter(
        tmp_path / "new" / "warc",
        "a",
        info=INFO,
        on_open=lambda name: done.append("told of " + name),
        on_close=lambda path: done.append("told of " + path.name),
    )
    name = writer.files[0]
    assert done == [f"sync new/warc/{name}.open", "sync new/warc", "sync .", "sync new", f"told of {name}"]
    done.clear()
    writer.write(exchange())
    writer.sync()
    assert done == [f"sync new/warc/{name}.open"]
    done.clear()
    writer.close()
    assert done == [f"sync new/warc/{name}.open", f"rename to {name}", "sync new/warc", f"told of {name}"]


def test_a_file_that_vanished_is_not_said_to_be_on_disk(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO)
    writer.write(exchange())
    writer.path.unlink()
    with pytest.raises(ArchiveError, match="was deleted while it was being written"):
        writer.sync()


def test_a_disk_that_fails_at_once_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", failing("fsync"))
    with pytest.raises(ArchiveError, match=r"cannot be brought to disk: Input/output error\.$"):
        WarcWriter(tmp_path, "a", info=INFO)
    assert not list(tmp_path.iterdir())


def test_what_is_mended_is_on_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = left_over(tmp_path, CAPTURES)
    name, (start, end) = dead.name, dead.ends[2:4]
    done = note_calls(tmp_path, monkeypatch)
    mend(dead.put(tmp_path, dead.data[:-1]))
    in_place = [f"sync {name}.open", f"rename to {name}", "sync ."]
    # First what others may have left unwritten, so that what is read is what is there.
    assert done == [f"sync {name}.open", *in_place]
    done.clear()
    (tmp_path / name).unlink()
    mend(dead.put(tmp_path, dead.data[:start] + bytes(end - start) + dead.data[end:]))
    copied = [f"sync {name}.mending", "sync .", f"rename to {name}.open"]
    assert done == [f"sync {name}.open", *copied, *in_place]
