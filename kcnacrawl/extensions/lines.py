"""The JSON Lines file of a crawl that is taken up again: what is whole stays, what is not is moved aside."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import IO, Any

import orjson

from kcnacrawl.seen import SeenIds

MENDING = ".mending"
"""Ending of the repaired copy until it takes the place of the file."""


class Line(Enum):
    """What becomes of a line."""

    OWN = "an article of this crawl"
    FOREIGN = "of somebody else"
    TORN = "not whole, or nothing proves it"


Judge = Callable[[dict[str, Any]], Line]


@dataclass(slots=True)
class Stock:
    """What a file held."""

    ids: SeenIds = field(default_factory=SeenIds)
    """Articles of this crawl that it holds, each once."""

    torn: int = 0
    """Lines moved to ``<name>.torn``."""


def take_stock(path: Path, judge: Judge, *, only_own: bool) -> Stock:
    """Mend a file of lines and tell which articles of the crawl it holds; whole lines are on the disk at any moment.

    :param judge: says of a JSON object whose it is
    :param only_own: drop the lines of others, as a file that is to be overwritten asks for
    :raises OSError: when the file cannot be read or changed
    """
    stock = Stock()
    path.with_name(path.name + MENDING).unlink(missing_ok=True)
    if not path.is_file() or path.stat().st_size == 0:
        return stock
    torn: list[int] = []
    dropped = False
    ended = True
    for number, text in _lines(path):
        ended = text.endswith(b"\n")
        kind = _judge(text, judge, stock.ids)
        if kind is Line.TORN:
            torn.append(number)
        elif kind is Line.FOREIGN:
            dropped = dropped or only_own
    stock.torn = len(torn)
    if torn or dropped or not ended:
        _rewrite(path, judge, set(torn), only_own=only_own)
    return stock


def _judge(text: bytes, judge: Judge, ids: SeenIds) -> Line:
    try:
        item = orjson.loads(text)
    except orjson.JSONDecodeError:
        return Line.TORN
    if not isinstance(item, dict):
        return Line.TORN
    kind = judge(item)
    if kind is Line.OWN and not (isinstance(item.get("id"), str) and ids.add(item["id"])):
        return Line.TORN
    return kind


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        yield from enumerate(file)


def _rewrite(path: Path, judge: Judge, torn: set[int], *, only_own: bool) -> None:
    """Write the good lines to a copy, the others to ``<name>.torn``, and put the copy in place once both are safe."""
    copy = path.with_name(path.name + MENDING)
    with copy.open("xb") as good:
        if torn:
            with path.with_name(path.name + ".torn").open("ab") as bad:
                bad.writelines(text.rstrip(b"\n") + b"\n" for number, text in _lines(path) if number in torn)
                _sync(bad)
        for number, text in _lines(path):
            if number in torn or (only_own and judge(orjson.loads(text)) is Line.FOREIGN):
                continue
            good.write(text if text.endswith(b"\n") else text + b"\n")
        os.fchmod(good.fileno(), path.stat().st_mode & 0o777)
        _sync(good)
    copy.replace(path)
    sync_folder(path.parent)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder are on disk.

    :raises OSError: when they are not
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
