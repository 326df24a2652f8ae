"""The index of a package: its form, its order, and its blocks."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from kcnacrawl.archive.lint.finding import Finding, shown
from kcnacrawl.archive.notes import Notes
from kcnacrawl.archive.wacz.subject import LARGEST, REFETCH, UNREADABLE, Subject, json_object

_LINE = re.compile(rb"([^ ]+) ([0-9]{14}|[0-9]{17}) (\{.*\})")
_NEEDED = ("url", "digest", "mime", "filename", "offset", "length", "status")
_PLACE = {"url", "filename", "offset", "length"}
"""Without these nobody finds the record; the others may be missing from lines of other indexers."""

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_STEP = 1 << 20


class Line(NamedTuple):
    """A line of the index."""

    entry: str
    number: int
    filename: str
    offset: int
    url: str
    timestamp: str
    text: bytes


class Lines(Notes):
    """The lines of a package. Use it as a context manager.

    Its methods raise NotesError when the disk with temporary files is full.
    """

    def __init__(self) -> None:
        super().__init__(
            "CREATE TABLE line (entry, number, filename, offset, url, timestamp, text, seen INTEGER DEFAULT 0);"
        )

    def add(self, line: Line) -> None:
        """Note a line."""
        self.run("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, 0)", *line)

    def index(self) -> None:
        """Make what was added quick to find."""
        self.run_script(
            "CREATE INDEX by_place ON line (filename, offset); CREATE INDEX by_url ON line (url, timestamp);"
        )

    def at(self, filename: str, offset: int) -> Iterator[tuple[int, str, int, bytes]]:
        """Lines that lead to a place: for ``see``, the file they are in, their number there, and what they say."""
        query = "SELECT rowid, entry, number, text FROM line WHERE filename = ? AND offset = ? ORDER BY rowid"
        return self.rows(query, filename, offset)

    def see(self, row: int) -> None:
        """Note that the line has a record."""
        self.run("UPDATE line SET seen = 1 WHERE rowid = ?", row)

    def unseen(self) -> Iterator[tuple[str, int, str, int]]:
        """The lines that have none: the file they are in, their number there, where they lead."""
        return self.rows("SELECT entry, number, filename, offset FROM line WHERE NOT seen ORDER BY entry, number")

    def has(self, url: str, start: str) -> bool:
        """Whether there is a capture of an address whose time begins with these digits."""
        query = "SELECT 1 FROM line WHERE url = ? AND timestamp >= ? AND timestamp < ? LIMIT 1"
        return self.value(query, url, start, f"{start}:") == 1


def check_index(subject: Subject, lines: Lines) -> Iterator[Finding]:
    """Findings on the files in ``indexes/``; their lines are kept in *lines*."""
    names = subject.below("indexes")
    for name in names:
        if name.endswith((".cdx", ".cdxj")):
            yield from _check_lines(subject, lines, name, subject.lines(name))
        elif name.endswith(".gz"):
            yield from _check_blocks(subject, lines, name)
    for name in names:
        if name.endswith(".idx"):
            yield from _check_table(subject, name)
    lines.index()


def _check_blocks(subject: Subject, lines: Lines, name: str) -> Iterator[Finding]:
    try:
        yield from _check_lines(subject, lines, name, _unpacked(subject, name))
    except UNREADABLE as error:
        yield subject.finding(name, f"it cannot be unpacked ({error})", REFETCH)


def _unpacked(subject: Subject, name: str) -> Iterator[bytes]:
    rest = b""
    unpack = zlib.decompressobj(31)
    with subject.open(name) as file:
        while data := file.read(1 << 16):
            while data:
                rest += unpack.decompress(data, 1 << 22)
                data = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
                if unpack.eof:
                    unpack = zlib.decompressobj(31)
                *whole, rest = rest.split(b"\n")
                yield from (line + b"\n" for line in whole)
                if len(rest) > LARGEST:
                    yield rest
                    return
    if rest:
        yield rest


def _check_lines(subject: Subject, lines: Lines, name: str, source: Iterator[bytes]) -> Iterator[Finding]:
    before = b""
    count = 0
    for number, line in enumerate(source, 1):
        count = number
        if not line.endswith(b"\n"):
            yield subject.finding(name, "its last line is cut off", REFETCH, offset=number)
        if line < before:
            sentence = "it is not sorted: this line should stand before the one above it, and will not be found"
            yield subject.finding(name, sentence, offset=number)
        before = line
        parsed, flaw = _parse(name, number, line.rstrip(b"\r\n"))
        if flaw is not None:
            yield subject.finding(name, flaw, offset=number)
        if parsed is not None:
            lines.add(parsed)
    if not count:
        yield subject.finding(name, "it is empty")


def _parse(name: str, number: int, line: bytes) -> tuple[Line | None, str | None]:
    """A line, when it leads anywhere, and a clause on what is wrong with it."""
    found = _LINE.fullmatch(line)
    try:
        fields = orjson.loads(found[3]) if found else None
    except orjson.JSONDecodeError:
        fields = None
    if found is None or not isinstance(fields, dict):
        return None, "it is no line of CDXJ"
    missing = [key for key in _NEEDED if key not in fields]
    flaw = f"it has no {' and no '.join(missing)}" if missing else None
    if not fields.keys() >= _PLACE:
        return None, flaw
    offset, length = str(fields["offset"]), str(fields["length"])
    if not _NUMBER.fullmatch(offset) or not _NUMBER.fullmatch(length):
        return None, "its offset and length are no numbers"
    filename, url = str(fields["filename"]), str(fields["url"])
    return Line(name, number, filename, int(offset), url, found[2].decode(), line), flaw


def _check_table(subject: Subject, name: str) -> Iterator[Finding]:
    default = ""
    ends: dict[str, int] = {}
    before = b""
    for number, line in enumerate(subject.lines(name), 1):
        key, brace, text = line.partition(b" {")
        fields = json_object(b"{" + text) if brace else None
        if number == 1 and key.startswith(b"!meta"):
            default = str(fields.get("filename", "")) if fields else ""
            if not fields or fields.get("format") != "cdxj-gzip-1.0":
                yield subject.finding(name, "its first line does not name the format cdxj-gzip-1.0", offset=1)
            continue
        if fields is None:
            yield subject.finding(name, "it is no line of a ZipNum table", offset=number)
            continue
        if key < before:
            yield subject.finding(name, "it is not sorted", offset=number)
        before = key
        block = f"indexes/{fields.get('filename') or default}"
        if block not in subject.entries:
            yield subject.finding(name, f"it leads to {shown(block)}, which is not in the package", offset=number)
            continue
        yield from _check_block(subject, name, number, key, fields, block, ends)
    for block, end in ends.items():
        if end != subject.entries[block].file_size:
            yield subject.finding(block, f"{name} leads to its first {end} bytes only, so what follows is never found")


def _check_block(
    subject: Subject, name: str, number: int, key: bytes, fields: dict[str, Any], block: str, ends: dict[str, int]
) -> Iterator[Finding]:
    offset, length = fields.get("offset"), fields.get("length")
    if type(offset) is not int or type(length) is not int or offset != ends.get(block, 0):
        yield subject.finding(name, "its block does not begin where the one before ends", offset=number)
        return
    size = subject.entries[block].file_size
    if not 0 < length <= size - offset:
        sentence = f"its block at {offset} of {block} has {length} bytes, it says, but {size - offset} are there"
        yield subject.finding(name, sentence, offset=number)
        return
    ends[block] = offset + length
    try:
        beginning, found = _packed(subject, block, offset, length)
        first = zlib.decompressobj(31).decompress(beginning, LARGEST).partition(b" {")[0]
    except UNREADABLE as error:
        sentence = f"its block at {offset} of {block} cannot be unpacked ({error})"
        yield subject.finding(name, sentence, REFETCH, offset=number)
        return
    digest = fields.get("digest")
    if (digest is not None or subject.is_ours) and digest != found:
        sentence = f"the digest is not that of its block at {offset} of {block}"
        yield subject.finding(name, sentence, REFETCH, offset=number)
    if first != key:
        yield subject.finding(name, f"its block at {offset} of {block} begins with another line", offset=number)


def _packed(subject: Subject, block: str, offset: int, length: int) -> tuple[bytes, str]:
    """The first bytes of a block, packed, and the digest of all of it; a block may be larger than memory."""
    beginning, sha256 = b"", hashlib.sha256()
    with subject.path.open("rb") as file:
        file.seek(subject.start(block) + offset)
        while length and (data := file.read(min(length, _STEP))):
            beginning = beginning or data
            sha256.update(data)
            length -= len(data)
    return beginning, f"sha256:{sha256.hexdigest()}"
