"""A file that was never closed does not say that its run came to its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.mend import mend
from kcnacrawl.archive.reader import iter_records
from kcnacrawl.archive.writer import WarcWriter
from tests.archive.samples import exchange


def test_what_an_unclosed_file_says_of_the_end_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = WarcWriter(tmp_path, "a", info={"software": "kcnacrawl/0"})
    writer.write(exchange())
    before = writer.bytes_written
    writer.end([("crawl", "20260301040506-beef"), ("done", "yes")])
    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(OSError(5, "Input/output error")))
        with pytest.raises(ArchiveError):
            writer.close()
    (left,) = tmp_path.glob("*.open")
    mended = mend(left)
    assert mended.path.stat().st_size == before
    assert f"from {before} on it spoke of an end that did not come" in mended.sentence
    assert [record.type for record in iter_records(mended.path)] == ["warcinfo", "response", "request"]


def test_what_a_closed_file_says_of_the_end_stays(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info={"software": "kcnacrawl/0"})
    writer.end([("crawl", "20260301040506-beef"), ("done", "yes")])
    (path,) = writer.close()
    assert "whole, 2 whole records" in mend(path).sentence
