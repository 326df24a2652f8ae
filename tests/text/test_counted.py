"""Numbers of things in words."""

from __future__ import annotations

import pytest

from kcnacrawl.counted import counted


@pytest.mark.parametrize(
    ("said", "count", "words"),
    [
        ("0 packages", 0, ("package",)),
        ("1 package", 1, ("package",)),
        ("2 packages", 2, ("package",)),
        ("12,345 captures", 12345, ("capture",)),
        ("1 index", 1, ("index", "indexes")),
        ("3 indexes", 3, ("index", "indexes")),
    ],
)
def test_one_and_several(said: str, count: int, words: tuple[str, ...]) -> None:
    assert counted(count, *words) == said
