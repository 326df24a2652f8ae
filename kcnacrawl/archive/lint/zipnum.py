"""ZipNum indexes: that the list of blocks leads to the blocks, and the lines out of these."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lint.finding import Finding, quoted
from kcnacrawl.archive.lint.indexline import IndexLine
from kcnacrawl.archive.lint.remedies import REINDEX
from kcnacrawl.archive.member_flaw import member_flaw

MOST = 64 << 20
"""Bytes of a block once decompressed; usual ones have one."""


def read_lines(path: Path) -> Iterator[IndexLine]:
    """The lines of a plain index.

    :raises ArchiveError: when it cannot be read
    """
    try:
        with path.open("rb") as file:
            for number, text in enumerate(file, 1):
                yield IndexLine(text, str(path), number)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror}.") from error


class ZipNum:
    """An index in blocks."""

    def __init__(self, idx: Path) -> None:
        self.idx = idx
        self.findings: list[Finding] = []
        """What is wrong with the list of blocks; filled by ``lines``."""

    def lines(self) -> Iterator[IndexLine]:
        """The lines of all blocks.

        :raises ArchiveError: when a file cannot be read
        """
        number, position = 1, 0
        data = self.idx.with_suffix(".cdx.gz")
        try:
            size = data.stat().st_size
            with self.idx.open("rb") as idx, data.open("rb") as blocks:
                for row, line in enumerate(idx, 1):
                    key, fields = _row(line)
                    if line.startswith(b"!meta"):
                        continue
                    if fields is None:
                        self._tell(row, f"it is no line of a list of blocks: {quoted(line.rstrip())}")
                        continue
                    if fields["offset"] != position:
                        self._tell(
                            row, f"its block begins at {fields['offset']}, but the one before ends at {position}"
                        )
                    if fields["offset"] + fields["length"] > size:
                        place = f"its block ends at {fields['offset'] + fields['length']}"
                        self._tell(row, f"{place}, but {data.name} has {size} bytes")
                        continue
                    position = fields["offset"] + fields["length"]
                    blocks.seek(fields["offset"])
                    text = self._block(row, key, fields, blocks.read(min(fields["length"], MOST)))
                    for one in text.splitlines(keepends=True):
                        yield IndexLine(one, str(data), number)
                        number += 1
            if position != size:
                self._tell(None, f"its blocks end at {position}, but {data.name} has {size} bytes")
        except OSError as error:
            raise ArchiveError(f"{error.filename} cannot be read: {error.strerror}.") from error

    def _block(self, row: int, key: bytes, fields: dict[str, Any], packed: bytes) -> bytes:
        digest = fields.get("digest")
        if digest is not None and digest != f"sha256:{hashlib.sha256(packed).hexdigest()}":
            self._tell(row, "its digest is not that of its block")
        decompressor = zlib.decompressobj(31)
        try:
            text = decompressor.decompress(packed, MOST)
        except zlib.error as error:
            self._tell(row, f"its block is damaged ({member_flaw(error)})")
            return b""
        if not decompressor.eof or decompressor.unused_data:
            self._tell(row, "its block is not one whole gzip member")
        if not text.startswith(key + b" "):
            self._tell(row, f"its key is {quoted(key)}, but its block begins with {quoted(text[:200])}")
        return text

    def _tell(self, row: int | None, clause: str) -> None:
        self.findings.append(Finding(str(self.idx), row, None, clause, REINDEX))


def _row(line: bytes) -> tuple[bytes, dict[str, Any] | None]:
    key, _, json = line.partition(b" {")
    try:
        fields = orjson.loads(b"{" + json)
    except orjson.JSONDecodeError:
        return key, None
    numbers = [fields.get(name) for name in ("offset", "length")]
    return key, fields if all(isinstance(one, int) and 0 <= one < 1 << 60 for one in numbers) else None
