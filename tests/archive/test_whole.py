"""Run summaries and manifests are there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcnacrawl.archive.whole import write_whole
from tests.limits import file_size_limit


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    with file_size_limit(0), pytest.raises(OSError, match="too large"):
        write_whole(tmp_path / "run.json", b"{}")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write_whole(path, b"{}")
    with file_size_limit(1), pytest.raises(OSError, match="too large"):
        write_whole(path, b"[1]")
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"{}"]
