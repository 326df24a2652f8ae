"""Checks a package for all that WACZ 1.1.1 demands, and for what replay tools need of it, ``wacz validate`` or not."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from kcnacrawl.archive.lint.finding import Finding
from kcnacrawl.archive.wacz.check_articles import check_articles
from kcnacrawl.archive.wacz.check_captures import Captures
from kcnacrawl.archive.wacz.check_index import Lines, check_index
from kcnacrawl.archive.wacz.check_layout import check_layout
from kcnacrawl.archive.wacz.check_lists import check_digest, check_package
from kcnacrawl.archive.wacz.check_ours import check_ours
from kcnacrawl.archive.wacz.check_pages import check_pages
from kcnacrawl.archive.wacz.check_records import check_records
from kcnacrawl.archive.wacz.check_texts import check_texts
from kcnacrawl.archive.wacz.check_zip import check_zip
from kcnacrawl.archive.wacz.steps import Steps
from kcnacrawl.archive.wacz.subject import ANOTHER, REFETCH, Subject

_STEPS = 6
_WHY = {
    "File is not a zip file": "there is no directory at its end",
    "Bad offset for central directory": "bytes are missing before its directory",
}
"""What ``zipfile`` says, in words that tell what happened."""


def check_wacz(
    path: Path, processes: int | None = None, progress: Callable[[int], None] = lambda size: None
) -> Iterator[Finding]:
    """What is wrong with a package, as it is found.

    :param processes: how many to use; all cores when null
    :param progress: is told how many more bytes of the package are done
    """
    steps = Steps(path.stat().st_size if path.exists() else 0, _STEPS, progress)
    try:
        with Subject(path) as subject:
            yield from _check(subject, processes, steps)
    except zipfile.BadZipFile as error:
        why = _WHY.get(str(error), str(error).rstrip("."))
        yield Finding(str(path), None, None, f"it is no whole ZIP file ({why})", REFETCH)
    except OSError as error:
        remedy = "check its path" if isinstance(error, FileNotFoundError | NotADirectoryError) else ANOTHER
        yield Finding(str(path), None, None, f"it cannot be read ({error.strerror or error})", remedy)
    steps.finish()


def _check(subject: Subject, processes: int | None, steps: Steps) -> Iterator[Finding]:
    if subject.path.suffix != ".wacz":
        yield subject.finding(None, "its name does not end in .wacz", "rename it")
    yield from check_zip(subject)
    yield from check_layout(subject)
    yield from check_package(subject, steps.begin(sum(info.file_size for info in subject.entries.values())))
    yield from check_digest(subject)
    ours = subject.is_ours
    if ours:
        yield from check_ours(subject)
    with Lines() as lines, Captures(subject) as captures:
        yield from check_index(subject, lines)
        yield from check_records(subject, lines, ours=ours, processes=processes, steps=steps)
        yield from check_pages(subject, lines)
        if ours:
            yield from captures.note(lines, steps)
            # In this order: a page that a line proves is not read once more for its text.
            yield from check_articles(subject, captures, processes=processes, steps=steps)
            yield from check_texts(subject, captures, processes=processes, steps=steps)
