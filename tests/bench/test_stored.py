"""The tasks of the archive's bench do the same work on both sides."""

from __future__ import annotations

from pathlib import Path

import pytest

import kcnacrawl.settings
from kcnacrawl.archive.writer import DEFAULT_LEVEL
from tests.bench.nights import CHANGED, warc_bytes
from tests.bench.stored import (
    index_ours,
    index_reference,
    pages,
    read_fastwarc,
    read_ours,
    read_warcio,
    wanted,
    write_ours,
    write_warcio,
)
from tests.bench.verified import archive, bodies, verify


def test_everybody_does_the_same_work(tmp_path: Path) -> None:
    exchanges = pages(5)
    other = tmp_path / "other"
    other.mkdir()
    assert write_ours(exchanges, tmp_path / "ours") == write_warcio(exchanges, other) == 10
    (ours,), (warcio,) = (tmp_path / "ours").glob("*.warc.gz"), other.glob("*.warc.gz")
    assert read_ours(ours) == read_warcio(ours) == read_fastwarc(ours) == 11  # with warcinfo
    assert read_warcio(warcio) == 10
    assert index_ours(ours) == index_reference(ours) == 5


def test_what_is_verified_is_whole(tmp_path: Path) -> None:
    path = archive(tmp_path, bodies(900, 3))
    assert verify(path) == 7  # with warcinfo
    damaged = bytearray(path.read_bytes())
    damaged[-20] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(AssertionError):
        verify(path)


def test_goals() -> None:
    met = wanted("writing", {"this project": 300.0, "warcio": 100.0})
    missed = wanted("indexing, one core", {"this project": 399.0, "cdxj-indexer": 100.0})
    assert met is not None
    assert missed is not None
    assert (met.met, missed.met) == (True, False)
    assert wanted("reading", {"this project": 1.0}) is None


def test_bytes_of_all_files_count(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/x.warc.gz").write_bytes(b"12345")
    (tmp_path / "y.warc.gz").write_bytes(b"123")
    assert warc_bytes(tmp_path) == 8
    assert round(1 / CHANGED) == 50


def test_writing_is_measured_at_the_level_of_crawls() -> None:
    assert kcnacrawl.settings.WARC_COMPRESSION_LEVEL == DEFAULT_LEVEL
