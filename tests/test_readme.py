"""The README says what the program does: settings and commands."""

from __future__ import annotations

import re
from pathlib import Path

import kcnacrawl.settings
from kcnacrawl.arguments import NAMES

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def first_cells(heading: str) -> list[str]:
    """Names in the first column of the table under a heading."""
    part = README.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [
        name
        for line in part.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([^`]+)`", line.split("|")[1])
    ]


def test_every_setting_has_its_row_and_every_row_its_setting() -> None:
    rows = first_cells("Settings")
    set_elsewhere = {"USER_AGENT"}  # by the add-on
    assert sorted(rows) == sorted({name for name in vars(kcnacrawl.settings) if name.isupper()} | set_elsewhere)
    assert len(rows) == len(set(rows))


def test_every_argument_has_its_row() -> None:
    assert set(first_cells("The live crawl")) == set(NAMES)


def test_every_command_is_there() -> None:
    folder = Path(kcnacrawl.settings.__file__).parent / "commands"
    for command in folder.glob("[a-z]*.py"):
        assert f"scrapy {command.stem}" in README, command.stem


def test_nothing_is_left_to_be_filled_in() -> None:
    assert "<!--" not in README
