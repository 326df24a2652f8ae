"""Files that a person names one by one, or by the folder that they are in."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.mapped import files_inside, is_folder, is_inside

COPY = "-repaired.warc.gz"
"""What the names of repaired copies in packages end with: they hold what was whole in a damaged file."""

CLOSED = (".warc.gz", ".warc")
"""Endings of WARC files that nobody writes to any more."""

ELSEWHERE = "bring it back from a copy, or say with -s WARC_DIR=FOLDER where it is"
"""What to do when the folder of the WARC files was there and is gone."""


def files_in(folder: Path, endings: tuple[str, ...], *, deep: bool = False) -> list[Path]:
    """Files of a folder, in a package too, with such names, in their order; a folder that is not there has none.

    A link to one of them is left out, and of several links to a file elsewhere all but the first.

    :param deep: those of the folders in it as well, each once, whatever links lead to it
    :raises ArchiveError: when it cannot be read, or is no folder
    """
    if is_inside(folder):
        with _telling(folder):
            return [path for path in files_inside(folder) if path.name.endswith(endings)]
    found: list[Path] = []
    links: list[Path] = []
    waiting, seen = deque([folder]), set[tuple[int, int]]()
    while waiting:
        inner = waiting.popleft()
        with _telling(inner), suppress(FileNotFoundError):
            status = inner.stat()
            # A link may lead back to a folder that it is in; folders themselves go before links to them.
            if (place := (status.st_dev, status.st_ino)) in seen:
                continue
            seen.add(place)
            with os.scandir(inner) as entries:
                for entry in entries:
                    if not _leads_to_folder(entry):
                        if entry.name.endswith(endings):
                            (links if entry.is_symlink() else found).append(inner / entry.name)
                    elif deep:
                        (waiting.append if entry.is_symlink() else waiting.appendleft)(inner / entry.name)
    return sorted(found + _leading_elsewhere(links, found))


def _leading_elsewhere(links: list[Path], files: list[Path]) -> list[Path]:
    """Those of some links that lead to none of the files, nor where one before leads."""
    seen = {os.path.realpath(path) for path in files} if links else set()
    found = []
    for link in sorted(links):
        if (target := os.path.realpath(link)) not in seen:
            seen.add(target)
            found.append(link)
    return found


@contextmanager
def _telling(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveError(f"{folder} cannot be read: {error.strerror}.") from error


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link that leads to itself


def require_folder(folder: Path) -> None:
    """:raises ArchiveError: when there is no such folder of WARC files"""
    if _is_folder(folder):
        return
    if not folder.exists():
        raise ArchiveError(f"There is no folder {folder}; a first crawl makes it. If it was there, {ELSEWHERE}.")
    raise ArchiveError(f"{folder} is a file; WARC files are looked for in a folder.")


def _is_folder(path: Path) -> bool:
    with _telling(path):
        return is_folder(path)


def expand(
    paths: Iterable[Path], list_folder: Callable[[Path], list[Path]], lost: Callable[[ArchiveError], object]
) -> list[Path]:
    """Files as they were named, each folder replaced by the files that *list_folder* gives for it.

    :param lost: is told of folders that hold none, or that cannot be read
    """
    found: list[Path] = []
    for path in paths:
        try:
            if not _is_folder(path):
                found.append(path)
            elif files := list_folder(path):
                found += files
            else:
                lost(ArchiveError(f"There is no file in the folder {path} that this command reads."))
        except ArchiveError as error:
            lost(error)
    return list(dict.fromkeys(found))
