"""The index of a package: lines of all its captures in compressed blocks (ZipNum), named and cut as py-wacz does."""

from __future__ import annotations

import io
import json
import re
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


UNKNOWN = {"mime": "unk", "status": "-", "digest": "-"}
"""Properties that every line must have, and what stands for them, as in older CDX, where the record says nothing: a
redirect without media type, a ``resource``, which has no status, an answer of 304. cdxj-indexer leaves them out."""


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
    """The lines of everything in the package, sorted, with all that they must have and the places that it has there.

    Their timestamps have 17 digits. With 14, ReplayWeb.page 2.5 takes the next younger capture of an address for the
    original of a revisit, whose date it compares with them to the millisecond; pywb takes both.

    :param names: names of the files of excerpts, by the numbers under which they were noted
    """
    sources = plan.sources()
    numbers = {plan.files[number].path.name: number for number in sources}
    total = sum(plan.files[number].size for number in sources)
    lines = sorted_lines(
        [plan.files[number].path for number in sources],
        progress=lambda size: plan.progress("Indexing", size, total),
    )
    for _, same in groupby(lines, key=lambda line: line.partition(b" {")[0]):
        yield from sorted(filter(None, (_moved(line, plan, numbers, names) for line in same)))


def _moved(line: bytes, plan: Plan, numbers: dict[str, int], names: list[str]) -> bytes | None:
    """A line with date and place as they are in the package, or null when the record is not in it."""
    key, _, text = line.partition(b" {")
    fields = json.loads(b"{" + text)
    number = numbers[fields["filename"]]
    offset = int(fields["offset"])
    row = next(plan.scratch.rows(_WHERE, number, offset), None)
    if row is None or row[0] is None:
        return None
    _, date, start, target, at = row
    if target is not None:
        fields |= {"offset": str(at + offset - start), "filename": names[target]}
    if target is not None or not fields.keys() >= UNKNOWN.keys():
        text = json.dumps(UNKNOWN | fields).encode()[1:] + b"\n"
    return key + _milliseconds(date) + b" {" + text


def _milliseconds(date: str) -> bytes:
    found = _FRACTION.search(date)
    return (found[1] if found else "").ljust(3, "0").encode()


_FRACTION = re.compile(r":[0-9]{2}\.([0-9]{1,3})")
_WHERE = "SELECT why, date, start, target, at FROM capture WHERE file = ? AND start <= ? ORDER BY start DESC LIMIT 1"
