"""Replicas for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kcnacrawl.replica import Replica


@pytest.fixture(scope="module")
def site() -> Iterator[Replica]:
    """A replica that no test changes."""
    with Replica() as replica:
        yield replica
