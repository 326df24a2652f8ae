"""Everything that can be proven of a project's files, kind by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kcnacrawl.archive.accounts import check_accounts, check_lines, check_manifests, written_until
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.kinds import WARC_ENDINGS, Targets
from kcnacrawl.archive.lines import Line, read_lines
from kcnacrawl.archive.lint.absent import Absent
from kcnacrawl.archive.lint.check import Counts, lint
from kcnacrawl.archive.lint.expected import Expected, has_lines
from kcnacrawl.archive.lint.finding import Finding
from kcnacrawl.archive.lint.indexes import lint_indexes, lint_order
from kcnacrawl.archive.lint.indexline import IndexLine, read_meaning
from kcnacrawl.archive.lint.remedies import UPDATE
from kcnacrawl.archive.lint.zipnum import ZipNum
from kcnacrawl.archive.lint.zipnum import read_lines as read_index
from kcnacrawl.archive.mapped import size_of
from kcnacrawl.archive.named import CLOSED, files_in
from kcnacrawl.archive.proving import prove
from kcnacrawl.counted import counted

if TYPE_CHECKING:
    from kcnacrawl.archive.wacz.signed import Signed

Progress = Callable[[str, int, int], None]
"""Is told what is being checked, how much more of it is done, and how much there is."""


@dataclass(slots=True)
class Proof:
    """Checks files; counts what it checked and what it found."""

    warc_folder: Path
    processes: int | None = None
    signed_by: str | None = None
    """The key that packages must be signed with, as ``Signed.key`` has it; any or none when null."""

    progress: Progress = lambda what, done, total: None
    counts: Counts = field(default_factory=Counts)
    indexes: int = 0
    packages: int = 0
    articles: int = 0
    accounts: int = 0
    """Of runs, and manifests."""

    _lines: dict[Path, int] = field(default_factory=dict)
    """How many lines files of articles have."""

    levels: Counter[str] = field(default_factory=Counter)
    signed: list[Signed] = field(default_factory=list)
    """By whom packages are signed."""

    lost: list[ArchiveError] = field(default_factory=list)
    """Files that are not what they should be at all."""

    def check(self, targets: Targets, identity: str | None = None) -> Iterator[Finding]:
        """Everything that is wrong.

        :param identity: only the article with this id
        """
        for finding in self._grouped(self._check(targets, identity), targets.accounts):
            self.levels[finding.level] += 1
            yield finding

    def _grouped(self, findings: Iterable[Finding], accounts: Sequence[Path]) -> Iterator[Finding]:
        """What follows from a missing or damaged file becomes a note, and the file one finding."""
        absent = Absent(self.counts.damaged, self.counts.whole_until)
        for finding in findings:
            yield absent.note(finding) if absent.takes(finding) else finding
        if absent.is_empty:
            return
        present = [path.name.removesuffix(OPEN) for path in files_in(self.warc_folder, WARC_ENDINGS)]
        there = present if present or self.warc_folder.exists() else None
        yield from absent.answer(self.warc_folder, there, written_until(accounts))

    def _check(self, targets: Targets, identity: str | None) -> Iterator[Finding]:
        if targets.warcs:
            yield from self._check_warcs(targets.warcs)
        yield from check_accounts(targets.accounts, self.counts)
        yield from check_manifests(targets.manifests)
        self.accounts += len(targets.accounts) + len(targets.manifests)
        if targets.indexes:
            yield from self._check_indexes(targets.indexes)
        if targets.packages:
            yield from self._check_packages(targets.packages)
        bar = self._bar("Articles", sum(map(_lines_in, targets.articles)))
        for path in targets.articles:
            try:
                yield from self._check_articles(path, identity, bar)
            except ArchiveError as error:
                self.lost.append(error)
        if identity is None:
            yield from check_lines(targets.accounts, self._lines, self.warc_folder, targets.articles_folder)

    def _check_warcs(self, paths: Sequence[Path]) -> Iterator[Finding]:
        there = {path.resolve() for path in paths}
        folders = dict.fromkeys((self.warc_folder, *(path.parent for path in paths)))
        others = [path for folder in folders for path in files_in(folder, WARC_ENDINGS)]
        yield from lint(
            paths,
            self.counts,
            others=[path for path in others if path.resolve() not in there],
            processes=self.processes,
            progress=self._bar("WARC files", sum(map(_size, paths))),
        )

    def _check_indexes(self, paths: Sequence[Path]) -> Iterator[Finding]:
        named: dict[Path, set[str]] = {}
        for path in paths:
            lines, zipnum = _open_index(path)
            names: set[str] = set()
            try:
                yield from lint_order(_noting(lines, names))
            except ArchiveError as error:
                self.lost.append(error)
                continue
            yield from zipnum.findings if zipnum else ()
            named[path] = names
        self.indexes += len(named)
        there = files_in(self.warc_folder, CLOSED)
        every = set().union(*named.values())
        warcs = [path for path in there if path.name in every]
        with Expected(warcs, self.processes, self._bar("Indexes", sum(map(_size, warcs)))) as expected:
            for group in _groups(named):
                names = set().union(*(named[path] for path in group))
                yield from lint_indexes([_open_index(path)[0] for path in group], expected.lines(names), warcs)
        for path in there:
            if named and path.name not in every and has_lines(path):
                yield Finding(str(path), None, None, "no index names its records", UPDATE, "note")

    def _check_packages(self, paths: Sequence[Path]) -> Iterator[Finding]:
        from kcnacrawl.archive.wacz.check import check_wacz
        from kcnacrawl.archive.wacz.signed import read_signed

        bar = self._bar("Packages", sum(map(_size, paths)))
        for path in paths:
            yield from check_wacz(path, self.processes, bar)
            self.packages += 1
            if (signed := read_signed(path)) is not None:
                self.signed.append(signed)
                yield from signed.flaws(self.signed_by) if self.signed_by else ()

    def _check_articles(self, path: Path, identity: str | None, bar: Callable[[int], None]) -> Iterator[Finding]:
        wanted = self._wanted(path, identity, bar)
        yield from prove(wanted, self.warc_folder, processes=self.processes, progress=bar)

    def _wanted(self, path: Path, identity: str | None, bar: Callable[[int], None]) -> Iterator[Line]:
        self._lines[path] = 0
        for line in read_lines([path]):
            if _is_wanted(line, identity):
                self.articles += 1
                self._lines[path] += 1
                yield line
            else:
                bar(1)

    def _bar(self, what: str, total: int) -> Callable[[int], None]:
        return lambda done: self.progress(what, done, total)

    def __str__(self) -> str:
        files = self.counts.files
        parts = [
            f"{counted(files, 'WARC file')} with {counted(self.counts.records, 'record')}" if files else "",
            counted(self.indexes, "index", "indexes") if self.indexes else "",
            counted(self.packages, "package") if self.packages else "",
            counted(self.articles, "article") if self.articles else "",
        ]
        others = counted(self.accounts, "account or manifest", "accounts and manifests") + " of runs"
        what = ", ".join(filter(None, parts)) or (others if self.accounts else "0 articles")
        notes = self.levels["note"]
        shows = f" {counted(notes, 'note')}: --notes shows {'it' if notes == 1 else 'them'}." if notes else ""
        return f"{what} checked, {counted(self.levels['error'], 'finding')}.{shows}"


def _open_index(path: Path) -> tuple[Iterator[IndexLine], ZipNum | None]:
    if path.suffix == ".idx":
        zipnum = ZipNum(path)
        return zipnum.lines(), zipnum
    return read_index(path), None


def _groups(paths: Iterable[Path]) -> Iterator[list[Path]]:
    """Indexes that are whole by themselves, one by one; lists of one WARC file each together."""
    lists = []
    for path in paths:
        if path.name.endswith((".warc.gz.cdxj", ".warc.cdxj")):
            lists.append(path)
        else:
            yield [path]
    if lists:
        yield lists


def _noting(lines: Iterable[IndexLine], named: set[str]) -> Iterator[IndexLine]:
    for line in lines:
        if (meaning := read_meaning(line.text)) is not None:
            named.add(meaning.filename)
        yield line


def _is_wanted(line: Line, identity: str | None) -> bool:
    return identity is None or (line.item is not None and line.item["id"] == identity)


def _size(path: Path) -> int:
    try:
        return size_of(path)
    except OSError:
        return 0  # told where it is checked


def _lines_in(path: Path) -> int:
    try:
        with path.open("rb") as file:
            return sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 20), b""))
    except OSError:
        return 0
