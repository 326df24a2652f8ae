"""Files of other writers: what the specification allows is no finding, what it forbids is one."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from tests.verify.museum.exhibit import ANEW, MEND, Exhibit
from tests.verify.museum.piece import Piece, Rec, sha256

DATE = "2020-02-03T04:05:06Z"
URL = "http://other.example/page?a=1"
BODY = b"<html>" + b"Something that was seen elsewhere. " * 9 + b"</html>"
CHUNKS = b"6\r\n<html>\r\n7;x=y\r\n</html>\r\n0\r\n\r\n"
PLAIN_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def record(number: int, kind: str, block: bytes, **fields: str) -> Rec:
    """A record as other writers make them: in SHA-1, with whole seconds, fields in another order."""
    found = Rec([("WARC-Type", kind.encode())], block)
    for name, value in fields.items():
        found.add(name.replace("_", "-"), value)
    found.add("WARC-Date", DATE)
    found.add("WARC-Record-ID", f"<urn:uuid:0000000{number}-0000-1000-8000-00000000ABCD>")
    found.add("WARC-Block-Digest", sha1(block))
    found.add("Content-Length", str(len(block)))
    return found


def other() -> Piece:
    """A file by nobody in particular, without a flaw."""
    plain = PLAIN_HEAD % len(BODY) + BODY
    http = "application/http; msgtype="
    records = {
        "warcinfo": record(1, "warcinfo", b"software: Other/1\r\n", Content_Type="application/warc-fields"),
        "page": record(2, "response", plain, WARC_Target_URI=URL, Content_Type=http + "response",
                       WARC_Payload_Digest=sha1(BODY)),
        "request": record(3, "request", b"GET /page?a=1 HTTP/1.0\r\n\r\n", WARC_Target_URI=URL,
                          Content_Type=http + "request",
                          WARC_Concurrent_To="<urn:uuid:00000002-0000-1000-8000-00000000ABCD>"),
        "chunked": record(4, "response", CHUNKED_HEAD + CHUNKS, WARC_Target_URI=URL, Content_Type=http + "response",
                          WARC_Payload_Digest=sha1(b"<html></html>")),
        "dns": record(5, "response", b"20200203\nother.example. 60 IN A 192.0.2.1\n", Content_Type="text/dns",
                      WARC_Target_URI="dns:other.example"),
        "text": record(6, "conversion", b"seen", WARC_Target_URI=URL, Content_Type="text/plain",
                       WARC_Refers_To="<urn:uuid:00000002-0000-1000-8000-00000000ABCD>"),
        "revisit": record(7, "revisit", PLAIN_HEAD % len(BODY), WARC_Target_URI=URL, Content_Type=http + "response",
                          WARC_Profile="http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
                          WARC_Payload_Digest=sha1(BODY), WARC_Refers_To_Target_URI=URL, WARC_Refers_To_Date=DATE,
                          WARC_Refers_To="<urn:uuid:00000002-0000-1000-8000-00000000ABCD>"),
    }  # fmt: skip
    return Piece("other.warc.gz", records)


def _exhibit(what: str, damage: Callable[[Piece], object], *said: str, notes: tuple[str, ...] = ()) -> Exhibit:
    found = (one if one.endswith(".") else f"{one}; {ANEW}." for one in said)
    return Exhibit(f"other writer: {what}", damage, tuple(found), notes)


def _plain(piece: Piece) -> None:
    piece.name, piece.pack = "other.warc", lambda data: data


def _old(piece: Piece) -> None:
    for role, one in piece.records.items():
        one.version = b"WARC/1.0"
        if role != "warcinfo":
            one.set("WARC-Target-URI", b"<" + one["WARC-Target-URI"] + b">")
    piece["revisit"].set("WARC-Profile", "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest")


def _folded(piece: Piece) -> None:
    piece["page"].set("Content-Type", b"application/http;\r\n msgtype=response")


def _plain_and(then: Callable[[Piece], object]) -> Callable[[Piece], object]:
    def damage(piece: Piece) -> None:
        _plain(piece)
        then(piece)

    return damage


def _cut(piece: Piece) -> None:
    piece.damage = lambda data, places: data[:-30]


def _between(piece: Piece) -> None:
    piece.damage = lambda data, places: data[: places["dns"][0]] + b"\r\n\r\n" + data[places["dns"][0] :]


def _put(role: str, block: bytes) -> Callable[[Piece], None]:
    def damage(piece: Piece) -> None:
        one = piece[role]
        one.block = block
        one.set("Content-Length", str(len(block)))
        one.set("WARC-Block-Digest", sha1(block))
        one.drop("WARC-Payload-Digest")

    return damage


def _set(role: str, name: str, value: str) -> Callable[[Piece], None]:
    return lambda piece: piece[role].set(name, value)


def _request_first(piece: Piece) -> None:
    piece.order("warcinfo", "request", "page", "chunked", "dns", "text", "revisit")


def _segment(piece: Piece) -> None:
    piece["text"].set("WARC-Type", "continuation")
    piece["text"].drop("WARC-Refers-To")
    piece["text"].add("WARC-Segment-Number", "0")


def _moody(piece: Piece) -> None:
    piece["page"].add("WARC-Mood", "good")
    piece["page"].add("WARC-Mood", "bad")


HEX = hashlib.sha1(BODY, usedforsecurity=False).hexdigest()

EXHIBITS = [
    _exhibit("as it should be", lambda piece: None),
    _exhibit("not compressed", _plain),
    _exhibit("request first", _request_first),
    _exhibit("WARC/1.0 with brackets around addresses", _old),
    _exhibit("folded", _folded),
    _exhibit("digest in hexadecimal", _set("page", "WARC-Payload-Digest", "sha1:" + HEX)),
    _exhibit("digest in capitals", _set("page", "WARC-Payload-Digest", "SHA-1:" + HEX.upper())),
    _exhibit("digest in SHA-256", _set("page", "WARC-Payload-Digest", sha256(BODY))),
    _exhibit("digest in MD5", _set("page", "WARC-Payload-Digest", "md5:" + hashlib.md5(BODY).hexdigest())),
    _exhibit("digest in something new", _set("page", "WARC-Payload-Digest", "k12:abc"), notes=(
        "page: its WARC-Payload-Digest cannot be checked: the algorithm 'k12' is not known",)),
    _exhibit("digest of the chunks", _set("chunked", "WARC-Payload-Digest", sha1(CHUNKS)), notes=(
        "chunked: its WARC-Payload-Digest is that of the body with its chunks, not of the payload",)),
    _exhibit("a wrong digest", _set("chunked", "WARC-Payload-Digest", sha1(b"")),
             "chunked: its WARC-Payload-Digest is not that of its bytes"),
    _exhibit("a wrong digest in hexadecimal", _set("page", "WARC-Block-Digest", "sha1:" + "0" * 40),
             "page: its WARC-Block-Digest is not that of its bytes"),
    _exhibit("a digest that is none", _set("page", "WARC-Block-Digest", "sha1:xyz"),
             "page: its WARC-Block-Digest 'sha1:xyz' is no digest of its algorithm"),
    _exhibit("chunks in name only", _put("chunked", CHUNKED_HEAD + b"<html></html>"),
             "chunked: its head says that the body is chunked, but it is plain"),
    _exhibit("chunks without end", _put("chunked", CHUNKED_HEAD + CHUNKS[:-5]),
             "chunked: its chunks are not whole: the body ended before its last chunk"),
    _exhibit("Content-Length too large", _put("page", PLAIN_HEAD % 400 + BODY),
             f"page: its head says Content-Length 400, but the body stored has {len(BODY)} bytes"),
    _exhibit("Content-Length too small", _put("page", PLAIN_HEAD % 4 + BODY), notes=(
             f"page: its head says Content-Length 4, but the body stored has {len(BODY)} bytes",)),
    _exhibit("brackets around an address", _set("page", "WARC-Target-URI", f"<{URL}>"),
             f"page: its WARC-Target-URI '<{URL}>' is no percent-encoded URI"),
    _exhibit("a space in an address", _set("dns", "WARC-Target-URI", "dns:other example"),
             "dns: its WARC-Target-URI 'dns:other example' is no percent-encoded URI"),
    _exhibit("an address in Korean", _set("dns", "WARC-Target-URI", "http://a/로동"),
             "dns: its WARC-Target-URI 'http://a/로동' is no percent-encoded URI", notes=(
             "dns: its Content-Type is 'text/dns', but that of a response record is "
             "'application/http;msgtype=response'",)),
    _exhibit("no address", lambda piece: piece["dns"].drop("WARC-Target-URI"), "dns: it has no WARC-Target-URI"),
    _exhibit("no id", lambda piece: piece["dns"].drop("WARC-Record-ID"), f"@dns: it has no WARC-Record-ID; {ANEW}."),
    _exhibit("no type", lambda piece: piece["dns"].drop("WARC-Type"), "dns: it has no WARC-Type"),
    _exhibit("a type of its own", _set("dns", "WARC-Type", "lookup"), notes=(
             "dns: 'lookup' is no type of record that is known",)),
    _exhibit("a date with an offset", _set("dns", "WARC-Date", "2020-02-03T04:05:06+09:00"),
             "dns: its WARC-Date '2020-02-03T04:05:06+09:00' is no instant in UTC (W3CDTF)"),
    _exhibit("month 13", _set("dns", "WARC-Date", "2020-13-03"),
             "dns: its WARC-Date '2020-13-03' is no instant in UTC (W3CDTF)"),
    _exhibit("a day alone", _set("dns", "WARC-Date", "2020-12-03")),
    _exhibit("payload digest on warcinfo", _set("warcinfo", "WARC-Payload-Digest", sha1(b"")),
             "warcinfo: WARC-Payload-Digest may not stand on a warcinfo record"),
    _exhibit("original's date on a response", _set("page", "WARC-Refers-To-Date", DATE),
             "page: WARC-Refers-To-Date may not stand on a response record"),
    _exhibit("no profile", lambda piece: piece["revisit"].drop("WARC-Profile"), "revisit: it has no WARC-Profile"),
    _exhibit("a profile of its own", _set("revisit", "WARC-Profile", "http://a/profile"), notes=(
             "revisit: its WARC-Profile 'http://a/profile' is none that is known",)),
    _exhibit("no digest on a revisit", lambda piece: piece["revisit"].drop("WARC-Payload-Digest"),
             "revisit: it has no WARC-Payload-Digest, which its profile asks for"),
    _exhibit("no original named", lambda piece: piece["revisit"].drop("WARC-Refers-To"), notes=(
             "revisit: it has no WARC-Refers-To, so that not every tool finds the original",)),
    _exhibit("a continuation of nothing", _segment,
             "text: it has no WARC-Segment-Origin-ID", "text: its WARC-Segment-Number '0' is no number from 1"),
    _exhibit("another file name", _set("warcinfo", "WARC-Filename", "before.warc.gz"), notes=(
             "warcinfo: its WARC-Filename is 'before.warc.gz'",)),
    _exhibit("no warcinfo", lambda piece: piece.without("warcinfo"), notes=(
             "page: the first record of the file is no warcinfo record",)),
    _exhibit("a field of its own", _set("page", "WARC-Mood", "good")),
    _exhibit("a field of its own twice", _moody, notes=("page: WARC-Mood stands there 2 times",)),
    _exhibit("body of another type", _set("page", "Content-Type", "text/html"),
             "page: its WARC-Payload-Digest is not that of its bytes", notes=(
             "page: its Content-Type is 'text/html', but that of a response record is "
             "'application/http;msgtype=response'",)),
    _exhibit("not compressed and cut", _plain_and(_cut), f"@revisit: the file ends inside it; {MEND}."),
    _exhibit("not compressed, empty lines too many", _plain_and(_between),
             f"chunked: 4 bytes that belong to no record follow it; {MEND}."),
    _exhibit("not compressed, a Content-Length too large", _plain_and(_set("dns", "Content-Length", "99")),
             "dns: its Content-Length is 99, but its block has 42 bytes"),
    _exhibit("not compressed, a Content-Length too small", _plain_and(_set("dns", "Content-Length", "9")),
             "dns: its Content-Length is 9, but its block has 42 bytes"),
    _exhibit("not compressed, a Content-Length beyond the file", _plain_and(_set("dns", "Content-Length", "99999")),
             "dns: its Content-Length is 99999, but its block has 42 bytes"),
    _exhibit("not compressed, the last Content-Length too large", _plain_and(_set("revisit", "Content-Length", "999")),
             f"@revisit: the file ends inside it; {MEND}."),
]  # fmt: skip
