"""Files that are not mended, or only as far as others can tell what is whole in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.mend import mend
from kcnacrawl.archive.reader import iter_records
from tests.archive.leftovers import CAPTURES, left_over

PLAIN_RECORD = (
    b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-00000000000%d>\r\n"
    b"WARC-Date: 2020-01-02T03:04:05Z\r\nWARC-Target-URI: http://a.example/\r\nContent-Length: 5\r\n\r\nhello\r\n\r\n"
)


def test_files_of_other_programs_are_cut_to_whole_records(tmp_path: Path) -> None:
    path = tmp_path / "other.warc.open"
    path.write_bytes(PLAIN_RECORD % 1 + PLAIN_RECORD % 2 + (PLAIN_RECORD % 3)[:-8])
    mended = mend(path)
    assert mended.path == tmp_path / "other.warc"
    assert mended.path.read_bytes() == PLAIN_RECORD % 1 + PLAIN_RECORD % 2
    assert [record.id[-3:] for record in iter_records(mended.path)] == ["01>", "02>"]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        (
            "a.warc.open",
            PLAIN_RECORD % 1 + b"?" * 9 + PLAIN_RECORD % 2,
            "is damaged and records follow, but its first record does not tell which are its own; it is left as it is.",
        ),
        ("a.warc.gz.open", b"text", "holds no whole record; it is left as it is."),
        ("a.warc.open", b"text", "is no WARC file with a gzip member for each record; it cannot be mended here."),
        ("a.warc.gz", b"", "holds no whole record; it is left as it is."),
        ("a.warc.gz.open", None, "does not exist."),
        ("folder/a.warc.gz.open", None, "does not exist."),
    ],
)
def test_what_cannot_be_mended_is_left_and_told(tmp_path: Path, name: str, data: bytes | None, sentence: str) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ArchiveError) as caught:
        mend(path)
    assert str(caught.value) == f"{path} {sentence}"
    assert [one.read_bytes() for one in tmp_path.iterdir()] == ([] if data is None else [data])


def test_a_damaged_start_is_left_and_told(tmp_path: Path) -> None:
    dead = left_over(tmp_path, CAPTURES)
    data = bytes(100) + dead.data[100:]
    path = dead.put(tmp_path, data)
    with pytest.raises(ArchiveError, match="its first record does not tell which are its own"):
        mend(path)
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [data]
