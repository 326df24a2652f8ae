"""Finds the package that holds already what another would hold; a damaged one is none."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

from kcnacrawl.archive.lint.finding import Finding
from kcnacrawl.archive.named import files_in
from kcnacrawl.archive.wacz.check_lists import check_digest, check_package
from kcnacrawl.archive.wacz.check_zip import check_zip
from kcnacrawl.archive.wacz.contents import PROPERTY
from kcnacrawl.archive.wacz.subject import PACKAGE, UNREADABLE, Subject


def same_package(
    folder: Path,
    beginning: str,
    contents: str,
    tell: Callable[[str], None],
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Path | None:
    """The newest package of a folder that holds just this, every byte of it as it was made; null when there is none.

    :param beginning: of its name
    :param tell: is told, a sentence each, of packages on the way that are damaged
    :param progress: is told which package is read, how many more bytes of it are done, and how many there are
    :raises ArchiveError: when the folder cannot be read
    """
    named = [path for path in files_in(folder, (".wacz",)) if path.name.startswith(beginning)]
    for path in reversed(named):
        try:
            with Subject(path) as subject:
                about = subject.json(PACKAGE)
                if about is not None and about.get(PROPERTY) != contents:
                    continue
                if about is not None and _is_intact(subject, progress):
                    return path
        except UNREADABLE:
            about = None
        unsound = "holds just this, but is damaged" if about else "cannot be read, so what it holds is not known"
        tell(f"{path} {unsound}; `{shlex.join(['scrapy', 'verify', str(path)])}` tells what is wrong with it.")
    return None


def _is_intact(subject: Subject, progress: Callable[[str, int, int], None]) -> bool:
    size = sum(info.file_size for info in subject.entries.values())
    return all(finding.level == "note" for finding in _findings(subject, lambda done: progress("Proving", done, size)))


def _findings(subject: Subject, progress: Callable[[int], None]) -> Iterator[Finding]:
    yield from check_zip(subject)
    yield from check_package(subject, progress)
    yield from check_digest(subject)
