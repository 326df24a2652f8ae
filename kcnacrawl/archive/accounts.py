"""Accounts of runs held against the WARC files that the runs left: a capture taken out of a file is missed here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from kcnacrawl.archive.anew import lines_remedy
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lint.absent import begun_at
from kcnacrawl.archive.lint.check import Counts
from kcnacrawl.archive.lint.finding import Finding, Lack, quoted, shown
from kcnacrawl.archive.lint.remedies import RESTORE
from kcnacrawl.archive.manifest import parse_manifest
from kcnacrawl.counted import counted

_RECORDS = "warc/records/"


def check_accounts(paths: Sequence[Path], counts: Counts) -> Iterator[Finding]:
    """Findings on the accounts in a folder of runs.

    :param counts: of the WARC files that were just checked; accounts that name others are held against nothing
    """
    for path in paths:
        for clause, damaged in _flaws(path, counts):
            lack = Lack("other", damaged, is_there=True) if damaged else None
            yield Finding(str(path), None, None, clause, RESTORE, lack=lack)


def check_lines(
    paths: Sequence[Path], lines: Mapping[Path, int], warc_folder: Path, articles_folder: Path | None = None
) -> Iterator[Finding]:
    """Findings on files of articles that hold fewer than the accounts of their crawls say, or are gone.

    Only of crawls that are done, which nobody goes on with, and of the file that a crawl writes by itself: what stands
    in one of another name the user chose. More lines may be there: ``scrapy reextract`` finds pages beyond a limit.

    :param lines: of the files that were just read; when there is none, only files of *articles_folder* are missed
    :param warc_folder: where the bytes of the articles are
    :param articles_folder: whose files were all read; null when only some files were asked for
    """
    for account, crawl, said, name in _done(paths):
        missed_in = articles_folder if articles_folder and _is_of(name, articles_folder) else None
        if not lines and missed_in is None:
            continue
        file = _file_of(name, lines)
        if missed_in is not None and not file.exists():
            file = missed_in / name.name
        if (count := lines.get(file, 0)) < said and (file in lines or not file.exists()):
            clause = f"it has {counted(count, 'line')}" if file in lines else "it is not there"
            clause += f", but the account of run {shown(account.stem)} says that {said} articles came out"
            yield Finding(str(file), None, None, clause, lines_remedy(file, warc_folder, [crawl]))


def _done(paths: Sequence[Path]) -> Iterator[tuple[Path, str, int, Path]]:
    """Accounts of done crawls, each with the crawl, how many articles came out, and the file it wrote by itself."""
    for path in paths:
        match _read(path):
            case {
                "did_what_was_asked": True,
                "spider": str(spider),
                "crawl": str(crawl),
                "articles": int(said),
                "articles_files": [str(name)],
            } if Path(name).name == f"{spider}-{crawl}.jsonl":
                yield path, crawl, said, Path(name)


def _is_of(path: Path, folder: Path) -> bool:
    """Whether a file that an account names is one of a folder, which may have been moved but kept its name."""
    return path.absolute().parent.name == folder.absolute().name


def _file_of(path: Path, read: Mapping[Path, int]) -> Path:
    """Where a file that an account names is: there, or with the files that were read, wherever these were moved to."""
    # Of copies the one with the most lines: the others may be older.
    copies = sorted((one for one in read if one.name == path.name), key=lambda one: read[one], reverse=True)
    if copies:
        return next((one for one in copies if one.resolve() == path.resolve()), copies[0])
    folders = dict.fromkeys((path.parent, *(one.parent for one in read)))
    return next((folder / path.name for folder in folders if (folder / path.name).exists()), path)


def check_manifests(paths: Sequence[Path]) -> Iterator[Finding]:
    """Findings on manifests that are none; what they say of other files, and of each other, their chain tells."""
    for path in paths:
        try:
            parse_manifest(path.read_bytes())
        except OSError as error:
            yield Finding(str(path), None, None, f"it cannot be read ({error.strerror})", RESTORE)
        except ArchiveError as error:
            yield Finding(str(path), None, None, str(error), RESTORE)


def written_until(paths: Sequence[Path]) -> dict[str, str]:
    """When the last was written to each WARC file that accounts name, at most: 14 digits in UTC, by name."""
    ends: dict[str, str] = {}
    for path in paths:
        match _read(path):
            case {"finished": str(finished), "warc": list(warcs)}:
                names = [Path(str(name)).name for name in warcs]
                end = re.sub(r"\D", "", finished)[:14]
                # Each is closed before the next is begun.
                ends |= {name: begun_at(later) or end for name, later in pairwise([*names, ""])}
    return ends


def _read(path: Path) -> Any:
    try:
        return orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None


def _flaws(path: Path, counts: Counts) -> Iterator[tuple[str, str | None]]:
    """Clauses, each with the name of a damaged file that may be the reason."""
    account = _read(path)
    match account:
        case {"run": str(run), "reason": str(reason), "warc": list(names), "stats": dict(stats)}:
            pass
        case _:
            yield "it is no account of a run", None
            return
    if run != path.stem:
        yield f"it is the account of run {shown(run)}", None
    told, out = account.get("articles"), [stats.get(name, 0) for name in ("item_scraped_count", "resume/articles")]
    if type(told) is int and all(type(count) is int for count in out) and told != sum(out):
        yield f"it says that {shown(str(told))} articles came out, but its statistics say {shown(str(sum(out)))}", None
    files = [Path(str(name)).name for name in names]
    if not files or any(name not in counts.kinds for name in files):
        return
    ended = counts.endings.get(run)
    if ended is not None and ended != reason:
        said = f"it says that the run ended as {quoted(reason)}, but the last record of the run says {quoted(ended)}"
        yield said, None
    if reason == "finished":
        damaged = next((name for name in files if name in counts.damaged), None)
        yield from _counted(stats, sum((counts.kinds[name] for name in files), Counter()), damaged)


def _counted(stats: dict[str, Any], found: Counter[str], damaged: str | None) -> Iterator[tuple[str, str | None]]:
    said = {name.removeprefix(_RECORDS): count for name, count in stats.items() if name.startswith(_RECORDS)}
    for kind in sorted(said.keys() | found.keys()):
        if said.get(kind, 0) != found[kind]:
            what = f"{shown(str(said.get(kind, 0)))} {shown(kind, 20)} records"
            is_lost = type(said.get(kind)) is int and said[kind] > found[kind]
            clause = f"it says that {what} were written, but its WARC files hold {found[kind]}"
            yield clause, damaged if is_lost else None
