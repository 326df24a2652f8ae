"""Runs that begin within one second have names in their order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from kcnacrawl.spiders.base import run_name

NINE = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("began", "name"),
    [
        (datetime(2026, 3, 1, 4, 5, 6, 0, UTC), "20260301040506-0000"),
        (datetime(2026, 3, 1, 4, 5, 6, 500_000, UTC), "20260301040506-8000"),
        (datetime(2026, 3, 1, 4, 5, 6, 999_999, UTC), "20260301040506-ffff"),
        (datetime(2026, 3, 1, 13, 5, 6, 20, NINE), "20260301040506-0001"),
    ],
)
def test_name(began: datetime, name: str) -> None:
    assert run_name(began) == name


def test_names_sort_as_runs_began() -> None:
    first = datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC)
    names = [run_name(first + timedelta(microseconds=20 * number)) for number in range(60_000)]
    assert names == sorted(set(names))
