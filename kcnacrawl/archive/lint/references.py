"""What records say of each other across a whole archive: answered when every file has been read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lint.captures import NO_BODY, Link, disagreements
from kcnacrawl.archive.lint.finding import Finding, shown
from kcnacrawl.archive.lint.index import Entry, RecordIndex, key
from kcnacrawl.archive.lint.ranges import Checked
from kcnacrawl.archive.lint.remedies import ANEW, RESTORE
from kcnacrawl.archive.lint.revisits import Revisits
from kcnacrawl.archive.lint.seen import seen_at
from kcnacrawl.archive.lint.wire import read_notes, wire_flaw
from kcnacrawl.archive.reader import read_record


class References:
    """Collects questions while files are read; answers them at the end."""

    def __init__(self, files: Sequence[Path], others: Sequence[Path]) -> None:
        self.files = files
        self.index = RecordIndex()
        self.revisits = Revisits(files, others, self.index)
        self._links: list[tuple[int, Link]] = []

    def add(self, checked: Checked) -> Iterator[Finding]:
        """Take in what a range gave; findings on ids that are taken."""
        for file, offset, earlier in self.index.add(checked.entries):
            where = f"{self.files[earlier.file]} at {earlier.offset}"
            record = _id_at(self.files[file], offset)
            remedy = RESTORE if earlier.file == file else "remove one of the two files"
            yield Finding(
                str(self.files[file]), offset, record, f"its id is that of another record, in {where}", remedy
            )
        self.revisits.add(checked.number, checked.revisits)
        self._links += [(checked.number, link) for link in checked.links]

    def answer(self) -> Iterator[Finding]:
        """Findings on everything that was asked."""
        heads = {link.to for _, link in self._links if link.what == "concurrent" and link.method == b"HEAD"}
        told: set[tuple[int, bytes]] = set()
        for file, link in self._links:
            if link.what == "warcinfo":
                if (file, link.to) in told:
                    continue
                told.add((file, link.to))
            clause = self._clause(file, link, heads)
            if clause is not None:
                yield Finding(str(self.files[file]), link.offset, shown(link.id, 120), *clause)
        yield from self.revisits.answer()

    def _clause(self, file: int, link: Link, heads: set[bytes]) -> tuple[str, str] | None:
        if link.what == "head":
            return None if link.id in heads else (NO_BODY, RESTORE)
        entry = self.index.find(key(link.to))
        if entry is None and link.what == "wire":
            return None  # that the other record is missing has a finding of its own
        if entry is None:
            what = "warcinfo record" if link.what == "warcinfo" else "record it is concurrent to"
            return f"the {what}, {shown(link.to)}, is in none of the files", RESTORE
        if link.what == "warcinfo":
            if entry.kind == "warcinfo":
                return None
            return f"its WARC-Warcinfo-ID is that of a {entry.kind or 'strange'} record", ANEW
        return self._apart(file, link, entry)

    def _apart(self, file: int, link: Link, entry: Entry) -> tuple[str, str] | None:
        """Records of one capture that were not read by the same process."""
        try:
            record = seen_at(self.files[file], link.offset)
            leader = seen_at(self.files[entry.file], entry.offset)
            if link.what == "concurrent":
                return next(((clause, RESTORE) for clause in disagreements(record, leader)), None)
            notes = read_notes(record.block)
            block = leader.block
            if "wireRecord" in notes:
                raw = self.index.find(key(notes["wireRecord"].encode()))
                if raw is None:
                    return f"the record with the bytes received, {shown(notes['wireRecord'])}, is not there", RESTORE
                block = seen_at(self.files[raw.file], raw.offset).block
            flaw = wire_flaw(block, notes)
        except ArchiveError:
            return None  # a damaged record has its own finding
        return (flaw, RESTORE) if flaw else None


def _id_at(path: Path, offset: int) -> str | None:
    try:
        return read_record(path, offset).id or None
    except ArchiveError:
        return None
