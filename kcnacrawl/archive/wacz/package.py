"""Puts a package together: archive, index, pages, data, and the list of all of them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kcnacrawl
from kcnacrawl.archive.named import COPY
from kcnacrawl.archive.output import Output
from kcnacrawl.archive.wacz.contents import PROPERTY, Gathered
from kcnacrawl.archive.wacz.excerpt import Excerpt, copy_range
from kcnacrawl.archive.wacz.index import package_lines, write_index
from kcnacrawl.archive.wacz.lines import LineFile
from kcnacrawl.archive.wacz.pages import HEADER, Page, find_pages
from kcnacrawl.archive.wacz.plan import Plan
from kcnacrawl.archive.wacz.scratch import CHOSEN, ORIGINAL, REQUISITE
from kcnacrawl.archive.wacz.selection import Selection
from kcnacrawl.archive.wacz.signing import sign
from kcnacrawl.archive.wacz.zipping import ZipWriter

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

VERSION = "1.1.1"
SOFTWARE = f"kcnacrawl/{kcnacrawl.__version__}"

_UNSAFE = re.compile(r"[^a-z0-9._-]+")
_SUFFIX = ".warc.gz"


@dataclass(slots=True, kw_only=True)
class Wanted:
    """How a package is to be made."""

    selection: Selection
    articles: Path
    changes: Path
    """Folders of JSON Lines; either may be missing."""

    title: str | None = None
    description: str | None = None
    with_text: bool = True
    key: EllipticCurvePrivateKey | None = None
    """Signs the package."""

    keeps_key: bool = False
    """Whether the key is there to sign other packages, too."""


@dataclass(slots=True)
class Made:
    """What came into a package."""

    files: int = 0
    captures: int = 0
    pages: int = 0
    articles: int = 0
    originals: int = 0
    requisites: int = 0
    names: list[str] = field(default_factory=list)
    """Names of the files of excerpts."""


def write_package(plan: Plan, wanted: Wanted, gathered: Gathered, output: Output, instant: datetime) -> Made:
    """Write a package to *output*.

    :param gathered: what ``gather`` gave for plan and wishes
    :param instant: the time of the package
    :raises ArchiveError: when a file cannot be read, or the package cannot be written
    """
    made = Made()
    package = ZipWriter(output, instant)
    _write_archive(package, plan, made, instant)
    made.captures = write_index(package, package_lines(plan, made.names))
    main = _write_pages(package, find_pages(plan, gathered.articles), wanted, made)
    for file in (*gathered.articles, *gathered.changes):
        _write_lines(package, file)
    about = _describe(package, plan, wanted, main, instant) | {PROPERTY: gathered.contents_hash}
    _write_lists(package, about, wanted, instant)
    package.finish()
    return made


def _write_archive(package: ZipWriter, plan: Plan, made: Made, instant: datetime) -> None:
    total = plan.size()

    def copied(size: int) -> None:
        plan.progress("Copying", size, total)

    for number in sorted(plan.whole):
        info = plan.files[number]
        with package.entry(f"archive/{info.path.name}", size=info.size) as out:
            copy_range(info.path, 0, info.size, out, copied)
    for number in sorted(plan.partly):
        info = plan.files[number]
        ending = COPY if info.is_copy or info.is_mended else f"-excerpt{_SUFFIX}"
        name = info.damaged.name.removesuffix(_SUFFIX) + ending
        _write_excerpt(package, plan, made, instant, name, CHOSEN, [number], copied)
    stamp = f"{instant:%Y%m%d%H%M%S}"
    for why, what in ((ORIGINAL, "originals"), (REQUISITE, "requisites")):
        if sources := plan.sources(why):
            taken = [plan.files[number] for number in sources]
            # What the records of a repaired or mended file were concurrent to may be lost: the name tells that, too.
            ending = COPY if any(info.is_copy or info.is_mended for info in taken) else _SUFFIX
            _write_excerpt(package, plan, made, instant, f"{what}-{stamp}{ending}", why, sources, copied)
    made.files = len(plan.whole) + len(made.names)
    made.originals, made.requisites = plan.count(ORIGINAL), plan.count(REQUISITE)


def _write_excerpt(
    package: ZipWriter,
    plan: Plan,
    made: Made,
    instant: datetime,
    name: str,
    why: int,
    sources: list[int],
    copied: Callable[[int], None],
) -> None:
    target = len(made.names)
    made.names.append(name)
    info = {"software": SOFTWARE, "description": _EXCERPTS[why]}
    with package.entry(f"archive/{name}") as out:
        excerpt = Excerpt(name, out, instant, info)
        for number in sources:
            excerpt.add(plan.scratch, plan.files[number], plan.scratch.places(why, number), target, copied)


_EXCERPTS = {
    CHOSEN: "Captures copied byte for byte from the file that the next warcinfo record names",
    ORIGINAL: "Records that revisit records of this package refer to, copied byte for byte from older files",
    REQUISITE: "What pages of this package need and an earlier crawl fetched, copied byte for byte from older files",
}


def _write_pages(package: ZipWriter, pages: Iterable[Page], wanted: Wanted, made: Made) -> Page | None:
    """Write the list of pages; the one to show first: the newest article, else the page captured last."""
    main = None
    with package.entry("pages/pages.jsonl", deflate=True) as entry:
        entry.write(json.dumps(HEADER).encode() + b"\n")
        for page in pages:
            entry.write(page.line(with_text=wanted.with_text))
            made.pages += 1
            made.articles += page.text is not None
            if main is None or (page.newness, page.ts) >= (main.newness, main.ts):
                main = page
    return main


def _write_lines(package: ZipWriter, file: LineFile) -> None:
    with package.entry(file.name, deflate=True) as entry:
        for start, end in file.ranges:
            copy_range(file.path, start, end, entry)


def _describe(package: ZipWriter, plan: Plan, wanted: Wanted, main: Page | None, instant: datetime) -> dict[str, Any]:
    """What stands in ``datapackage.json``."""
    created = f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    names: set[str] = set()
    about: dict[str, Any] = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": wanted.title or _title(plan, wanted),
        "description": " ".join(filter(None, (wanted.description or _description(wanted), plan.damaged.describe()))),
        "created": created,
        "modified": created,
        "software": SOFTWARE,
    }
    if main is not None:
        about |= {"mainPageUrl": main.url, "mainPageDate": main.ts}
    about["resources"] = [
        {
            "name": _resource_name(entry.path, names),
            "path": entry.path,
            "hash": f"sha256:{entry.sha256}",
            "bytes": entry.size,
        }
        for entry in package.entries
    ]
    return about


def _title(plan: Plan, wanted: Wanted) -> str:
    spiders = ", ".join(sorted(filter(None, plan.spiders))) or "Web archive"
    return ", ".join(filter(None, (spiders, replace(wanted.selection, spider=None).describe())))


def _description(wanted: Wanted) -> str:
    what = wanted.selection.describe() or "the whole archive"
    return f"Captures: {what}. Packaged by kcnacrawl {kcnacrawl.__version__}."


def _resource_name(path: str, taken: set[str]) -> str:
    """A name as Frictionless wants it: lower case, no two alike."""
    base = _UNSAFE.sub("_", path.rpartition("/")[2].lower())
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{number}-{base}"
    taken.add(name)
    return name


def _write_lists(package: ZipWriter, about: dict[str, Any], wanted: Wanted, instant: datetime) -> None:
    data = json.dumps(about, ensure_ascii=False, indent=2).encode()
    digest: dict[str, Any] = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
    if wanted.key is not None:
        digest["signedData"] = sign(digest["hash"], about["created"], SOFTWARE, wanted.key)
    for name, text in (("datapackage.json", data), ("datapackage-digest.json", json.dumps(digest, indent=2).encode())):
        with package.entry(name, deflate=True, size=len(text)) as entry:
            entry.write(text)
