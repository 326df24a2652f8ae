"""Lines come in the order of ``LC_ALL=C sort -u``, however little of them fits into memory."""

from __future__ import annotations

import random
import subprocess
import tracemalloc
from pathlib import Path

import pytest

from kcnacrawl.archive.cdxj import sorting
from kcnacrawl.archive.cdxj.sorting import Sorter, merged


def some_lines(seed: int, count: int) -> list[bytes]:
    dice = random.Random(seed)
    texts = ("".join(dice.choices("aAbé한,)/ {-~", k=dice.randint(1, 6))) for _ in range(count))
    return [text.encode() + b"\n" for text in texts]


def sorted_by_coreutils(lines: list[bytes]) -> list[bytes]:
    done = subprocess.run(["sort", "-u"], input=b"".join(lines), capture_output=True, check=True, env={"LC_ALL": "C"})
    return done.stdout.splitlines(keepends=True)


@pytest.mark.parametrize("memory", [1, 100, 1 << 20])
def test_lines_are_sorted_in_little_memory(memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "FILES", 7)
    lines = some_lines(memory, 2000)
    with Sorter(memory) as sorter:
        for start in range(0, len(lines), 13):
            sorter.add(lines[start : start + 13])
        assert list(sorter.sorted()) == sorted_by_coreutils(lines)


def test_memory_stays_flat() -> None:
    tracemalloc.start()
    try:
        with Sorter(1 << 18) as sorter:
            for number in range(2000):
                sorter.add([b"%06d %s\n" % (line * 2000 + number, b"x" * 200) for line in range(50)])
            last = b""
            for line in sorter.sorted():
                assert last < line
                last = line
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert last.startswith(b"099999 ")
    assert peak < 8 << 20  # of 21 MB of lines


@pytest.mark.parametrize("files", [0, 1, 7, 8, 30])
def test_many_sorted_files_are_merged_with_few_open(
    tmp_path: Path, files: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorting, "FILES", 7)
    lines = some_lines(files, 50 * files)
    paths = [tmp_path / str(number) for number in range(files)]
    for number, path in enumerate(paths):
        path.write_bytes(b"".join(sorted(lines[number::files])))
    assert list(merged(paths)) == sorted_by_coreutils(lines)
