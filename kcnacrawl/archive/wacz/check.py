"""Checks a package for all that WACZ 1.1.1 demands, and for what replay tools need of it, ``wacz validate`` or not."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
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
from kcnacrawl.archive.wacz.subject import REFETCH, Subject


def check_wacz(path: Path, processes: int | None = None) -> Iterator[Finding]:
    """What is wrong with a package, as it is found.

    :param processes: how many to use; all cores when null
    """
    try:
        with Subject(path) as subject:
            yield from _check(subject, processes)
    except zipfile.BadZipFile as error:
        yield Finding(str(path), None, None, f"it is no whole ZIP file ({str(error).rstrip('.')})", REFETCH)
    except OSError as error:
        yield Finding(str(path), None, None, f"it cannot be read ({error.strerror or error})", "check its path")


def _check(subject: Subject, processes: int | None) -> Iterator[Finding]:
    if subject.path.suffix != ".wacz":
        yield subject.finding(None, "its name does not end in .wacz", "rename it")
    yield from check_zip(subject)
    yield from check_layout(subject)
    yield from check_package(subject)
    yield from check_digest(subject)
    ours = subject.is_ours
    if ours:
        yield from check_ours(subject)
    with Lines() as lines, Captures(subject) as captures:
        yield from check_index(subject, lines)
        yield from check_records(subject, lines, ours=ours, processes=processes)
        yield from check_pages(subject, lines)
        if ours:
            yield from captures.note(lines)
            yield from check_texts(subject, captures, processes=processes)
            yield from check_articles(subject, captures, processes=processes)
