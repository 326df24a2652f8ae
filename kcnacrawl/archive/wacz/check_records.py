"""The WARC files of a package held against its index: every record has its line, and every line its record."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from kcnacrawl.archive.cdxj.lines import INDEXED
from kcnacrawl.archive.cdxj.timestamp import timestamp
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lint.finding import Finding, shown
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.records import WARC_FIELDS
from kcnacrawl.archive.wacz.check_index import Lines
from kcnacrawl.archive.wacz.subject import REFETCH, REMAKE, Subject

_ARCHIVE = "archive/"
_AT = "SELECT rowid, entry, number, length, url, timestamp FROM line WHERE filename = ? AND offset = ?"


def check_records(subject: Subject, lines: Lines) -> Iterator[Finding]:
    """Findings on records without line, lines without record, and revisits without original."""
    for name in subject.below("archive"):
        info = subject.entries[name]
        if info.compress_type == zipfile.ZIP_STORED and info.file_size and not info.flag_bits & 1:
            yield from _check_file(subject, lines, name, info.file_size)
        elif not info.file_size:
            yield subject.finding(name, "it is empty")
    rows = lines.run("SELECT entry, number, filename, offset FROM line WHERE NOT seen ORDER BY entry, number")
    for entry, number, filename, offset in rows:
        if f"{_ARCHIVE}{filename}" not in subject.entries:
            sentence = f"it leads to {shown(filename)}, which is not in archive/"
        else:
            sentence = f"no record that an index has lines for begins at {offset} of {filename}"
        yield subject.finding(entry, sentence, offset=number)
    yield from _revisits(subject, lines)


def _check_file(subject: Subject, lines: Lines, name: str, size: int) -> Iterator[Finding]:
    if (_begins_with(subject, name, b"\x1f\x8b")) != name.endswith(".gz"):
        yield subject.finding(name, "its name does not say whether it is compressed", "call it .warc.gz or .warc")
    damages: list[ArchiveError] = []
    end = 0
    for record, offset in subject.records(name, damages):
        yield from _damages(subject, name, damages)
        yield from _check_record(subject, lines, name, record, offset)
        end = offset + record.length
    yield from _damages(subject, name, damages)
    if end > size:
        yield subject.finding(name, "its last record goes on behind its end", REFETCH)


def _begins_with(subject: Subject, name: str, mark: bytes) -> bool:
    with subject.zip.open(name) as file:
        return file.read(len(mark)) == mark


def _damages(subject: Subject, name: str, damages: list[ArchiveError]) -> Iterator[Finding]:
    while damages:
        reason = str(damages.pop(0)).partition(": ")[2].rstrip(".").rpartition(": ")[2]
        yield subject.finding(name, f"a record in it is damaged: {reason}", REFETCH)


def _check_record(subject: Subject, lines: Lines, name: str, record: Record, offset: int) -> Iterator[Finding]:
    kind = record.type
    if kind in ("response", "revisit"):
        refers_to = record.get("WARC-Refers-To") if kind == "revisit" else None
        insert = "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)"
        lines.run(insert, record.id, record.uri, record.get("WARC-Date"), refers_to, name, offset)
    media_type = (record.get("Content-Type") or "").partition(";")[0].strip().lower()
    if kind not in INDEXED or (kind in ("resource", "metadata") and media_type == WARC_FIELDS):
        return
    filename = name.removeprefix(_ARCHIVE)
    found = list(
        lines.run(
            "SELECT rowid, entry, number, length, url, timestamp FROM line WHERE filename = ? AND offset = ?",
            filename,
            offset,
        )
    )
    if not found:
        sentence = "the index has no line for it, so it will not be found"
        yield subject.finding(name, sentence, offset=offset, record=record.id)
    for row, entry, number, length, url, stamp in found:
        lines.run("UPDATE line SET seen = 1 WHERE rowid = ?", row)
        wrong = _disagreement(record, length, url, stamp)
        if wrong:
            yield subject.finding(entry, f"{wrong} at {offset} of {filename}", REMAKE, offset=number, record=record.id)


def _disagreement(record: Record, length: int, url: str, stamp: str) -> str | None:
    if length != record.length:
        return f"its length is {length}, not that of the record, {record.length},"
    if url != record.uri.replace(" ", "%20"):
        return "its url is not that of the record"
    try:
        if timestamp(record.get("WARC-Date") or "") != stamp[:14]:
            return "its timestamp is not that of the record"
    except ValueError:
        return None
    return None


def _revisits(subject: Subject, lines: Lines) -> Iterator[Finding]:
    lines.run("CREATE INDEX by_id ON record (id)")
    rows = lines.run(
        "SELECT entry, offset, id, refers_to FROM record r WHERE refers_to IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM record o WHERE o.id = r.refers_to AND o.refers_to IS NULL)"
    )
    for entry, offset, identity, refers_to in rows:
        sentence = f"it refers to {shown(refers_to)}, which is no response in this package, so it cannot be shown"
        yield subject.finding(entry, sentence, offset=offset, record=identity)
