"""Recorded pages: each field of each case as a person approved it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kcnacrawl.pages import find_sites
from kcnacrawl.recording import describe, read_case

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/*/meta.json"))


def expected(case: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((case / "expected.json").read_text("utf-8"))
    return loaded


FIELDS = [(case, field) for case in CASES for field in expected(case) if field != "reviewed"]


@pytest.mark.parametrize(("case", "field"), FIELDS, ids=lambda part: part if isinstance(part, str) else part.name)
def test_field(case: Path, field: str) -> None:
    assert describe(read_case(case))[field] == expected(case)[field]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_is_reviewed_and_whole(case: Path) -> None:
    assert expected(case)["reviewed"] is True, f"read {case / 'expected.json'}, then set reviewed"
    assert set(expected(case)) - {"reviewed"} == set(describe(read_case(case)))


def test_every_site_has_a_case() -> None:
    recorded = {case.parent.name for case in CASES}
    for site in find_sites():
        assert site.__name__.rpartition(".")[2] in recorded  # type: ignore[attr-defined]
