"""Processes killed while they write or mend, and processes that want the same file at the same moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kcnacrawl.archive.mend import mend, mend_dead
from kcnacrawl.archive.writer import WarcWriter
from tests.archive.checklist import raw_records
from tests.archive.leftovers import CAPTURES, INFO, LeftOver, check_readable, left_over, without_loss
from tests.archive.samples import exchange

ROOT = Path(__file__).resolve().parents[2]
DEADLY = ("open", "write", "ftruncate", "fsync", "link", "rename", "unlink")
"""Calls before and after which a process is killed."""


@pytest.fixture(scope="module")
def dead(tmp_path_factory: pytest.TempPathFactory) -> LeftOver:
    return left_over(tmp_path_factory.mktemp("dead"), CAPTURES)


def in_a_child(what: Callable[[], object]) -> int:
    """Run a function in a process of its own; the id of the process, whose exit status is 0 unless it failed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            what()
            status = 0
        finally:
            os._exit(status)
    return child


def status_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(moment: int, what: Callable[[], object]) -> bool:
    """Run a function in a process that is killed at the given moment; whether it was, or came to an end before."""
    left = moment

    def deadly(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            result = function(*arguments, **more)
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call

    def child() -> None:
        for name in DEADLY:
            setattr(os, name, deadly(getattr(os, name)))
        what()

    status = status_of(in_a_child(child))
    assert status in (0, -signal.SIGKILL)
    return status != 0


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def kept(folder: Path) -> dict[str, bytes]:
    """The same without the record at the end of each file that had a hole, whose id and date are always others."""
    mended = [path for path in folder.iterdir() if path.with_name(path.name + ".damaged").exists()]
    return contents(folder) | {path.name: without_loss(path) for path in mended}


@pytest.mark.parametrize("damage", ["torn", "hole", "nothing whole"])
def test_mending_that_was_killed_at_any_moment_is_done_again_with_the_same_result(
    tmp_path: Path, dead: LeftOver, damage: str
) -> None:
    start, end = dead.ends[2:4]
    data = {
        "torn": dead.data[:-1],
        "hole": dead.data[:start] + bytes(end - start) + dead.data[end:-1],
        "nothing whole": dead.data[:99],
    }[damage]
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    undisturbed.mkdir()
    mend(dead.put(undisturbed, data))
    moment = 1
    while True:
        killed.mkdir()
        path = dead.put(killed, data)
        was_killed = killed_at(moment, partial(mend, path))
        left = kept(killed)
        # Nothing is ever under the final name but the whole result.
        assert left.get(dead.name) in (None, kept(undisturbed).get(dead.name))
        if path.name in left:
            mend(path)
        assert kept(killed) == kept(undisturbed)
        for one in killed.iterdir():
            one.unlink()
        killed.rmdir()
        if not was_killed:
            break
        moment += 1
    assert moment > {"torn": 10, "hole": 20, "nothing whole": 5}[damage]


WRITE_FOREVER = """
import sys
from pathlib import Path
from kcnacrawl.archive.writer import WarcWriter
from tests.archive.leftovers import CAPTURES, INFO
writer = WarcWriter(Path(sys.argv[1]), "killed", info=INFO, max_bytes=40_000)
for number in range(10**9):
    writer.write(CAPTURES[number % len(CAPTURES)])
    sys.stdout.write("%d\\n" % (number + 1))
    if number % 3 == 0:
        sys.stdout.flush()
"""


@pytest.mark.parametrize("turn", range(5))
def test_a_killed_writer_loses_no_capture_that_it_told_of(tmp_path: Path, turn: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_FOREVER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(200 + 37 * turn)]
        process.send_signal(signal.SIGKILL)
        told += process.stdout.readlines()
    (mended,) = mend_dead(tmp_path)
    assert mended.whole
    paths = sorted(tmp_path.iterdir())
    assert len(paths) > 2
    captures = 0
    for path in paths:
        assert path.name.endswith(".warc.gz")
        check_readable(path)
        captures += sum(not one.get("WARC-Concurrent-To") or one.type == "response" for one in raw_records(path)) - 1
    last_whole_line = max(int(line) for line in told if line.endswith("\n"))
    assert last_whole_line <= captures <= last_whole_line + 4


def test_runs_that_begin_and_mend_at_the_same_moment_do_each_other_no_harm(tmp_path: Path) -> None:
    runs, files = 3, 30

    def run() -> None:
        for _ in range(files):
            writer = WarcWriter(tmp_path, "a", info=INFO)
            writer.write(exchange())
            writer.close()

    def clear_up() -> None:
        for _ in range(400):
            assert all(mended.whole for mended in mend_dead(tmp_path))

    children = [in_a_child(what) for what in (run, run, run, clear_up, clear_up)]
    assert [status_of(child) for child in children] == [0] * len(children)
    paths = sorted(tmp_path.iterdir())
    assert len(paths) == runs * files
    for path in paths:
        assert path.name.endswith(".warc.gz")
        assert [one.type for one in raw_records(path)] == ["warcinfo", "response", "request"]


def test_several_that_mend_the_same_files_do_it_once(tmp_path: Path, dead: LeftOver) -> None:
    start, end = dead.ends[2:4]
    for number in range(40):
        path = tmp_path / f"{number:02}.warc.gz.open"
        hole = bytes(end - start) if number % 2 else dead.data[start:end]
        path.write_bytes(dead.data[:start] + hole + dead.data[end:-1])

    def clear_up() -> None:
        for _ in range(3):
            assert all(mended.whole for mended in mend_dead(tmp_path))

    children = [in_a_child(clear_up) for _ in range(4)]
    assert [status_of(child) for child in children] == [0] * 4
    names = sorted(path.name for path in tmp_path.iterdir())
    expected = [f"{n:02}.warc.gz" for n in range(40)] + [f"{n:02}.warc.gz.damaged" for n in range(1, 40, 2)]
    assert names == sorted(expected)
    whole = dead.data[: dead.ends[-2]]
    assert {(tmp_path / f"{n:02}.warc.gz").read_bytes() for n in range(0, 40, 2)} == {whole}
    assert {without_loss(tmp_path / f"{n:02}.warc.gz") for n in range(1, 40, 2)} == {whole[:start] + whole[end:]}


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    child = in_a_child(lambda: WarcWriter(tmp_path, "a", info=INFO).write(exchange()))
    assert status_of(child) == 0
    (mended,) = mend_dead(tmp_path)
    assert mended.kept_records == 3
