"""What goes into a package: files as a whole, parts of files, and what those refer to in others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.named import CLOSED, files_in, require_folder
from kcnacrawl.archive.notes import NotesError
from kcnacrawl.archive.unclosed import Lost, tell_left_out
from kcnacrawl.archive.wacz.damaged import Damaged
from kcnacrawl.archive.wacz.requisites import Requisites
from kcnacrawl.archive.wacz.scan import Capture, scan
from kcnacrawl.archive.wacz.scratch import CHOSEN, Scratch
from kcnacrawl.archive.wacz.selection import FileInfo, Selection, read_info

Tell = Callable[[str], None]
Progress = Callable[[str, int, int], None]
"""Is told what is being done, how many more bytes or pages of it are done, and how many there are."""


@dataclass(slots=True)
class Plan:
    """Files of the archive, by number as in the notes, and how much of each is wanted."""

    scratch: Scratch
    folder: Path
    """Of the WARC files; of those in a package, the package."""

    files: list[FileInfo] = field(default_factory=list)
    whole: set[int] = field(default_factory=set)
    """Files of which every capture was asked for."""

    partly: set[int] = field(default_factory=set)
    """Files of which some captures were asked for."""

    damaged: Damaged = field(default_factory=lambda: Damaged(lambda sentence: None))
    """Files that cannot stand in the package as they are."""

    with_requisites: bool = True
    """Whether what pages need of earlier captures is asked for."""

    unresolved: int = 0
    """Records that revisits refer to and that are nowhere."""

    spiders: set[str] = field(default_factory=set)
    progress: Progress = lambda what, done, total: None

    def sources(self, why: int | None = None) -> list[int]:
        """Numbers of the files from which something comes into the package, for one reason or for any."""
        which = "why IS NOT NULL" if why is None else f"why = {why:d}"
        rows = self.scratch.rows(f"SELECT DISTINCT file FROM capture WHERE {which} ORDER BY file")
        return [number for (number,) in rows]

    def size(self) -> int:
        """Bytes that come into the package."""
        query = "SELECT file, SUM(end - start) FROM capture WHERE why IS NOT NULL GROUP BY file"
        parts: int = sum(size for number, size in self.scratch.rows(query) if number not in self.whole)
        return parts + sum(self.files[number].size for number in self.whole)

    def count(self, why: int) -> int:
        """How many captures are in the package for this reason."""
        return self.scratch.value("SELECT COUNT(*) FROM capture WHERE why = ?", why)


def make_plan(
    folder: Path,
    selection: Selection,
    scratch: Scratch,
    tell: Tell,
    *,
    crawls_back: int | None = None,
    skip_damaged: bool = False,
    progress: Progress = lambda what, done, total: None,
    lost: Lost | None = None,
) -> Plan:
    """Look through the WARC files of a folder for the captures of a selection, and for what these need.

    In place of a damaged file stands its repaired copy, if it has one.

    :param tell: is told, a sentence each, what is left out, and of each damaged file
    :param crawls_back: in the files of how many earlier crawls requisites of pages are looked for; null for not at all
    :param skip_damaged: leave damaged files out that have no repaired copy
    :param progress: is the plan's
    :param lost: is told of files that dead runs left open and that may hold what was asked for; *tell* when null
    :raises ArchiveError: when there is nothing to package, or a file is damaged and has no repaired copy
    """
    damaged = Damaged(tell, skip_damaged)
    files = _infos(folder, tell, damaged)
    _tell_open(folder, selection, tell, lost or (lambda error: tell(str(error))))
    plan = Plan(scratch, folder, files, damaged=damaged, with_requisites=crawls_back is not None, progress=progress)
    wanted = [number for number, info in enumerate(plan.files) if selection.wants_file(info)]
    others = [number for number in range(len(plan.files)) if number not in set(wanted)]
    total = sum(plan.files[number].size for number in wanted)
    for number in wanted:
        _note(plan, number, partial(_survey, plan, number, selection, total))
    if damaged.left_out and not plan.sources():
        damaged.check()
    if not scratch.value("SELECT COUNT(*) FROM capture WHERE why = ?", CHOSEN):
        raise ArchiveError(_nothing(folder, selection, plan))
    scratch.index()
    _complete(plan, others, crawls_back)
    damaged.check()
    plan.unresolved = scratch.missing_originals()
    return plan


def _complete(plan: Plan, others: list[int], crawls_back: int | None) -> None:
    """Take what is needed and was not asked for.

    Files that hold nothing asked for are looked through from the newest on: nearly always it is in one of those.
    """
    scratch, behind = plan.scratch, _Behind(plan, others)
    _take_originals(scratch, behind)
    if crawls_back is None or not (others or plan.partly):
        return
    requisites = Requisites(scratch, plan.files)
    requisites.ask_pages()
    requisites.take()
    while requisites.missing() and len(behind.crawls) <= crawls_back and behind.look():
        requisites.take()
    _take_originals(scratch, behind)


def _take_originals(scratch: Scratch, behind: _Behind) -> None:
    scratch.take_originals()
    while scratch.missing_originals() and behind.look():
        scratch.take_originals()


class _Behind:
    """Files that hold nothing asked for, looked into one after the other."""

    def __init__(self, plan: Plan, files: list[int]) -> None:
        self._plan = plan
        self._files = list(files)
        self._told = _told(plan, "Earlier files", sum(plan.files[number].size for number in files))
        self.crawls: set[str] = set()
        """Crawls whose files were looked into, and the next one."""
        self._announce()

    def look(self) -> bool:
        """Note the captures of the next file; false when there is none."""
        if not self._files:
            return False
        number, plan = self._files.pop(), self._plan
        _note(plan, number, lambda: plan.scratch.add(number, self._unasked(number)))
        self._announce()
        return True

    def _announce(self) -> None:
        if self._files:
            info = self._plan.files[self._files[-1]]
            self.crawls.add(info.crawl or info.path.name)

    def _unasked(self, number: int) -> Iterator[tuple[Capture, bool]]:
        return ((capture, False) for capture in scan(self._plan.files[number].path, progress=self._told))


def _told(plan: Plan, what: str, total: int) -> Callable[[int], None]:
    return lambda done: plan.progress(what, done, total)


def _infos(folder: Path, tell: Tell, damaged: Damaged) -> list[FileInfo]:
    require_folder(folder)
    for path in files_in(folder, (".warc",)):
        tell(f"{path.name} is not compressed record by record; it is left out.")
    infos = filter(None, (_info(path, damaged) for path in files_in(folder, (".warc.gz",))))
    return sorted(infos, key=lambda info: (info.date, info.path.name))


def _tell_open(folder: Path, selection: Selection, tell: Tell, lost: Lost) -> None:
    for path in files_in(folder, tuple(ending + OPEN for ending in CLOSED)):
        try:
            wanted = selection.wants_file(read_info(path))
        except ArchiveError:
            wanted = True  # it does not say whose it is
        if wanted:
            tell_left_out(folder, [path], tell, lost)


def _info(path: Path, damaged: Damaged) -> FileInfo | None:
    """What a file says of itself, or else its repaired copy."""
    try:
        return read_info(path)
    except ArchiveError as error:
        copy = damaged.instead(path, error)
    try:
        return read_info(copy) if copy is not None else None
    except ArchiveError as error:
        damaged.leave_out(path, error)
        return None


def _note(plan: Plan, number: int, note: Callable[[], None]) -> None:
    """Note the captures of a file, or of its repaired copy; of one that is left out nothing."""
    try:
        note()
        return
    except NotesError:
        raise
    except ArchiveError as error:
        plan.scratch.forget(number)
        info = plan.files[number]
        copy = None if info.is_copy else plan.damaged.instead(info.path, error)
        if info.is_copy:
            plan.damaged.leave_out(info.damaged, error)
    if copy is not None:
        plan.files[number] = replace(info, path=copy, size=copy.stat().st_size)
        _note(plan, number, note)


def _nothing(folder: Path, selection: Selection, plan: Plan) -> str:
    if plan.damaged.left_out:
        return f"All that was asked for in {folder} is damaged, so there is nothing to package."
    if not plan.files:
        return f"There is no closed WARC file in {folder}, so there is nothing to package."
    what = selection.describe()
    return f"Nothing in {folder} is {what}, so there is nothing to package." if what else f"{folder} holds no capture."


def _survey(plan: Plan, number: int, selection: Selection, total: int) -> None:
    counts = {True: 0, False: 0}

    def judged() -> Iterator[tuple[Capture, bool]]:
        for capture in scan(plan.files[number].path, progress=_told(plan, "Reading", total)):
            if capture.kind == "warcinfo":
                yield capture, False
                continue
            chosen = selection.wants_date(capture.date)
            counts[chosen] += 1
            yield capture, chosen

    plan.scratch.add(number, judged())
    if counts[True]:
        # A repaired copy goes in under a name that says so.
        partly = counts[False] or plan.files[number].is_copy
        (plan.partly if partly else plan.whole).add(number)
        plan.spiders.add(plan.files[number].spider)
