"""A byte changed anywhere in a good archive is found, unless the file still says the very same."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kcnacrawl.archive.lint.check import Counts, lint
from tests.verify.museum.piece import members, perfect

PER_SEED = 125


def says(data: bytes) -> list[bytes] | None:
    """Every record of a file decompressed; null when that is not possible."""
    try:
        return list(members(data))
    except Exception:  # noqa: BLE001  whatever zlib finds wrong
        return None


@pytest.mark.parametrize("seed", range(4))
def test_a_changed_byte_is_found(seed: int, tmp_path: Path) -> None:
    source = random.Random(seed)
    path = perfect(tmp_path).write(tmp_path)
    good = path.read_bytes()
    truth = says(good)
    harmless = 0
    for _ in range(PER_SEED):
        data = bytearray(good)
        place = source.randrange(len(data))
        data[place] ^= source.randrange(1, 256)
        path.write_bytes(data)
        findings = list(lint([path], Counts()))
        if not findings:
            # The byte of a gzip header that names a system, or bits between two compressed blocks.
            assert says(bytes(data)) == truth, (seed, place)
            harmless += 1
    assert harmless < PER_SEED // 20


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_to_a_file_there_are_sentences(seed: int, tmp_path: Path) -> None:
    source = random.Random(seed)
    path = perfect(tmp_path).write(tmp_path)
    good = path.read_bytes()
    truth = says(good)
    for _ in range(60):
        data = bytearray(good)
        for _ in range(source.randrange(1, 6)):
            start = source.randrange(len(data))
            end = min(len(data), start + source.randrange(1, 400))
            other = source.randrange(len(good))
            change = source.choice((b"", bytes(end - start), source.randbytes(end - start), good[other : other + 300]))
            data[start:end] = change
        path.write_bytes(data)
        findings = list(lint([path], Counts()))
        # Zeros may fall on a byte that names a system alone.
        assert any(finding.level == "error" for finding in findings) or says(bytes(data)) == truth
        assert all("\n" not in str(finding) for finding in findings)


@pytest.mark.parametrize("seed", range(2))
def test_records_changed_and_compressed_again_crash_nothing(seed: int, tmp_path: Path) -> None:
    source = random.Random(seed)
    for _ in range(60):
        piece = perfect(tmp_path)
        record = piece[source.choice(list(piece.records))]
        record.block = _scrambled(source, record.block)
        where = source.randrange(len(record.fields))
        name, value = record.fields[where]
        record.fields[where] = name, _scrambled(source, value)
        findings = list(lint([piece.write(tmp_path)], Counts()))
        assert any(finding.level == "error" for finding in findings), (name, value, record.block)


def _scrambled(source: random.Random, data: bytes) -> bytes:
    changed = bytearray(data or b"x")
    changed[source.randrange(len(changed))] ^= source.randrange(1, 256)
    if source.random() < 0.3:
        changed += source.randbytes(20)
    return bytes(changed)
