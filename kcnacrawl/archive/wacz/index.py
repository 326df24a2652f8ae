"""The index of a package: lines of all its captures in compressed blocks (ZipNum), named and cut as py-wacz does."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from itertools import groupby

from kcnacrawl.archive.cdxj import sorted_lines, write_zipnum
from kcnacrawl.archive.wacz.plan import Plan
from kcnacrawl.archive.wacz.zipping import ZipWriter

BLOCKS = "indexes/index.cdx.gz"
"""pywb and ReplayWeb.page look for names that end in ``.cdx``, ``.cdx.gz`` and ``.idx``, and in no other."""

TABLE = "indexes/index.idx"
LINES = 1024
"""Lines in a block."""


def write_index(package: ZipWriter, lines: Iterable[bytes]) -> int:
    """Write the blocks and the table of their first lines; how many lines that were.

    :param lines: sorted by their bytes, each with its line feed
    """
    count = 0

    def counted() -> Iterator[bytes]:
        nonlocal count
        for line in lines:
            count += 1
            yield line

    table = io.BytesIO()
    with package.entry(BLOCKS) as blocks:
        write_zipnum(counted(), blocks, table, name=BLOCKS.rpartition("/")[2], block_lines=LINES)
    with package.entry(TABLE, size=table.tell()) as entry:
        entry.write(table.getvalue())
    return count


def package_lines(plan: Plan, names: list[str]) -> Iterator[bytes]:
    """The lines of everything in the package, sorted, with the places that it has there.

    :param names: names of the files of excerpts, by the numbers under which they were noted
    """
    numbers = {plan.files[number].path.name: number for number in plan.sources()}
    lines = sorted_lines([plan.files[number].path for number in plan.sources()])
    for _, same in groupby(lines, key=_key):
        yield from sorted(filter(None, (_moved(line, plan, numbers, names) for line in same)))


def _key(line: bytes) -> bytes:
    return b" ".join(line.split(b" ", 2)[:2])


def _moved(line: bytes, plan: Plan, numbers: dict[str, int], names: list[str]) -> bytes | None:
    """A line with the place its record has in the package, or null when the record is not in it."""
    key, _, text = line.partition(b" {")
    fields = json.loads(b"{" + text)
    number = numbers[fields["filename"]]
    if number in plan.whole:
        return line
    offset = int(fields["offset"])
    row = next(plan.scratch.rows(_WHERE, number, offset), None)
    if row is None or row[1] is None:
        return None
    start, target, at = row
    fields |= {"offset": str(at + offset - start), "filename": names[target]}
    return key + b" " + json.dumps(fields).encode() + b"\n"


_WHERE = "SELECT start, target, at FROM capture WHERE file = ? AND start <= ? ORDER BY start DESC LIMIT 1"
