"""Packages made in this process, and what stands in them by the standard library's account."""

from __future__ import annotations

import gzip
import json
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator

from kcnacrawl.archive.output import open_output
from kcnacrawl.archive.wacz.contents import gather
from kcnacrawl.archive.wacz.package import Made, Wanted, write_package
from kcnacrawl.archive.wacz.plan import make_plan
from kcnacrawl.archive.wacz.scratch import Scratch
from kcnacrawl.archive.wacz.selection import Selection

INSTANT = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)


@dataclass
class Packed:
    """A package on disk."""

    path: Path
    made: Made
    told: list[str]
    unresolved: int

    def read(self, name: str) -> bytes:
        with zipfile.ZipFile(self.path) as package:
            return package.read(name)

    def names(self) -> list[str]:
        with zipfile.ZipFile(self.path) as package:
            return package.namelist()

    def json(self, name: str) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.read(name))
        return value

    def pages(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.read("pages/pages.jsonl").splitlines()[1:]]

    def index(self) -> list[tuple[str, str, dict[str, str]]]:
        lines = gzip.decompress(self.read("indexes/index.cdx.gz")).decode().splitlines()
        return [(key, stamp, json.loads(text)) for key, stamp, text in (line.split(" ", 2) for line in lines)]

    def records(self, prefix: str = "") -> list[dict[str, str]]:
        """Header fields of all records in ``archive/``, with the name of their file as ``file``; read by warcio."""
        found = []
        for name in self.names():
            if name.startswith(f"archive/{prefix}"):
                for record in ArchiveIterator(BytesIO(self.read(name)), no_record_parse=True):
                    found.append({**dict(record.rec_headers.headers), "file": name.removeprefix("archive/")})
        return found


def pack(output: Path, path: Path, *, crawls_back: int | None = 10, wanted: Any = None, **selection: Any) -> Packed:
    """Package a selection of the archive in the folder *output*."""
    told: list[str] = []
    chosen = Selection(**selection)
    with Scratch() as scratch:
        plan = make_plan(output / "warc", chosen, scratch, told.append, crawls_back=crawls_back)
        how = Wanted(selection=chosen, articles=output / "articles", changes=output / "changes", **(wanted or {}))
        with open_output(str(path)) as out:
            made = write_package(plan, how, gather(plan, how), out, INSTANT)
        return Packed(path, made, told, plan.unresolved)
