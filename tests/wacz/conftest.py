"""The archive of three nights, and packages of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.wacz.nights import Archive, three_nights
from tests.wacz.packing import Packed, pack


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Three nights."""
    return three_nights(tmp_path_factory.mktemp("nights") / "output")


@pytest.fixture(scope="session")
def whole(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Packed:
    """All of it."""
    return pack(archive.output, tmp_path_factory.mktemp("whole") / "whole.wacz")


@pytest.fixture(scope="session")
def second(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Packed:
    """The second night, by its run."""
    folder: Path = tmp_path_factory.mktemp("second")
    return pack(archive.output, folder / "second.wacz", run=archive.nights[1].run)
