"""The lines that an index of WARC files must have: made once from the records, read for each index."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from kcnacrawl.archive.cdxj import index_lines, sorted_lines
from kcnacrawl.archive.cdxj.sorting import put_aside
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lint.finding import told_elsewhere

_FILENAME = re.compile(rb'"filename": "([^"\\]*)"\}\n')


class Expected:
    """Lines in a temporary file as large as the index. Use it as a context manager."""

    def __init__(self, warcs: Sequence[Path], processes: int | None, progress: Callable[[int], None]) -> None:
        """:raises ArchiveError: when the temporary file cannot be written"""
        self.warcs = warcs
        lines = sorted_lines(warcs, on_damage=told_elsewhere, processes=processes, progress=progress)
        self._file = put_aside(lines)

    def __enter__(self) -> Expected:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def lines(self, names: Collection[str]) -> Iterator[bytes]:
        """Those of some of the WARC files."""
        wanted = {name.encode() for name in names}
        self._file.seek(0)
        for line in self._file:
            found = _FILENAME.search(line)
            if found is None or found[1] in wanted:
                yield line


def has_lines(path: Path) -> bool:
    """Whether an index has anything to name in a WARC file: not if, for one, each fetch in it failed."""
    try:
        return next(index_lines(path, on_damage=told_elsewhere), None) is not None
    except ArchiveError:
        return False  # told where the file is checked; no index can be made of it
