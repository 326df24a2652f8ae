"""The rules of WARC/1.1 for what a crawler writes, checked over a file by a reader of its own."""

from __future__ import annotations

import base64
import gzip
import hashlib
import ipaddress
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

UUID = re.compile(r"<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}>")
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
REPEATABLE = {"WARC-Concurrent-To", "WARC-Protocol"}
ALWAYS = {"WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Block-Digest", "Content-Type", "Content-Length"}
OF_CAPTURES = {
    "WARC-Target-URI", "WARC-Concurrent-To", "WARC-IP-Address", "WARC-Protocol", "WARC-Cipher-Suite",
    "WARC-Warcinfo-ID", "WARC-Truncated", "WARC-JSON-Metadata",
}  # fmt: skip
MAY = {
    "warcinfo": {"WARC-Filename"},
    "response": OF_CAPTURES | {"WARC-Payload-Digest"},
    "request": OF_CAPTURES | {"WARC-Payload-Digest"},
    "resource": OF_CAPTURES | {"WARC-Payload-Digest"},
    "metadata": OF_CAPTURES,
    "revisit": OF_CAPTURES
    | {"WARC-Payload-Digest", "WARC-Profile", "WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date"}
    | {"WARC-Etag", "WARC-Last-Modified"},
}
LEADING = ("response", "revisit")
"""Types that name the records of their capture that follow them."""
TYPES = {
    "warcinfo": "application/warc-fields",
    "response": "application/http;msgtype=response",
    "request": "application/http;msgtype=request",
    "resource": "application/octet-stream",
    "metadata": "application/warc-fields",
    "revisit": "application/http;msgtype=response",
}


@dataclass
class Raw:
    """A record taken apart by hand."""

    offset: int
    length: int
    fields: list[tuple[str, str]]
    block: bytes

    @property
    def type(self) -> str:
        return self["WARC-Type"]

    def __getitem__(self, name: str) -> str:
        return dict(self.fields)[name]

    def get(self, name: str) -> str | None:
        return dict(self.fields).get(name)

    @property
    def notes(self) -> dict[str, str]:
        """The fields of a block of ``application/warc-fields``."""
        return dict(line.split(": ", 1) for line in self.block.decode().split("\r\n") if line)


def raw_records(path: Path) -> list[Raw]:
    """All records of a file of gzip members."""
    return list(_raw(path.read_bytes()))


def _raw(data: bytes) -> Iterator[Raw]:
    offset = 0
    while offset < len(data):
        stream = zlib.decompressobj(31)
        text = stream.decompress(data[offset:])
        assert stream.eof, "a gzip member is not whole"
        length = len(data) - offset - len(stream.unused_data)
        head, _, rest = text.partition(b"\r\n\r\n")
        version, *lines = head.decode("utf-8").split("\r\n")
        assert version == "WARC/1.1"
        fields = [(name, value) for name, value in (line.split(": ", 1) for line in lines)]
        assert rest.endswith(b"\r\n\r\n")
        yield Raw(offset, length, fields, rest[:-4])
        offset += length


def check_file(path: Path) -> list[Raw]:
    """Assert every rule; the records."""
    assert gzip.decompress(path.read_bytes())
    records = raw_records(path)
    first, *others = records
    assert first.type == "warcinfo"
    assert first["WARC-Filename"] == path.name
    ids = [record["WARC-Record-ID"] for record in records]
    assert len(set(ids)) == len(ids)
    for record in records:
        _check_fields(record)
        _check_digests(record)
        if record.type == "revisit":
            _check_revisit(record)
    for number, record in enumerate(others, 1):
        assert record["WARC-Warcinfo-ID"] == first["WARC-Record-ID"]
        _check_capture(record, records[:number])
    _check_captures(records)
    return records


def _check_fields(record: Raw) -> None:
    names = [name for name, _ in record.fields]
    assert set(names) >= ALWAYS - (set() if record.block else {"Content-Type"})
    assert set(names) <= ALWAYS | MAY[record.type], names
    assert {name for name in names if names.count(name) > 1} <= REPEATABLE
    assert all(value and value == value.strip() and "\n" not in value for _, value in record.fields)
    assert UUID.fullmatch(record["WARC-Record-ID"])
    assert DATE.fullmatch(record["WARC-Date"])
    assert record.get("Content-Type") == (TYPES[record.type] if "Content-Type" in names else None)
    assert int(record["Content-Length"]) == len(record.block)
    if ip := record.get("WARC-IP-Address"):
        assert ipaddress.ip_address(ip).compressed == ip
    assert record.get("WARC-Truncated") in (None, "length", "time", "disconnect", "unspecified")


def _check_digests(record: Raw) -> None:
    assert record["WARC-Block-Digest"] == "sha256:" + hashlib.sha256(record.block).hexdigest()
    payload = record.get("WARC-Payload-Digest")
    if record.type in ("response", "resource"):
        assert payload
    if payload and record.type != "revisit":
        body = record.block if record.type == "resource" else re.split(rb"\n\r?\n", record.block, maxsplit=1)[1]
        assert payload == "sha256:" + hashlib.sha256(body).hexdigest()


def _check_revisit(record: Raw) -> None:
    profile = record["WARC-Profile"].removeprefix("http://netpreserve.org/warc/1.1/revisit/")
    assert {"WARC-Payload-Digest", "WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date"} <= {
        name for name, _ in record.fields
    }
    if profile == "server-not-modified":
        assert record.block == b""
        assert record.get("WARC-Truncated") is None
        return
    assert profile == "identical-payload-digest"
    assert re.fullmatch(rb"(?s)HTTP/1\.[01] [2-9][0-9]{2} .*?\n\r?\n", record.block)
    assert record["WARC-Truncated"] == "length"
    assert not {"WARC-Etag", "WARC-Last-Modified"} & {name for name, _ in record.fields}


def check_originals(*paths: Path) -> list[tuple[Raw, Raw]]:
    """Assert that every revisit of the files refers to a whole response in them; revisits with their originals."""
    records = [record for path in paths for record in raw_records(path)]
    by_id = {record["WARC-Record-ID"]: record for record in records}
    pairs = [(record, by_id[record["WARC-Refers-To"]]) for record in records if record.type == "revisit"]
    for revisit, original in pairs:
        assert original.type == "response"
        assert original.get("WARC-Truncated") is None
        assert original["WARC-Target-URI"] == revisit["WARC-Refers-To-Target-URI"]
        assert original["WARC-Date"] == revisit["WARC-Refers-To-Date"] < revisit["WARC-Date"]
        assert original["WARC-Payload-Digest"] == revisit["WARC-Payload-Digest"]
    return pairs


def _check_capture(record: Raw, before: list[Raw]) -> None:
    """Fields that hold the records of one capture together."""
    uri = record.get("WARC-Target-URI")
    if record.type != "metadata":
        assert uri
    if uri:
        assert uri.isascii()
        assert re.fullmatch(r"(?:urn:wire:)?https?://[!-~]+|urn:kcnacrawl:(?:crawl|mended):[a-z0-9.-]+", uri)
        assert not set('<>" #@') & set(uri)
    named = {value for name, value in record.fields if name == "WARC-Concurrent-To"}
    leaders = [other for other in before if other["WARC-Record-ID"] in named]
    assert len(leaders) == (len(named) if record.type not in LEADING else 0) <= 1
    for led in leaders:
        assert led["WARC-Date"] == record["WARC-Date"]
        assert uri in (None, led["WARC-Target-URI"], f"urn:wire:{led['WARC-Target-URI']}")


def _check_captures(records: list[Raw]) -> None:
    """A response or revisit names just those records that name it, and they follow it at once."""
    followers = {record["WARC-Record-ID"]: list[Raw]() for record in records}
    for record in records:
        if record.type not in LEADING and (leader := record.get("WARC-Concurrent-To")):
            followers[leader].append(record)
    for number, record in enumerate(records):
        if record.type in LEADING:
            named = [value for name, value in record.fields if name == "WARC-Concurrent-To"]
            others = records[number + 1 : number + 1 + len(named)]
            assert [other["WARC-Record-ID"] for other in others] == named
            assert others == followers[record["WARC-Record-ID"]]


def base32_sha1(data: bytes) -> str:
    """A digest as older writers note it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
