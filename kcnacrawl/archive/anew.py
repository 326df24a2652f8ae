"""How a file of articles is written anew from the WARC files: the whole command, as it can be pasted."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lines import read_lines
from kcnacrawl.archive.lint.remedies import RESTORE, REWRITE
from kcnacrawl.archive.mapped import state_of
from kcnacrawl.archive.reader import find_file
from kcnacrawl.archive.targets import warc_files
from kcnacrawl.archive.written import who_wrote

LINES = (".jsonl", ".jl", ".jsonlines")
"""Endings of files whose lines can be written anew."""


def rewritten(remedy: str, path: Path, warc_folder: Path) -> str:
    """A remedy for a line of a file, with the command in the place of ``REWRITE``.

    :param warc_folder: where the receipts of its lines lead
    """
    if REWRITE not in remedy:
        return remedy
    command = _command_for(path, warc_folder, *state_of(path))
    anew = f"write the file anew with `{command}`, or bring it back from a copy" if command else RESTORE
    return remedy.replace(REWRITE, anew)


def lines_remedy(path: Path, warc_folder: Path, crawls: Sequence[str]) -> str:
    """What to do when a file of lines is not what some crawls wrote, which followed one another."""
    if path.suffix not in LINES or not crawls:
        return RESTORE
    command = command_of_crawls(path, warc_folder, crawls)
    if not _were_broken_off(warc_folder, crawls):
        return f"write it anew with `{command}`, or bring it back from a copy"
    return (
        f"bring it back from a copy, or write its lines anew with `{command}`: in the same order, unless the file "
        "lacked some of them when its crawl was taken up again"
    )


def _were_broken_off(warc_folder: Path, crawls: Sequence[str]) -> bool:
    """Whether several runs wrote the WARC files of one of the crawls."""
    written = map(who_wrote, warc_files(warc_folder))
    runs = {(one.crawl, one.run) for one in written}
    return any(count > 1 for crawl, count in Counter(crawl for crawl, _ in runs).items() if crawl in crawls)


def command_of_crawls(path: Path, warc_folder: Path, crawls: Sequence[str]) -> str:
    """The command that writes all articles of some crawls to a file."""
    named = [part for crawl in crawls for part in ("--crawl", crawl)]
    return _command([str(warc_folder), *named], path)


@lru_cache(64)
def _command_for(path: Path, warc_folder: Path, *_: int) -> str | None:
    """The command that writes a file anew; null when neither its lines nor its name tell what was in it."""
    files = _files_behind(path, warc_folder)
    crawls = list(dict.fromkeys(who_wrote(path).crawl for path in files))
    if not crawls:
        written = (who_wrote(one).crawl for one in warc_files(warc_folder))
        named = (crawl for crawl in written if crawl and crawl in path.name)
        crawls = list(dict.fromkeys(named))
    if not crawls:
        return None
    if all(crawls):
        return command_of_crawls(path, warc_folder, crawls)
    return _command(map(str, files), path)


def _files_behind(path: Path, warc_folder: Path) -> list[Path]:
    """The WARC files that the articles of a file were captured in, in the order in which they come first."""
    names: dict[str, None] = {}
    with suppress(ArchiveError):  # told by whoever checks the lines
        for line in read_lines([path]):
            match (line.item or {}).get("receipt"):
                case {"revisit": {"warc": str(warc)}} | {"warc": str(warc)}:
                    names.setdefault(warc)
    found = []
    for name in names:
        with suppress(ArchiveError):  # a missing file has its own finding
            found.append(find_file(warc_folder / Path(name).name))
    return found


def _command(what: Iterable[str], path: Path) -> str:
    return shlex.join(["scrapy", "reextract", *what, "-O", str(path)])
