"""Checks a package for all that WACZ 1.1.1 demands, and for what replay tools need of it, ``wacz validate`` or not."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from kcnacrawl.archive.lint.finding import Finding
from kcnacrawl.archive.wacz.check_index import Lines, check_index
from kcnacrawl.archive.wacz.check_layout import check_layout
from kcnacrawl.archive.wacz.check_lists import check_digest, check_package
from kcnacrawl.archive.wacz.check_pages import check_pages
from kcnacrawl.archive.wacz.check_records import check_records
from kcnacrawl.archive.wacz.subject import REFETCH, Subject


def check_wacz(path: Path) -> Iterator[Finding]:
    """What is wrong with a package, as it is found."""
    try:
        with Subject(path) as subject:
            yield from _check(subject)
    except zipfile.BadZipFile as error:
        yield Finding(str(path), None, None, f"it is no whole ZIP file ({str(error).rstrip('.')})", REFETCH)
    except OSError as error:
        yield Finding(str(path), None, None, f"it cannot be read ({error.strerror or error})", "check its path")


def _check(subject: Subject) -> Iterator[Finding]:
    if subject.path.suffix != ".wacz":
        yield subject.finding(None, "its name does not end in .wacz", "rename it")
    yield from check_layout(subject)
    yield from check_package(subject)
    yield from check_digest(subject)
    with Lines() as lines:
        yield from check_index(subject, lines)
        yield from check_records(subject, lines)
        yield from check_pages(subject, lines)
