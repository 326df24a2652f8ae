"""A file of lines is mended so that nothing whole is ever missing from the disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from kcnacrawl.extensions.lines import Line, take_stock

OWN = b'{"id":"a","own":true}\n'
OTHER = b'{"id":"b","own":true}\n'
FOREIGN = b'{"id":"c"}\n'


def judge(item: dict[str, Any]) -> Line:
    if item.get("unproven"):
        return Line.TORN
    return Line.OWN if item.get("own") else Line.FOREIGN


@pytest.mark.parametrize(
    ("before", "after", "torn"),
    [
        (OWN + OTHER, OWN + OTHER, None),
        (OWN + b'{"id":"b', OWN, b'{"id":"b\n'),
        (OWN + OTHER.rstrip(), OWN + OTHER, None),
        (OWN + b"\0" * 9 + b'"}\n' + OTHER, OWN + OTHER, b"\0" * 9 + b'"}\n'),
        (b"[1]\n" + OWN, OWN, b"[1]\n"),
        (OWN + OWN, OWN, OWN),
        (OWN + b'{"id":"b","unproven":1}\n', OWN, b'{"id":"b","unproven":1}\n'),
        (FOREIGN + OWN + FOREIGN, FOREIGN + OWN + FOREIGN, None),
        (b'{"own":true}\n' + OWN, OWN, b'{"own":true}\n'),
        (b"\n" + OWN, OWN, b"\n"),
        (b"", b"", None),
    ],
)
def test_what_stays_and_what_moves(tmp_path: Path, before: bytes, after: bytes, torn: bytes | None) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(before)
    stock = take_stock(path, judge, only_own=False)
    assert path.read_bytes() == after
    moved = tmp_path / "a.jsonl.torn"
    assert (moved.read_bytes() if moved.exists() else None) == torn
    assert stock.torn == (torn is not None)
    assert ("a" in stock.ids, "b" in stock.ids, "c" in stock.ids) == (OWN in after, OTHER in after, False)
    assert {file.name for file in tmp_path.iterdir()} <= {"a.jsonl", "a.jsonl.torn"}


def test_a_file_to_be_overwritten_keeps_the_crawls_own(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(FOREIGN + OWN + FOREIGN)
    assert len(take_stock(path, judge, only_own=True).ids) == 1
    assert path.read_bytes() == OWN
    assert not (tmp_path / "a.jsonl.torn").exists()


def test_a_file_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert len(take_stock(tmp_path / "a.jsonl", judge, only_own=False).ids) == 0
    assert list(tmp_path.iterdir()) == []


class KilledError(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("moment", range(1, 6))
def test_killed_while_mending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int) -> None:
    """At any of the steps that bring something to the disk the whole lines are there, and the next start mends."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(OWN + b'{"id":"b\n' + OTHER)
    steps = 0

    def step(*_: object) -> None:
        nonlocal steps
        steps += 1
        if steps == moment:
            raise KilledError

    real, replace = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        step()
        real(descriptor)

    def move(path: Path, target: Path) -> None:
        step()
        replace(path, target)
        step()

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", sync)
        patched.setattr(Path, "replace", move)
        with pytest.raises(KilledError):
            take_stock(path, judge, only_own=False)
    assert path.read_bytes().replace(b'{"id":"b\n', b"") == OWN + OTHER
    take_stock(path, judge, only_own=False)
    assert path.read_bytes() == OWN + OTHER
    assert b'{"id":"b\n' in (tmp_path / "a.jsonl.torn").read_bytes()
    assert not (tmp_path / "a.jsonl.mending").exists()
