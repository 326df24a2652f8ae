"""What a package says of itself when this program made it, and no other package need say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kcnacrawl.archive.lint.finding import Finding, shown
from kcnacrawl.archive.wacz.check_lists import DIGEST
from kcnacrawl.archive.wacz.index import BLOCKS, TABLE
from kcnacrawl.archive.wacz.scratch import Scratch
from kcnacrawl.archive.wacz.subject import PACKAGE, Subject

PAGES = "pages/pages.jsonl"

_NAMES = re.compile(r"archive/[^/]+\.warc\.gz|data/(?:articles|changes)-[^/]+\.jsonl")
_STAMP = re.compile(r"archive/(?:originals|requisites)-([0-9]{14})(?:-repaired)?\.warc\.gz")


def check_ours(subject: Subject) -> Iterator[Finding]:
    """Findings on files that this program puts into no package, and on when it was made."""
    about = subject.json(PACKAGE) or {}
    created = str(about.get("created"))
    for name in sorted(subject.entries.keys() - {PACKAGE, DIGEST, BLOCKS, TABLE, PAGES}):
        if not _NAMES.fullmatch(name):
            yield subject.finding(name, "this program puts no file of this name into a package")
        stamp = _STAMP.fullmatch(name)
        if stamp is not None and stamp[1] != re.sub(r"\D", "", created):
            sentence = f"created is {shown(created)}, but {name.rpartition('/')[2]} was made with the package"
            yield subject.finding(PACKAGE, sentence)
    if about.get("modified") != about.get("created"):
        sentence = f"modified is {shown(str(about.get('modified')))}, but the package was created {shown(created)}"
        yield subject.finding(PACKAGE, sentence)


def check_main(subject: Subject, scratch: Scratch) -> Iterator[Finding]:
    """Findings on the page to begin with.

    :param scratch: with the lines of ``pages.jsonl``
    """
    about = subject.json(PACKAGE) or {}
    url, date = about.get("mainPageUrl"), about.get("mainPageDate")
    if url is None and scratch.value("SELECT COUNT(*) FROM told"):
        yield subject.finding(PACKAGE, "it names no page to begin with")
    elif isinstance(url, str) and not scratch.value("SELECT COUNT(*) FROM told WHERE url = ? AND ts = ?", url, date):
        yield subject.finding(PACKAGE, f"the page to begin with, {shown(url)}, is none of {PAGES} at its date")
