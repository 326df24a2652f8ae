"""Files of an archive that cannot stand in a package as they are: repaired copies in their place, or nothing."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError, ExhaustedError
from kcnacrawl.archive.mend import REPAIRED
from kcnacrawl.archive.survey import survey


@dataclass(slots=True)
class Damaged:
    """What became of damaged files. A package never lacks one without a word."""

    tell: Callable[[str], None]
    skips: bool = False
    """Whether they may be left out."""

    replaced: list[Path] = field(default_factory=list)
    """Those in whose place the copy stands that ``scrapy mend`` made."""

    left_out: list[Path] = field(default_factory=list)

    def instead(self, path: Path, why: ArchiveError) -> Path | None:
        """The repaired copy of a damaged file; null when there is none, and the file has to be left out.

        :param why: what is wrong with the file
        :raises ExhaustedError: when that says nothing about the file
        """
        if isinstance(why, ExhaustedError):
            raise why
        copy = path.with_name(path.name + REPAIRED)
        if not copy.is_file():
            self.leave_out(path, why)
            return None
        self.replaced.append(path)
        self.tell(f"{why} {copy.name}, which holds what is whole in it, is taken in its place.")
        return copy

    def leave_out(self, path: Path, why: ArchiveError) -> None:
        """Note that nothing of a file comes into the package.

        :param why: what is wrong with it, or with its copy
        :raises ExhaustedError: when that says nothing about the file
        """
        if isinstance(why, ExhaustedError):
            raise why
        if path in self.replaced:
            self.replaced.remove(path)
        self.left_out.append(path)
        self.tell(str(why))

    def check(self) -> None:
        """:raises ArchiveError: when files are missing that may not be left out; the sentence says what to do"""
        if not self.left_out or self.skips:
            return
        files, them = ("1 file", "it") if len(self.left_out) == 1 else (f"{len(self.left_out)} files", "them")
        mendable = [path for path in self.left_out if _is_mendable(path)]
        all_of_them = len(mendable) == len(self.left_out)
        remedy = f"bring {them} back from a copy"
        if mendable:
            command = shlex.join(["scrapy", "mend", *map(str, mendable)])
            where = them if all_of_them else f"{len(mendable)} of {them}"
            remedy = f"`{command}` copies what is whole in {where}, which the next `scrapy wacz` takes instead"
        left_out = f"leaves {them} out" if all_of_them or not mendable else "leaves out those without a copy"
        raise ArchiveError(f"{files} cannot go into a package, so there is none: {remedy}; --skip-damaged {left_out}.")

    def describe(self) -> str:
        """What a reader of the package has to know, in sentences; empty when nothing was damaged."""
        told = []
        if self.replaced:
            told.append(f"Of damaged files only what is whole: {_names(self.replaced)}.")
        if self.left_out:
            told.append(f"Left out, because they are damaged: {_names(self.left_out)}.")
        return " ".join(told)


def _is_mendable(path: Path) -> bool:
    """Whether ``scrapy mend`` makes a copy of a file: not if, for one, nothing tells which records are its own."""
    try:
        found = survey(path)
    except ArchiveError:
        return False
    return found.records > 0 and found.lost > 0


def _names(paths: list[Path]) -> str:
    return ", ".join(sorted(path.name for path in paths))
