"""Lines are those of cdxj-indexer, for our own files, for others', and for odd records."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from kcnacrawl.archive.cdxj import index_lines, sorted_lines
from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.replica import Replica
from kcnacrawl.replica.bad import BAD
from tests.archive.conftest import fetch
from tests.archive.samples import NASTY, exchange
from tests.cdxj.reference import DATE, record, reference, write, write_by_warcio


def fields(line: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line.split(b" ", 2)[2])
    return found


def test_lines_of_well_behaved_and_nasty_answers(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "test", info={"software": "kcnacrawl/0"})
    for number, received in enumerate(NASTY.values()):
        writer.write(exchange(received, url=f"http://mirror.example/뉴스/{number}".encode().decode("ascii", "ignore")))
    writer.write(exchange(b"", url="http://mirror.example/nothing", cut="time", error="It took too long."))
    writer.write(exchange(url="http://mirror.example/%EB%89%B4%EC%8A%A4/?%EB%82%A0=1&a=2"))
    paths = writer.close()
    lines = list(sorted_lines(paths))
    assert len(lines) > len(NASTY)
    assert lines == reference(paths)


def attempt(url: str) -> Exchange:
    """A fetch whose connection may break."""
    try:
        return fetch(url)
    except ConnectionError as error:
        return exchange(b"", url=url, cut="disconnect", error=str(error))


def test_lines_of_every_bad_route(tmp_path: Path) -> None:
    slow = ("silent", "stall", "slow", "slow_body", "endless", "endless_plain", "endless_head")
    writer = WarcWriter(tmp_path, "test", info={"software": "kcnacrawl/0"})
    with Replica(articles=3) as site:
        for name in BAD.keys() - set(slow):
            writer.write(attempt(f"{site.url}/bad/{name}"))
    paths = writer.close()
    lines = list(sorted_lines(paths))
    assert len(lines) > 50
    assert lines == reference(paths)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("ending", ["warc", "warc.gz"])
def test_lines_of_another_writer(tmp_path: Path, ending: str, version: str) -> None:
    path = write_by_warcio(tmp_path / f"other.{ending}", version=version)
    lines = list(sorted_lines([path]))
    assert [fields(line)["mime"] for line in lines].count("warc/revisit") == 1
    assert len(lines) == 8  # the last metadata record is of fields
    assert lines == reference([path])


PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nhello"
SHA = "sha256:" + "0" * 64
ODD: dict[str, bytes] = {
    "address in brackets": record(url="<http://example.org/a>"),
    "address with spaces": record(url="http://example.org/a b c"),
    "address in Korean": record(url="http://조선.kp/한글?날=1"),
    "address without key": record(url="http://example.org:99999/"),
    "quotes in the address": record(url='http://example.org/"\\x'),
    "no digest": record(),
    "digest": record(WARC_Payload_Digest=SHA),
    "digest of a resource": record("resource", b"abc", Content_Type="image/png"),
    "resource": record("resource", b"abc", Content_Type="image/png; a=b", WARC_Payload_Digest=SHA),
    "resource without type": record("resource", b"abc"),
    "resource of fields": record("resource", b"a: b", Content_Type="application/warc-fields"),
    "metadata in JSON": record("metadata", b"{}", Content_Type="application/json"),
    "metadata without address": record("metadata", b"{}", url=None, Content_Type="application/json"),
    "metadata in fields": record("metadata", b"a: b", Content_Type="application/warc-fields"),
    "conversion": record("conversion", b"abc", Content_Type="text/plain"),
    "request": record("request", b"GET / HTTP/1.1\r\n\r\n"),
    "not modified": record("revisit", b"", WARC_Payload_Digest=SHA),
    "not modified, no digest": record("revisit", b""),
    "identical": record("revisit", PAGE[:-5], WARC_Payload_Digest=SHA),
    "identical, of a redirect": record(
        "revisit", b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n", WARC_Payload_Digest=SHA
    ),
    "name resolution": record(
        block=b"20260301\nexample.org. 5 IN A 1.2.3.4\n", url="dns:example.org", Content_Type="text/dns"
    ),
    "empty answer": record(block=b""),
    "no reason": record(block=b"HTTP/1.1 204\r\n\r\n"),
    "no status": record(block=b"HTTP/1.1\r\nContent-Type: a/b\r\n\r\n"),
    "nothing but a word": record(block=b"hello"),
    "no HTTP": record(block=b"nothing like HTTP at all\r\n\r\nbody"),
    "status in words": record(block=b"HTTP/1.1 fine\r\nA: b\r\n\r\n"),
    "two spaces": record(block=b"HTTP/1.1  404  Not Found\r\n\r\n"),
    "tab": record(block=b"HTTP/1.1\t200\tOK\r\nA: b\r\n\r\nx"),
    "shoutcast": record(block=b"ICY 200 OK\r\nContent-Type: audio/mpeg\r\n\r\nx"),
    "blank line first": record(block=b"\r\nHTTP/1.1 200 OK\r\n\r\nx"),
    "spaces only": record(block=b"   "),
    "line feeds only": record(block=b"HTTP/1.1 200 OK\nContent-Type: text/html\n\nbody\r\n\r\nmore"),
    "mixed line ends": record(block=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\n\r\nbody"),
    "line of spaces ends the head": record(block=b"HTTP/1.1 200 OK\r\n  \r\nContent-Type: a/b\r\n\r\nx"),
    "head without end": record(block=b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nX: "),
    "two types": record(block=b"HTTP/1.1 200 OK\r\ncontent-type: a/b\r\nContent-Type: c/d\r\n\r\nx"),
    "type in capitals": record(block=b"HTTP/1.1 200 OK\r\nCONTENT-TYPE : Text/HTML;charset=x\r\n\r\nx"),
    "type with a comma": record(block=b"HTTP/1.1 200 OK\r\nContent-Type: text/html, text/html\r\n\r\nx"),
    "empty type": record(block=b"HTTP/1.1 200 OK\r\nContent-Type:\r\n\r\nx"),
    "type of a semicolon": record(block=b"HTTP/1.1 200 OK\r\nContent-Type: ;a\r\n\r\nx"),
    "folded type": record(block=b"HTTP/1.1 200 OK\r\nContent-Type:\r\n  a/b\r\n\r\nx"),
    "type folded behind": record(block=b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n  c\r\n\r\nx"),
    "type in UTF-8": record(block="HTTP/1.1 200 OK\r\nContent-Type: 글/글\r\n\r\nx".encode()),
    "type in Latin-1": record(block=b"HTTP/1.1 200 OK\r\nContent-Type: caf\xe9/\xa0x\r\n\r\nx"),
    "type in the body": record(block=b"HTTP/1.1 200 OK\r\n\r\nContent-Type: a/b\r\n"),
    "chunks": record(block=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
    "gzip": record(block=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nno gzip at all"),
    "WARC/1.0": record(version="1.0"),
    "WARC/0.18": record(version="0.18"),
    "date with fractions": record(date="2026-03-01T04:05:06.123456789Z"),
    "date of a day": record(date="2026-03-01"),
    "names in capitals": record().replace(b"WARC-", b"warc-").replace(b"Content-Length", b"CONTENT-LENGTH"),
    "no space behind names": record().replace(b": ", b":", 5),
    "block that ends in empty lines": record(block=b"HTTP/1.1 200 OK\r\n\r\n\r\n\r\n\n\n"),
}


@pytest.mark.parametrize("ending", ["warc", "warc.gz"])
@pytest.mark.parametrize("name", ODD)
def test_lines_of_odd_records(tmp_path: Path, name: str, ending: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    path = write(
        tmp_path / f"odd.{ending}", [record("warcinfo", b"a: b"), ODD[name], record(url="http://example.org/z")]
    )
    lines = list(sorted_lines([path]))
    assert len(lines) == 1 + (name not in ("resource of fields", "metadata in fields", "conversion", "request"))
    assert lines == reference([path])


def test_lines_are_in_the_order_of_the_records_until_they_are_sorted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", [record(url=f"http://example.org/{name}") for name in "bca"])
    assert [fields(line)["url"][-1] for line in index_lines(path)] == ["b", "c", "a"]
    assert sorted(index_lines(path)) == list(sorted_lines([path]))


def test_equal_lines_of_several_files_come_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", [record()])
    assert list(sorted_lines([path, path])) == reference([path, path]) == list(index_lines(path))


def test_a_file_being_written_has_the_lines_it_will_have(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", [record()])
    lines = list(index_lines(path))
    path.rename(tmp_path / "a.warc.gz.open")
    assert list(index_lines(path)) == lines


@pytest.mark.parametrize(
    ("one", "line"),
    [
        ("not modified", {"url": "http://example.org/", "mime": "warc/revisit", "digest": SHA}),
        ("resource", {"url": "http://example.org/", "mime": "image/png", "digest": SHA}),
        (
            "no reason",
            {"url": "http://example.org/", "status": "204", "digest": "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"},
        ),
    ],
)
def test_lines_field_by_field(tmp_path: Path, one: str, line: dict[str, str]) -> None:
    path = write(tmp_path / "a.warc", [ODD[one]])
    (found,) = index_lines(path)
    length = len(ODD[one]) - 4
    assert fields(found) == line | {"length": str(length), "offset": "0", "filename": "a.warc"}
    assert found.startswith(f"org,example)/ {DATE[:4]}0301040506 {{".encode())
    assert list(fields(found)) == [name for name in NAMES if name in fields(found)]


NAMES = ("url", "mime", "status", "digest", "length", "offset", "filename")
