"""ZipNum: an index in gzip members of some thousand lines, and a small list that says where each member is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

import deflate

LINES = 3000
"""Lines of a block; what the ZipNum jobs of large web archives take."""

LEVEL = 6


class Writes(Protocol):
    """Anything that takes bytes."""

    def write(self, data: bytes, /) -> object: ...


class Block(NamedTuple):
    """A gzip member of the index."""

    key: bytes
    """Key and timestamp of its first line."""

    offset: int
    length: int


def write_zipnum(
    lines: Iterable[bytes], data: Writes, idx: Writes, *, name: str = "index.cdx.gz", block_lines: int = LINES
) -> list[Block]:
    """Write sorted lines as blocks (``index.cdx.gz``) and the list of the blocks (``index.idx``).

    :param lines: sorted, each with its line feed
    :param name: of the file of blocks, as the list is to tell it
    :returns: the blocks
    """
    idx.write(b"!meta 0 %s\n" % json.dumps({"format": "cdxj-gzip-1.0", "filename": name}).encode())
    blocks: list[Block] = []
    offset = 0
    for some in _batches(lines, block_lines):
        member = bytes(deflate.gzip_compress(b"".join(some), LEVEL))
        data.write(member)
        block = Block(some[0].partition(b" {")[0], offset, len(member))
        digest = f"sha256:{hashlib.sha256(member).hexdigest()}"
        place = {"offset": offset, "length": len(member), "digest": digest}
        idx.write(b"%s %s\n" % (block.key, json.dumps(place).encode()))
        blocks.append(block)
        offset += len(member)
    return blocks


def write_summary(blocks: Iterable[Block], part: str, summary: Writes, loc: Writes) -> None:
    """The list of blocks once more, as pywb reads it (``index.summary`` and ``index.loc``)."""
    for number, block in enumerate(blocks, 1):
        summary.write(b"%s\t%s\t%d\t%d\t%d\n" % (block.key, part.encode(), block.offset, block.length, number))
    loc.write(f"{part}\t{part}\n".encode())


def _batches(lines: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
