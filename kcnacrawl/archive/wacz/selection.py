"""Which captures of an archive a package is to hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.loss import read_loss
from kcnacrawl.archive.mend import REPAIRED
from kcnacrawl.archive.reader import iter_records
from kcnacrawl.archive.record import read_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What was asked for; whatever is null is not restricted."""

    spider: str | None = None
    since: date | None = None
    until: date | None = None
    """Days of capture in UTC, both included."""

    run: str | None = None
    crawl: str | None = None

    def wants_file(self, info: FileInfo) -> bool:
        """Whether a file may hold captures of the selection, by what its first record says."""
        asked = ((self.spider, info.spider), (self.run, info.run), (self.crawl, info.crawl))
        # Days are no help here: a clock that was set back makes captures older than their file.
        return all(wanted is None or wanted == found for wanted, found in asked)

    def wants_date(self, day: str) -> bool:
        """Whether a capture with this ``WARC-Date`` is of the selection."""
        if self.since is not None and day[:10] < self.since.isoformat():
            return False
        return self.until is None or day[:10] <= self.until.isoformat()

    @property
    def name(self) -> str:
        """The selection in a few characters, for names of files: ``2026-11-01--2026-11-23``, ``all``."""
        parts = [
            f"crawl-{self.crawl}" if self.crawl else None,
            f"run-{self.run}" if self.run else None,
            self._days(),
        ]
        return "-".join(filter(None, parts)) or "all"

    def describe(self) -> str:
        """The selection in words, for a sentence: ``of spider kcnawatch, captured on 2026-11-23 (UTC)``."""
        parts = [
            self.spider and f"of spider {self.spider}",
            self.crawl and f"of crawl {self.crawl}",
            self.run and f"of run {self.run}",
            self._span(),
        ]
        return ", ".join(filter(None, parts))

    def _days(self) -> str | None:
        if self.since is None and self.until is None:
            return None
        if self.since == self.until:
            return str(self.since)
        return f"{self.since or ''}--{self.until or ''}"

    def _span(self) -> str | None:
        if self.since is None and self.until is None:
            return None
        if self.since == self.until:
            return f"captured on {self.since} (UTC)"
        bounds = [f"from {self.since}" if self.since else None, f"to {self.until}" if self.until else None]
        return f"captured {' '.join(filter(None, bounds))} (UTC)"


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What the first record of a WARC file says; empty where it says nothing."""

    path: Path
    size: int
    spider: str = ""
    run: str = ""
    crawl: str = ""
    date: str = ""
    is_mended: bool = False
    """Whether it says that it lost something before it was mended."""

    @property
    def is_copy(self) -> bool:
        """Whether it is the repaired copy of a damaged file."""
        return self.path.name.endswith(REPAIRED)

    @property
    def damaged(self) -> Path:
        """The file that it is the repaired copy of, or else itself."""
        return self.path.with_name(self.path.name.removesuffix(REPAIRED))


def read_info(path: Path) -> FileInfo:
    """:raises ArchiveError: when the file cannot be read or does not begin with a whole record"""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror}.") from error
    first = next(iter_records(path), None)
    if first is None:
        raise ArchiveError(f"{path} is empty.")
    if first.type != "warcinfo":
        return FileInfo(path, size)
    fields = read_fields(first.block)
    return FileInfo(
        path,
        size,
        spider=fields.get("isPartOf", ""),
        run=fields.get("run", ""),
        crawl=fields.get("crawl", ""),
        date=first.get("WARC-Date") or "",
        is_mended=read_loss(path) is not None,
    )
