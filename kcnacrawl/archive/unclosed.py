"""WARC files that are not closed, and so are left out where a folder stands for the closed files in it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.locks import is_left_behind, is_locked
from kcnacrawl.archive.mapped import is_folder
from kcnacrawl.archive.named import CLOSED, files_in, require_folder
from kcnacrawl.archive.written import who_wrote

Tell = Callable[[str], object]
Lost = Callable[[ArchiveError], object]


def closed_warcs(folder: Path, tell: Tell, lost: Lost) -> list[Path]:
    """The closed WARC files of a folder, in order of their names; of the others it is told.

    :raises ArchiveError: when there is no such folder, or it cannot be read
    """
    require_folder(folder)
    tell_left_out(folder, files_in(folder, tuple(ending + OPEN for ending in CLOSED)), tell, lost)
    return files_in(folder, CLOSED)


def tell_left_out(folder: Path, paths: Sequence[Path], tell: Tell, lost: Lost) -> None:
    """Tell which files of a folder are not closed: of those that are being written, and of those of dead runs."""
    dead = [path for path in paths if is_left_behind(path)]
    if living := [path for path in paths if path not in dead]:
        tell(f"{_named(folder, living)} still being written; {_they(living)} left out.")
    if dead:
        left = f"{_named(folder, dead, past=True)} left open by a run that was broken off; {_they(dead)} left out"
        them, target = ("it", dead[0]) if len(dead) == 1 else ("them", folder)
        mend = f"scrapy mend {shlex.quote(str(target))}"
        lost(ArchiveError(f"{left}: close {them} with `{mend}`, as the next crawl does."))


def _named(folder: Path, paths: Sequence[Path], *, past: bool = False) -> str:
    if len(paths) == 1:
        return f"{paths[0]} {'was' if past else 'is'}"
    return f"{len(paths)} files in {folder} {'were' if past else 'are'}"


def _they(paths: Sequence[Path]) -> str:
    return "it is" if len(paths) == 1 else "they are"


def refuse_living(folders: Iterable[Path], crawls: Collection[str], output: str) -> None:
    """See to it that nobody replaces a file while a run may be writing to it.

    :param crawls: names of crawls whose articles are in the file; empty for all
    :raises ArchiveError: when a run of one of them is under way
    """
    for folder in folders:
        if not is_folder(folder):
            continue
        for path in files_in(folder, tuple(ending + OPEN for ending in CLOSED)):
            if is_locked(path) and ((crawl := who_wrote(path).crawl) in crawls or not crawls):
                raise ArchiveError(f"Crawl {crawl or path.name} is under way; {output} is left as it is.")
