"""A perfect archive that can be taken apart, changed in one place, and put together again."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import deflate

from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.originals import Original, RunOriginals
from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.items import Receipt

STARTED = datetime(2026, 3, 1, 4, 5, 6, 789, UTC)
SITE = "http://mirror.example"
BODY = b"<html><title>A day</title><p>" + b"The mill at the river made paper again. " * 20 + b"</html>"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nTrailer: yes\r\n\r\n"


@dataclass
class Rec:
    """One record as a list of fields and a block."""

    fields: list[tuple[str, bytes]]
    block: bytes
    version: bytes = b"WARC/1.1"
    end: bytes = b"\r\n\r\n"
    line_end: bytes = b"\r\n"

    def __getitem__(self, name: str) -> bytes:
        return dict(self.fields)[name]

    @property
    def id(self) -> str:
        return dict(self.fields).get("WARC-Record-ID", b"").decode()

    def set(self, name: str, value: bytes | str) -> None:
        """Change a field, or add it at the end."""
        value = value.encode() if isinstance(value, str) else value
        if name not in dict(self.fields):
            self.fields.append((name, value))
        self.fields = [(key, value if key == name else old) for key, old in self.fields]

    def add(self, name: str, value: str) -> None:
        """Add a field even if it is there."""
        self.fields.append((name, value.encode()))

    def drop(self, name: str) -> None:
        self.fields = [(key, value) for key, value in self.fields if key != name]

    def put(self, block: bytes) -> None:
        """Another block, with everything in the header that depends on it."""
        self.block = block
        self.set("Content-Length", str(len(block)))
        self.set("WARC-Block-Digest", sha256(block))
        if "WARC-Payload-Digest" in dict(self.fields) and self["WARC-Type"] != b"revisit":
            payload = block if self["WARC-Type"] == b"resource" else block.partition(b"\r\n\r\n")[2]
            self.set("WARC-Payload-Digest", sha256(payload))

    def swap(self, old: bytes, new: bytes) -> None:
        """Another text in the block."""
        assert old in self.block
        self.put(self.block.replace(old, new, 1))

    def __bytes__(self) -> bytes:
        head = self.line_end.join([self.version, *(name.encode() + b": " + value for name, value in self.fields)])
        return head + 2 * self.line_end + self.block + self.end


def sha256(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


@dataclass
class Piece:
    """Records by the part they play."""

    name: str
    records: dict[str, Rec]
    damage: Callable[[bytearray, dict[str, tuple[int, int]]], bytes | bytearray] | None = None
    """What is done to the bytes of the file once it is put together; is told where each record is and ends."""

    pack: Callable[[bytes], bytes] = lambda data: bytes(deflate.gzip_compress(data, 6))
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __getitem__(self, role: str) -> Rec:
        return self.records[role]

    def order(self, *roles: str) -> None:
        """Only these records, in this order."""
        self.records = {role: self.records[role] for role in roles}

    def without(self, *roles: str) -> None:
        self.records = {role: record for role, record in self.records.items() if role not in roles}

    def write(self, folder: Path) -> Path:
        """Put it together; where it is."""
        data = bytearray()
        for role, record in self.records.items():
            start = len(data)
            data += self.pack(bytes(record))
            self.places[role] = start, len(data)
        path = folder / self.name
        path.write_bytes(self.damage(data, self.places) if self.damage else data)
        return path

    def role_of(self, record_id: str) -> str:
        return next((role for role, record in self.records.items() if record.id == record_id), record_id)


def take_apart(path: Path, roles: list[str]) -> Piece:
    """A file of ours as a piece; *roles* name its records in their order."""
    records = [parse(data) for data in members(path.read_bytes())]
    assert len(records) == len(roles)
    return Piece(path.name, dict(zip(roles, records, strict=True)))


def members(data: bytes) -> Iterator[bytes]:
    while data:
        one = zlib.decompressobj(31)
        yield one.decompress(data)
        data = one.unused_data


def parse(data: bytes) -> Rec:
    head, _, rest = data.partition(b"\r\n\r\n")
    pairs = [line.split(b": ", 1) for line in head.split(b"\r\n")[1:]]
    return Rec([(name.decode(), value) for name, value in pairs], rest[:-4])


def exchange(path: str, received: bytes, minute: int, *, condition: str = "", **more: object) -> Exchange:
    """An attempt to fetch a page.

    :param condition: a line of the request, with its end
    """
    url = SITE + path
    sent = f"GET {path} HTTP/1.1\r\nHost: mirror.example\r\n{condition}\r\n".encode()
    given = {"sent": sent, "ip": "192.0.2.7", "protocols": ("http/1.1",), **more}
    return Exchange(url=url, received=received, started=STARTED + timedelta(minutes=minute), **given)  # type: ignore[arg-type]


def page(body: bytes = BODY, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


ROLES = [
    *("warcinfo", "page", "page request", "chunked", "chunked request", "chunked metadata"),
    *("revisit", "revisit request", "unchanged", "unchanged request", "unchanged metadata"),
    *("failed request", "failed metadata", "odd request", "odd", "odd metadata", "end"),
]


def perfect(folder: Path) -> Piece:
    """An archive with a record of every kind that this program writes."""
    info = {"software": "kcnacrawl/1", "crawl": "c", "run": "r"}
    writer = WarcWriter(folder, "kcnawatch", info=info, originals=RunOriginals(lambda digest, url: None))
    receipt = writer.write(exchange("/a", page(), 0))
    assert isinstance(receipt, Receipt)
    original = Original(
        warc=receipt.warc,
        offset=receipt.offset,
        length=receipt.length,
        record_id=receipt.record_id,
        url=SITE + "/a",
        date=receipt.date,
        payload_digest=receipt.payload_digest,
    )
    writer.write(exchange("/b", CHUNKED, 1))
    writer.write(exchange("/c", page(), 2))
    unmodified = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"
    writer.write(exchange("/a", unmodified, 3, condition="If-None-Match: x\r\n", not_modified=original))
    writer.write(exchange("/d", b"", 4, error="The connection was reset."))
    writer.write(exchange("/e", b"not HTTP at all", 5))
    writer.end([("crawl", "c"), ("run", "r"), ("ended", "finished"), ("done", "yes")])
    (path,) = writer.close()
    piece = take_apart(path, ROLES)
    path.unlink()
    return piece
