"""What the lists and the index of a folder were made from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kcnacrawl.archive.cdxj.replacing import replacing

NAME = "made.json"
_FORMAT = 1


@dataclass(slots=True)
class List:
    """The lines of one WARC file, in a file of their own."""

    size: int
    """Bytes of the WARC file."""

    bytes: int
    """Bytes of the list."""

    damages: list[str] = field(default_factory=list)
    """Sentences on what could not be indexed."""


@dataclass(slots=True)
class State:
    """All that is known of a folder."""

    lists: dict[str, List] = field(default_factory=dict)
    """By the name of the WARC file."""

    index_of: dict[str, int] = field(default_factory=dict)
    """Sizes of the WARC files of which the index has the lines."""

    index_files: dict[str, int] = field(default_factory=dict)
    """Sizes of the files of the index."""


def load_state(folder: Path) -> State:
    """What was noted; nothing when that is lost or unreadable, so that all is made anew."""
    try:
        given = json.loads((folder / NAME).read_bytes())
        if given.pop("format") != _FORMAT:
            return State()
        state = State(**given)
        state.lists = {name: List(**noted) for name, noted in given["lists"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return State()
    return state


def save_state(folder: Path, state: State) -> None:
    """:raises ArchiveError: when it cannot be written"""
    with replacing(folder / NAME) as file:
        file.write(json.dumps({"format": _FORMAT} | asdict(state)).encode())
