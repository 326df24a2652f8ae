"""How a file of articles is written anew from the WARC files: the whole command, as it can be pasted."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.kinds import sort_files
from kcnacrawl.archive.lines import read_lines
from kcnacrawl.archive.lint.finding import shown
from kcnacrawl.archive.lint.remedies import RESTORE, REWRITE
from kcnacrawl.archive.mapped import state_of
from kcnacrawl.archive.reader import find_file
from kcnacrawl.archive.targets import warc_files
from kcnacrawl.archive.written import who_wrote
from kcnacrawl.counted import counted

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
    """The command that writes a file anew; null when nothing tells what was in it, or WARC files of it are missing."""
    try:
        files = [find_file(warc_folder / name) for name in _names_behind(path)[0]]
    except ArchiveError:
        return None
    crawls = list(dict.fromkeys(who_wrote(one).crawl for one in files))
    if not crawls:
        written = (who_wrote(one).crawl for one in warc_files(warc_folder))
        named = (crawl for crawl in written if crawl and crawl in path.name)
        crawls = list(dict.fromkeys(named))
    if not crawls:
        return None
    if all(crawls):
        return command_of_crawls(path, warc_folder, crawls)
    return _command(map(str, files), path)


def refuse_to_lose(path: Path, warcs: Sequence[Path]) -> None:
    """See to it that a file does not give way to one that lacks what comes out of WARC files that are not read.

    :param path: of a file of articles, which need not be there
    :param warcs: the files that are read; pictures are looked for beside them, too
    :raises ArchiveError: when it would, or when its name is that of a file of another kind
    """
    if not sort_files([path]).articles:
        raise ArchiveError(f"{path} is left as it is: its name is not that of a file of articles; -o writes a new one.")
    articles, photos = _names_behind(path) if path.is_file() else ([], [])
    read = {warc.name.removesuffix(OPEN) for warc in warcs}
    folders = {warc.parent for warc in warcs}
    unread = [name for name in articles if name not in read]
    unread += [name for name in photos if not any(_is_in(folder, name) for folder in folders)]
    if unread := list(dict.fromkeys(unread)):
        more = f" and {counted(len(unread) - 1, 'other file')}" if len(unread) > 1 else ""
        raise ArchiveError(
            f"{path} is left as it is: lines of it lead into {shown(unread[0])}{more}, which would not be read; "
            "bring back or name what is missing, or write to another file with -o."
        )


def _is_in(folder: Path, name: str) -> bool:
    with suppress(ArchiveError):
        return bool(find_file(folder / name))
    return False


def _names_behind(path: Path) -> tuple[list[str], list[str]]:
    """Names of the WARC files that articles of a file were captured in, and their photos, as they come first."""
    articles: dict[str, None] = {}
    photos: dict[str, None] = {}
    with suppress(ArchiveError):  # told by whoever checks the lines
        for line in read_lines([path]):
            item = line.item or {}
            articles |= dict.fromkeys(_captured_in(item))
            shown_photos = item.get("photos")
            for photo in shown_photos if isinstance(shown_photos, list) else ():
                photos |= dict.fromkeys(_captured_in(photo))
    return list(articles), list(photos)


def _captured_in(item: object) -> list[str]:
    """The name of the WARC file with the newest capture of an article or a photo, if its receipt tells."""
    match item:
        case {"receipt": {"revisit": {"warc": str(warc)}} | {"warc": str(warc)}}:
            return [Path(warc).name]
    return []


def _command(what: Iterable[str], path: Path) -> str:
    return shlex.join(["scrapy", "reextract", *what, "-O", str(path)])
