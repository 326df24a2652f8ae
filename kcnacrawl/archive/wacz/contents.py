"""What a package holds, in one hash: two packages of the same records, lines and options have the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import kcnacrawl
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.wacz.lines import LineFile, find_lines
from kcnacrawl.archive.wacz.plan import Plan
from kcnacrawl.archive.wacz.signing import key_hash
from kcnacrawl.archive.wacz.suspects import Suspects

if TYPE_CHECKING:
    from kcnacrawl.archive.wacz.package import Wanted

PROPERTY = "contents_hash"
"""Of ``datapackage.json``."""

_STEP = 1 << 20


@dataclass(frozen=True, slots=True)
class Gathered:
    """What comes into a package besides records, and the hash of all of it."""

    articles: list[LineFile]
    changes: list[LineFile]
    contents_hash: str
    suspects: Suspects


def gather(plan: Plan, wanted: Wanted) -> Gathered:
    """Find the lines that belong to the records of a plan; those of articles are noted in it.

    :raises ArchiveError: when a file cannot be read
    """
    suspects = Suspects(plan.folder, wanted.selection, plan.with_requisites)
    articles = list(find_lines(wanted.articles, "articles", plan.scratch, note=True, suspects=suspects))
    changes = list(find_lines(wanted.changes, "changes", plan.scratch))
    signer = "" if wanted.key is None else key_hash(wanted.key) if wanted.keeps_key else "a key of its own"
    options = (wanted.selection.describe(), wanted.title, wanted.description, wanted.with_text, signer)
    made_by = (kcnacrawl.__version__, plan.damaged.describe())
    return Gathered(articles, changes, _hash(plan, (*articles, *changes), (*options, *made_by)), suspects)


def _hash(plan: Plan, lines: Iterable[LineFile], options: Iterable[object]) -> str:
    """Of what would come into a package, its time aside."""
    sha256 = hashlib.sha256(json.dumps(list(options)).encode())
    for number in plan.sources():
        info = plan.files[number]
        sha256.update(f"\n{info.path.name} {info.size} {number in plan.whole}".encode())
    rows = plan.scratch.rows("SELECT why, file, record_id FROM capture WHERE why IS NOT NULL ORDER BY why, file, start")
    for why, file, record_id in rows:
        sha256.update(f"\n{why} {plan.files[file].path.name} {record_id}".encode())
    for line_file in lines:
        sha256.update(f"\n{line_file.name} ".encode())
        _add_lines(sha256, line_file)
    return f"sha256:{sha256.hexdigest()}"


def _add_lines(sha256: hashlib._Hash, lines: LineFile) -> None:
    try:
        with lines.path.open("rb") as file:
            for start, end in lines.ranges:
                file.seek(start)
                for position in range(start, end, _STEP):
                    sha256.update(file.read(min(_STEP, end - position)))
    except OSError as error:
        raise ArchiveError(f"{lines.path} cannot be read: {error.strerror}.") from error
