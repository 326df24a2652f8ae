"""What records say of each other across a whole archive: answered when every file has been read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.lint.captures import NO_BODY, Link, disagreements
from kcnacrawl.archive.lint.finding import Finding, Lack, shown
from kcnacrawl.archive.lint.index import RecordIndex, key
from kcnacrawl.archive.lint.ranges import Checked
from kcnacrawl.archive.lint.remedies import ANEW, LOST, MENDED, RESTORE
from kcnacrawl.archive.lint.revisits import Revisits
from kcnacrawl.archive.lint.seeing import LEADING
from kcnacrawl.archive.lint.seen import seen_at
from kcnacrawl.archive.lint.wired import Place, Task, wire_flaws
from kcnacrawl.archive.mapped import is_inside
from kcnacrawl.archive.named import COPY
from kcnacrawl.archive.reader import read_record


class References:
    """Collects questions while files are read; answers them at the end."""

    def __init__(self, files: Sequence[Path], others: Sequence[Path]) -> None:
        self.files = files
        self.index = RecordIndex()
        self._lost: set[tuple[int, bytes]] = set()
        """Files that were mended, with the ids of what they lost."""

        self.revisits = Revisits(files, others, self.index, self._lost)
        self._links: list[tuple[int, Link]] = []

    def add(self, checked: Checked) -> Iterator[Finding]:
        """Take in what a range gave; findings on ids that are taken."""
        for file, offset, earlier in self.index.add(checked.entries):
            if earlier.kind == "warcinfo" and is_inside(self.files[file]):
                continue  # excerpts in a package name the files that they are from, each for itself
            where = f"{self.files[earlier.file]} at {earlier.offset}"
            record = _id_at(self.files[file], offset)
            remedy = RESTORE if earlier.file == file else "remove one of the two files"
            yield Finding(
                str(self.files[file]), offset, record, f"its id is that of another record, in {where}", remedy
            )
        self._lost |= {(checked.number, one) for one in checked.lost}
        self.revisits.add(checked.number, checked.revisits)
        self._links += [(checked.number, link) for link in checked.links]

    def answer(self, processes: int | None = None) -> Iterator[Finding]:
        """Findings on everything that was asked."""
        heads = {link.to for _, link in self._links if link.what == "concurrent" and link.method == b"HEAD"}
        for file, link in self._once():
            if (clause := self._clause(file, link, heads)) is not None:
                yield self._finding(file, link, *clause)
        yield from self._wires(processes)
        yield from self.revisits.answer()

    def _once(self) -> Iterator[tuple[int, Link]]:
        """Questions about records; one about a missing warcinfo record is enough for a file."""
        told: set[tuple[int, bytes]] = set()
        for file, link in self._links:
            if link.what == "warcinfo" and (file, link.to) in told:
                continue
            told.add((file, link.to))
            if link.what != "wire":
                yield file, link

    def _finding(self, file: int, link: Link, clause: str, remedy: str) -> Finding:
        path = self.files[file]
        missing = [one for one in (link.to, link.raw) if one and self.index.find(key(one)) is None]
        level: Literal["note", "error"] = "error"
        if missing and path.name.endswith(COPY):
            level, remedy = "note", LOST
        elif missing and all((file, one) in self._lost for one in missing):
            level, remedy = "note", MENDED
        # What belongs together is in one file.
        is_gone = level == "error" and self.index.find(key(link.raw or link.to)) is None
        lack = Lack("other", path.name.removesuffix(OPEN), is_there=True, offset=link.offset) if is_gone else None
        return Finding(str(path), link.offset, shown(link.id, 120), clause, remedy, level, lack)

    def _clause(self, file: int, link: Link, heads: set[bytes]) -> tuple[str, str] | None:
        if link.what == "head":
            return None if link.id in heads else (NO_BODY, RESTORE)
        entry = self.index.find(key(link.to))
        if entry is None:
            what = "warcinfo record" if link.what == "warcinfo" else "record it is concurrent to"
            return f"the {what}, {shown(link.to)}, is in none of the files", RESTORE
        if link.what == "warcinfo":
            wrong = f"its WARC-Warcinfo-ID is that of a {entry.kind or 'strange'} record"
            return None if entry.kind == "warcinfo" else (wrong, ANEW)
        try:
            # Records of one capture that were not read by the same process.
            record = seen_at(self.files[file], link.offset)
            leader = seen_at(self.files[entry.file], entry.offset)
        except ArchiveError:
            return None  # a damaged record has its own finding
        if record.kind in LEADING and record.id in leader.concurrent:
            return None  # told once, of the other record
        return next(((clause, RESTORE) for clause in disagreements(record, leader)), None)

    def _wires(self, processes: int | None) -> Iterator[Finding]:
        asked = [(file, link, self._task(file, link)) for file, link in self._links if link.what == "wire"]
        tasks = [task for _, _, task in asked if task is not None]
        flaws = wire_flaws(tasks, processes)
        for file, link, task in asked:
            if task is not None:
                flaw = next(flaws)
            else:
                gone = link.raw and self.index.find(key(link.raw)) is None
                flaw = (
                    f"the record with the bytes received, {shown(link.raw)}, is in none of the files" if gone else None
                )
            if flaw:
                yield self._finding(file, link, flaw, RESTORE)

    def _task(self, file: int, link: Link) -> Task | None:
        """Where to look; null when a record is missing, which has a finding of its own."""
        holder = self._place(link.raw or link.to)
        if holder is None:
            return None
        original = link.original or (b"" if link.raw else self._original_of(holder))
        if original and (place := self._place(original)) is None:
            return None
        return Task((self.files[file], link.offset), holder, place if original else None)

    def _original_of(self, place: Place) -> bytes:
        """Id of the original when the record is a revisit with a head of its own."""
        try:
            record = read_record(*place)
        except ArchiveError:
            return b""
        has_head = record.type == "revisit" and len(record.block) > 0
        return (record.get("WARC-Refers-To") or "").encode() if has_head else b""

    def _place(self, record_id: bytes) -> Place | None:
        entry = self.index.find(key(record_id))
        return (self.files[entry.file], entry.offset) if entry else None


def _id_at(path: Path, offset: int) -> str | None:
    try:
        return read_record(path, offset).id or None
    except ArchiveError:
        return None
