"""The files of a project by kind, as their names and folders tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.manifest import ENDING as MANIFEST
from kcnacrawl.archive.named import CLOSED, files_in

WARC_ENDINGS = (*CLOSED, *(ending + OPEN for ending in CLOSED))
INDEX_ENDINGS = (".cdxj", ".cdx", ".idx")
ACCOUNT = ".json"
_RUN = re.compile(r"[0-9]{14}-[0-9a-f]{4}(?:\.manifest)?\.json")
"""Names of accounts and manifests of runs; other files of a project end in ``.json`` too."""


@dataclass(slots=True)
class Targets:
    """Files to check, by kind."""

    warcs: list[Path] = field(default_factory=list)
    indexes: list[Path] = field(default_factory=list)
    packages: list[Path] = field(default_factory=list)
    articles: list[Path] = field(default_factory=list)
    accounts: list[Path] = field(default_factory=list)
    manifests: list[Path] = field(default_factory=list)
    articles_folder: Path | None = None
    """Where files of articles are missed though none is left; null when only some files were asked for."""

    def __bool__(self) -> bool:
        return bool(self.warcs or self.indexes or self.packages or self.articles)


def known_files(folder: Path) -> list[Path]:
    """The files in a folder, and in those in it, whose names tell what they are.

    :raises ArchiveError: when a folder cannot be read
    """
    endings = (*WARC_ENDINGS, *INDEX_ENDINGS, ".wacz", ".jsonl", ACCOUNT)
    found = files_in(folder, endings, deep=True)
    return [path for path in found if _name_tells(path)]


def sort_files(paths: Iterable[Path]) -> Targets:
    """Files by their names; what has no other known ending is taken for articles, ``.json`` that is of no run too."""
    targets = Targets()
    kinds = (
        ((*WARC_ENDINGS, OPEN), targets.warcs),
        (INDEX_ENDINGS, targets.indexes),
        (".wacz", targets.packages),
        (MANIFEST, targets.manifests),
        (ACCOUNT, targets.accounts),
        ("", targets.articles),
    )
    for path in dict.fromkeys(paths):
        name = path.name if _name_tells(path) else ""
        next(kind for endings, kind in kinds if name.endswith(endings)).append(path)
    return targets


def find_files(*, warcs: Path, articles: Path, indexes: Path, packages: Path, runs: Path) -> Targets:
    """All files of a project, in order of their names.

    :raises ArchiveError: when a folder cannot be read
    """
    return Targets(
        files_in(warcs, WARC_ENDINGS),
        files_in(indexes, INDEX_ENDINGS),
        files_in(packages, (".wacz",)),
        files_in(articles, (".jsonl",), deep=True),
        [path for path in files_in(runs, (ACCOUNT,)) if not path.name.endswith(MANIFEST)],
        files_in(runs, (MANIFEST,)),
        articles_folder=articles,
    )


def _name_tells(path: Path) -> bool:
    """False of a file that ends as accounts and manifests of runs do, and is named as none of them."""
    return not path.name.endswith(ACCOUNT) or _RUN.fullmatch(path.name) is not None
