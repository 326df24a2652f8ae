"""A project of three runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verify.runs import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    for run in ("r1", "r2", "r3"):
        made.run(run)
    return made
