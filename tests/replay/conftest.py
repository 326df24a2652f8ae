"""One small archive for all replay tests, served by a real pywb."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kcnacrawl.archive.cdxj import update_index
from kcnacrawl.archive.pywb import Wayback
from tests.replay.build import build_archive
from tests.replay.tools import PYWB


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the WARC files that hold every case, in two nights."""
    folder = tmp_path_factory.mktemp("archive")
    build_archive(folder)
    return folder


@pytest.fixture(scope="session")
def wayback(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wayback]:
    """A pywb that serves the archive."""
    index = update_index(archive, tmp_path_factory.mktemp("cdxj"))
    with Wayback(PYWB, index, [archive], 0) as running:
        yield running
