"""Blocks, and what records say of each other: every rule broken once."""

from __future__ import annotations

from tests.verify.museum.exhibit import Exhibit, restored
from tests.verify.museum.fields import UNKNOWN
from tests.verify.museum.piece import BODY, SITE, Piece, Rec, page, sha256


def _fix(role: str, old: bytes, new: bytes) -> object:
    return lambda piece: piece[role].swap(old, new)


def _doubled(piece: Piece) -> None:
    piece.records["failed request again"] = piece["failed request"]


def _swapped(piece: Piece) -> None:
    roles = list(piece.records)
    one, other = roles.index("page"), roles.index("page request")
    roles[one], roles[other] = roles[other], roles[one]
    piece.order(*roles)


def _second_warcinfo(piece: Piece) -> None:
    again = Rec(list(piece["warcinfo"].fields), piece["warcinfo"].block)
    again.set("WARC-Record-ID", UNKNOWN)
    piece.records["again"] = again


def _to_revisit(piece: Piece) -> None:
    piece["unchanged"].set("WARC-Refers-To", piece["revisit"].id)


def _to_request(piece: Piece) -> None:
    piece["unchanged"].set("WARC-Refers-To", piece["page request"].id)


def _other_payload(piece: Piece) -> None:
    piece["unchanged"].set("WARC-Payload-Digest", sha256(b"other"))


def _with_block(piece: Piece) -> None:
    record = piece["unchanged"]
    record.set("Content-Type", "application/http;msgtype=response")
    record.put(b"HTTP/1.1 304 Not Modified\r\n\r\n")
    piece.without("unchanged metadata")
    record.fields = [(name, value) for name, value in record.fields if name != "WARC-Concurrent-To"]


def _bare_revisit(piece: Piece) -> None:
    piece["revisit"].put(b"")
    piece["revisit"].drop("Content-Type")


def _head_of(body: bytes, head: bytes) -> object:
    return lambda piece: piece["page"].put(head + body)


def _gone(*roles: str) -> object:
    return lambda piece: piece.without(*roles)


def _exhibit(what: str, damage: object, *said: str, notes: tuple[str, ...] = ()) -> Exhibit:
    return Exhibit(what, damage, restored(*said), notes)  # type: ignore[arg-type]


LENGTH = len(BODY)

EXHIBITS = [
    _exhibit("no warcinfo", _gone("warcinfo"),
             "page: the first record of the file is no warcinfo record",
             "page: the warcinfo record, {warcinfo}, is in none of the files"),
    _exhibit("a second warcinfo", _second_warcinfo, "again: it is a second warcinfo record in this file"),
    _exhibit("warcinfo without format", _fix("warcinfo", b"format: WARC File Format 1.1\r\n", b""),
             "warcinfo: its block has no field format"),
    _exhibit("warcinfo with half a line", _fix("warcinfo", b"run: r\r\n", b"run: r\r\nhalf\r\n"),
             "warcinfo: a line of its block is no field: 'half'"),
    _exhibit("end without reason", _fix("end", b"ended: finished\r\n", b""), "end: its block has no field ended"),
    _exhibit("end that is perhaps done", _fix("end", b"done: yes", b"done: perhaps"),
             "end: its field done is 'perhaps', neither 'yes' nor 'no'"),
    _exhibit("end of another crawl", _fix("end", b"crawl: c", b"crawl: d"),
             "end: its field crawl is 'd', but its WARC-Target-URI is urn:kcnacrawl:crawl:c"),
    _exhibit("metadata in Latin-1", _fix("failed metadata", b"reset", b"r\xe9set"), "failed metadata: its block is not "
             "UTF-8"),
    _exhibit("metadata with LF", _fix("failed metadata", b"0\r\n", b"0\n"),
             "failed metadata: a line of its block does not end in CRLF"),
    _exhibit("a record twice", _doubled,
             "failed request again: its id is that of another record, in {path} at {at_failed request}"),
    _exhibit("a request without its response", _gone("chunked", "chunked metadata"),
             "chunked request: the record it is concurrent to, {chunked}, is in none of the files"),
    _exhibit("a response without its request", _gone("chunked request"),
             "chunked: the record it is concurrent to, {chunked request}, is in none of the files"),
    _exhibit("a request before its response", _swapped,
             "page request: it stands before the response it belongs to, {page}"),
    _exhibit("another date on the request",
             lambda piece: piece["page request"].set("WARC-Date", "2026-03-01T04:05:07.000000Z"),
             "page request: its WARC-Date is 2026-03-01T04:05:07.000000Z, that of the record it is concurrent to, "
             "{page}, is 2026-03-01T04:05:06.000789Z"),
    _exhibit("another address on the request",
             lambda piece: piece["page request"].set("WARC-Target-URI", SITE + "/aa/a"),
             f"page request: its WARC-Target-URI is {SITE}/aa/a, that of the record it is concurrent to, {{page}}, is "
             f"{SITE}/a"),
    _exhibit("another address on raw bytes", lambda piece: piece["odd"].set("WARC-Target-URI", "urn:wire:http://a/"),
             "odd: its WARC-Target-URI is urn:wire:http://a/, that of the record it is concurrent to, {odd request}, "
             f"is {SITE}/e"),
    _exhibit("framing that gives other bytes", _fix("chunked metadata", b"+NQ0K", b"+Ng0K"),
             "chunked metadata: its wireDigest is not that of the bytes given back"),
    _exhibit("framing of another block", _fix("chunked metadata", b"=17 ", b"=18 "),
             "chunked metadata: its wireFraming does not give back the bytes received (the framing covers 87 bytes, "
             "the block has 86)"),
    _exhibit("another wire length", _fix("chunked metadata", b"wireLength: ", b"wireLength: 9"),
             "chunked metadata: its wireLength is 976, but the bytes given back are 76"),
    _exhibit("framing of a 304 that gives other bytes", _fix("unchanged metadata", b"+SFRU", b"+SFRV"),
             "unchanged metadata: its wireDigest is not that of the bytes given back"),
    _exhibit("revisit of a revisit", _to_revisit,
             "unchanged: its original, in {path} at {at_revisit}, is a revisit itself; store the page anew."),
    _exhibit("revisit of a request", _to_request,
             "unchanged: its original, in {path} at {at_page request}, is a request record; write the file anew with a "
             "program that keeps to WARC/1.1."),
    _exhibit("revisit of nothing", lambda piece: piece["unchanged"].set("WARC-Refers-To", UNKNOWN),
             f"unchanged: its original, {UNKNOWN}, is in none of the files; bring back the file that was being written "
             "at 2026-03-01T04:05:06.000789Z."),
    _exhibit("revisit of another date",
             lambda piece: piece["unchanged"].set("WARC-Refers-To-Date", "2026-03-01T04:05:07.000000Z"),
             "unchanged: its WARC-Refers-To-Date is 2026-03-01T04:05:07.000000Z, that of the original, in {path} at "
             "{at_page}, is 2026-03-01T04:05:06.000789Z"),
    _exhibit("revisit of another address",
             lambda piece: piece["unchanged"].set("WARC-Refers-To-Target-URI", SITE + "/x"),
             f"unchanged: its WARC-Refers-To-Target-URI is {SITE}/x, that of the original, in {{path}} at {{at_page}}, "
             f"is {SITE}/a"),
    _exhibit("revisit of another payload", _other_payload,
             f"unchanged: its WARC-Payload-Digest is {sha256(b'other')}, that of the original, in {{path}} at "
             f"{{at_page}}, is {sha256(BODY)}"),
    _exhibit("revisit of an unknown profile", lambda piece: piece["revisit"].set("WARC-Profile", "http://a/b"),
             "revisit: its WARC-Profile 'http://a/b' is none that is known"),
    _exhibit("revisit of the old profile",
             lambda piece: piece["revisit"].set(
                 "WARC-Profile", "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"),
             "revisit: its WARC-Profile is that of WARC/1.0"),
    _exhibit("revisit that does not tell of its missing body", lambda piece: piece["revisit"].drop("WARC-Truncated"),
             "revisit: its body was left out, but it has no WARC-Truncated: length"),
    _exhibit("revisit without head", _bare_revisit,
             "revisit: it has no block; the response header belongs there"),
    _exhibit("a 304 in the block", _with_block, "unchanged: its block is not empty, so that replay shows a blank page"),
    _exhibit("HTTP/2", _fix("page", b"HTTP/1.1 200 OK", b"HTTP/2 200"),
             "page: its status line 'HTTP/2 200' is not one of HTTP/1"),
    _exhibit("a head without end", lambda piece: piece["revisit"].put(b"HTTP/1.1 200 OK\r\nContent-Length: 836\r\n"),
             "revisit: the head of the response in it does not end"),
    _exhibit("Content-Length one too large", _fix("chunked", b"Content-Length: 5", b"Content-Length: 6"),
             "chunked: its head says Content-Length 6, but the body stored has 5 bytes"),
    _exhibit("two Content-Length", _fix("page", b"\r\nContent-Type", b"\r\nContent-Length: 1\r\nContent-Type"),
             "page: its head has 2 fields Content-Length; in this archive it is one"),
    _exhibit("Content-Length in letters", _fix("page", b"Content-Length: %d" % LENGTH, b"Content-Length: many"),
             "page: its Content-Length 'many' is no number"),
    _exhibit("Transfer-Encoding", _fix("page", b"\r\nContent-Type", b"\r\nTransfer-Encoding: chunked\r\nContent-Type"),
             "page: its head has a Transfer-Encoding, but chunks are undone in this archive"),
    _exhibit("a body after 204", _fix("page", b"200 OK", b"204 No Content"),
             f"page: a response of status 204 has no body, but {LENGTH} bytes are stored"),
    _exhibit("an empty body that should be one", _head_of(b"", page().partition(b"\r\n\r\n")[0] + b"\r\n\r\n"),
             "page: its head says that a body follows, but none is stored, and the request was not HEAD",
             f"revisit: its WARC-Payload-Digest is {sha256(BODY)}, that of the original, in {{path}} at {{at_page}}, "
             f"is {sha256(b'')}",
             f"unchanged: its WARC-Payload-Digest is {sha256(BODY)}, that of the original, in {{path}} at {{at_page}}, "
             f"is {sha256(b'')}"),
    _exhibit("a request that is none", _fix("failed request", b"GET /d HTTP/1.1", b"FETCH IT"),
             "failed request: its request line 'FETCH IT' is not one of HTTP/1"),
    _exhibit("a request for another page", _fix("failed request", b"/d", b"/else"), notes=(
             "failed request: it asks for /else, which its WARC-Target-URI does not end with",)),
    _exhibit("gzip in name only", _fix("page", b"\r\nContent-Type", b"\r\nContent-Encoding: gzip\r\nContent-Type"),
             notes=("page: its head says Content-Encoding: gzip, but the body does not begin as gzip does",)),
]  # fmt: skip
