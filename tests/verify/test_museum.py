"""Each damaged file is told of word for word, and the perfect one not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcnacrawl.archive.lint.check import Counts, lint
from kcnacrawl.archive.lint.finding import Finding
from tests.verify.museum import bytes as damaged_bytes
from tests.verify.museum import captures, fields, foreign, promises
from tests.verify.museum.exhibit import Exhibit
from tests.verify.museum.piece import Piece, perfect

EXHIBITS = [*fields.EXHIBITS, *captures.EXHIBITS, *promises.EXHIBITS, *damaged_bytes.EXHIBITS]


def told(path: Path, piece: Piece, level: str, findings: list[Finding]) -> list[str]:
    """Findings as exhibits write them; each must be at the place of its record."""
    starts = {start: role for role, (start, _) in piece.places.items()}
    lines = []
    for finding in findings:
        assert finding.file == str(path)
        assert "\n" not in str(finding)
        if finding.level != level:
            continue
        role = "file" if finding.offset is None else starts[finding.offset]
        if finding.record is not None:
            assert str(finding).startswith(f"{path}:{finding.offset}: ")
            assert piece.role_of(finding.record) in (role, role.removesuffix(" again"))
        who = role if finding.record is not None or finding.offset is None else f"@{role}"
        lines.append(f"{who}: {finding.sentence}; {finding.remedy}.")
    return lines


def expected(lines: tuple[str, ...], path: Path, piece: Piece, ids: dict[str, str]) -> list[str]:
    names = ids | {f"at_{role}": str(start) for role, (start, _) in piece.places.items()}
    names |= {f"size_{role}": str(end - start) for role, (start, end) in piece.places.items()}
    names["path"] = str(path)
    found = []
    for line in lines:
        for name, value in names.items():
            line = line.replace("{" + name + "}", value)
        found.append(line)
    return found


def test_the_perfect_piece_is_perfect(tmp_path: Path) -> None:
    piece = perfect(tmp_path)
    counts = Counts()
    assert list(lint([piece.write(tmp_path)], counts)) == []
    assert counts.records == len(piece.records)


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.what)
def test_exhibit(exhibit: Exhibit, tmp_path: Path) -> None:
    check(exhibit, perfect(tmp_path), tmp_path)


@pytest.mark.parametrize("exhibit", foreign.EXHIBITS, ids=lambda exhibit: exhibit.what)
def test_exhibit_of_another_writer(exhibit: Exhibit, tmp_path: Path) -> None:
    check(exhibit, foreign.other(), tmp_path)


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.what)
def test_exhibit_in_ranges_of_one_record(monkeypatch: pytest.MonkeyPatch, exhibit: Exhibit, tmp_path: Path) -> None:
    monkeypatch.setattr("kcnacrawl.archive.ranges.RANGE", 1)
    check(exhibit, perfect(tmp_path), tmp_path, in_order=False)


@pytest.mark.parametrize("exhibit", foreign.EXHIBITS, ids=lambda exhibit: exhibit.what)
def test_exhibit_of_another_writer_in_ranges_of_one_record(
    monkeypatch: pytest.MonkeyPatch, exhibit: Exhibit, tmp_path: Path
) -> None:
    monkeypatch.setattr("kcnacrawl.archive.ranges.RANGE", 1)
    check(exhibit, foreign.other(), tmp_path, in_order=False)


def check(exhibit: Exhibit, piece: Piece, tmp_path: Path, *, in_order: bool = True) -> None:
    """The sentences on a damaged piece are those expected."""
    order = list if in_order else sorted
    ids = {role: record.id for role, record in piece.records.items()}
    exhibit.damage(piece)
    path = piece.write(tmp_path)
    findings = list(lint([path], Counts(), processes=1))
    assert order(told(path, piece, "error", findings)) == order(expected(exhibit.said, path, piece, ids))
    notes = [line.rpartition("; ")[0] for line in told(path, piece, "note", findings)]
    assert order(notes) == order(exhibit.notes)


def test_no_two_exhibits_are_the_same() -> None:
    names = [exhibit.what for exhibit in (*EXHIBITS, *foreign.EXHIBITS)]
    assert len(set(names)) == len(names) >= 150
