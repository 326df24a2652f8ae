"""A torn last line never meets a new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcnacrawl.extensions.feeds import mend_last_line

LONG = b'{"id": "' + b"x" * 200_000 + b'"}'


@pytest.mark.parametrize(
    ("before", "after", "torn"),
    [
        (b"", b"", None),
        (b'{"a": 1}\n', b'{"a": 1}\n', None),
        (b'{"a": 1}\n{"b": 2}', b'{"a": 1}\n{"b": 2}\n', None),
        (b'{"a": 1}\n{"b": ', b'{"a": 1}\n', b'{"b": \n'),
        (b'{"b": ', b"", b'{"b": \n'),
        (LONG + b"\n" + LONG[:-1], LONG + b"\n", LONG[:-1] + b"\n"),
        (b'{"a": 1}\n' + LONG, b'{"a": 1}\n' + LONG + b"\n", None),
        ('{"a": "평양'.encode()[:-1], b"", '{"a": "평양'.encode()[:-1] + b"\n"),
    ],
)
def test_last_line(tmp_path: Path, before: bytes, after: bytes, torn: bytes | None) -> None:
    path = tmp_path / "articles.jsonl"
    path.write_bytes(before)
    mend_last_line(path)
    assert path.read_bytes() == after
    kept = tmp_path / "articles.jsonl.torn"
    assert (kept.read_bytes() if kept.exists() else None) == torn


def test_no_file_is_left_alone(tmp_path: Path) -> None:
    mend_last_line(tmp_path / "new.jsonl")
    assert list(tmp_path.iterdir()) == []
