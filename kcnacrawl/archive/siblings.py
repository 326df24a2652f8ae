"""The files of one crawl: those whose first records name the same one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from kcnacrawl.archive.targets import warc_files
from kcnacrawl.archive.written import who_wrote


@dataclass(slots=True)
class Siblings:
    """Files of a folder by crawl; the folder is looked through when somebody asks first."""

    folder: Path
    _groups: dict[Path, list[Path]] | None = None

    def of(self, path: Path) -> list[Path]:
        """The files of the crawl that a file belongs to, in the order in which they were written."""
        if self._groups is None:
            self._groups = _groups(self.folder)
        return self._groups.get(path, [path])


def _groups(folder: Path) -> dict[Path, list[Path]]:
    crawls: defaultdict[str, list[tuple[str, Path]]] = defaultdict(list)
    for path in warc_files(folder):
        written = who_wrote(path)
        crawls[written.crawl or str(path)].append((written.date, path))
    return {path: [one for _, one in sorted(files)] for files in crawls.values() for _, path in files}
