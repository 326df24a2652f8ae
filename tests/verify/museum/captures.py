"""Blocks, and what records say of each other: every rule broken once."""

from __future__ import annotations

from tests.verify.museum.exhibit import Exhibit, restored
from tests.verify.museum.fields import UNKNOWN
from tests.verify.museum.piece import BODY, SITE, Piece, Rec, page, sha256


def fix(role: str, old: bytes, new: bytes) -> object:
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


def gone(*roles: str) -> object:
    return lambda piece: piece.without(*roles)


def exhibit(what: str, damage: object, *said: str, notes: tuple[str, ...] = ()) -> Exhibit:
    return Exhibit(what, damage, restored(*said), notes)  # type: ignore[arg-type]


LENGTH = len(BODY)

EXHIBITS = [
    exhibit("no warcinfo", gone("warcinfo"),
            "page: the first record of the file is no warcinfo record",
            "page: the warcinfo record, {warcinfo}, is in none of the files"),
    exhibit("a second warcinfo", _second_warcinfo,
            "end: records follow it, but it is the last that a run writes",
            "again: it is a second warcinfo record in this file"),
    exhibit("warcinfo without format", fix("warcinfo", b"format: WARC File Format 1.1\r\n", b""),
            "warcinfo: its block has no field format"),
    exhibit("warcinfo with half a line", fix("warcinfo", b"run: r\r\n", b"run: r\r\nhalf\r\n"),
            "warcinfo: a line of its block is no field: 'half'"),
    exhibit("end without reason", fix("end", b"ended: finished\r\n", b""), "end: its block has no field ended"),
    exhibit("end that is perhaps done", fix("end", b"done: yes", b"done: perhaps"),
            "end: its field done is 'perhaps', neither 'yes' nor 'no'"),
    exhibit("end of another crawl", fix("end", b"crawl: c", b"crawl: d"),
            "end: its field crawl is 'd', but its WARC-Target-URI is urn:kcnacrawl:crawl:c",
            "end: its field crawl is 'd', but that of the file's first record is 'c'"),
    exhibit("metadata in Latin-1", fix("failed metadata", b"reset", b"r\xe9set"), "failed metadata: its block is not "
            "UTF-8"),
    exhibit("metadata with LF", fix("failed metadata", b"0\r\n", b"0\n"),
            "failed metadata: a line of its block does not end in CRLF"),
    exhibit("a record twice", _doubled,
            "end: records follow it, but it is the last that a run writes",
            "failed request again: no metadata record beside it says why there is no answer",
            "failed request again: its id is that of another record, in {path} at {at_failed request}"),
    exhibit("a request without its response", gone("chunked", "chunked metadata"),
            "chunked request: the record it is concurrent to, {chunked}, is in none of the files"),
    exhibit("a response without its request", gone("chunked request"),
            "chunked: the record it is concurrent to, {chunked request}, is in none of the files"),
    exhibit("a request before its response", _swapped,
            "page request: it stands before the response it belongs to, {page}"),
    exhibit("another date on the request",
            lambda piece: piece["page request"].set("WARC-Date", "2026-03-01T04:05:07.000000Z"),
            "page request: its WARC-Date is 2026-03-01T04:05:07.000000Z, that of the record it is concurrent to, "
            "{page}, is 2026-03-01T04:05:06.000789Z"),
    exhibit("another address on the request",
            lambda piece: piece["page request"].set("WARC-Target-URI", SITE + "/aa/a"),
            f"page request: it asks for /a, but its WARC-Target-URI is {SITE}/aa/a",
            f"page request: its WARC-Target-URI is {SITE}/aa/a, that of the record it is concurrent to, {{page}}, is "
            f"{SITE}/a"),
    exhibit("another address on raw bytes", lambda piece: piece["odd"].set("WARC-Target-URI", "urn:wire:http://a/"),
            "odd: its WARC-Target-URI is urn:wire:http://a/, that of the record it is concurrent to, {odd request}, "
            f"is {SITE}/e"),
    exhibit("framing that gives other bytes", fix("chunked metadata", b"+NQ0K", b"+Ng0K"),
            "chunked metadata: its wireDigest is not that of the bytes given back"),
    exhibit("framing of another block", fix("chunked metadata", b"=17 ", b"=18 "),
            "chunked metadata: its wireFraming does not give back the bytes received (the framing covers 87 bytes, "
            "the block has 86)"),
    exhibit("another wire length", fix("chunked metadata", b"wireLength: ", b"wireLength: 9"),
            "chunked metadata: its wireLength is 976, but the bytes given back are 76"),
    exhibit("framing of a 304 that gives other bytes", fix("unchanged metadata", b"+SFRU", b"+SFRV"),
            "unchanged metadata: its wireDigest is not that of the bytes given back"),
    exhibit("revisit of a revisit", _to_revisit,
            "unchanged: its original, in {path} at {at_revisit}, is a revisit itself; store the page anew."),
    exhibit("revisit of a request", _to_request,
            "unchanged: its original, in {path} at {at_page request}, is a request record; write the file anew with a "
            "program that keeps to WARC/1.1."),
    exhibit("revisit of nothing", lambda piece: piece["unchanged"].set("WARC-Refers-To", UNKNOWN),
            f"unchanged: its original, {UNKNOWN}, is in none of the files; bring back the file that was being written "
            "at 2026-03-01T04:05:06.000789Z."),
    exhibit("revisit of another date",
            lambda piece: piece["unchanged"].set("WARC-Refers-To-Date", "2026-03-01T04:05:07.000000Z"),
            "unchanged: its WARC-Refers-To-Date is 2026-03-01T04:05:07.000000Z, that of the original, in {path} at "
            "{at_page}, is 2026-03-01T04:05:06.000789Z"),
    exhibit("revisit of another address",
            lambda piece: piece["unchanged"].set("WARC-Refers-To-Target-URI", SITE + "/x"),
            f"unchanged: its WARC-Refers-To-Target-URI is {SITE}/x, that of the original, in {{path}} at {{at_page}}, "
            f"is {SITE}/a"),
    exhibit("revisit of another payload", _other_payload,
            f"unchanged: its WARC-Payload-Digest is {sha256(b'other')}, that of the original, in {{path}} at "
            f"{{at_page}}, is {sha256(BODY)}"),
    exhibit("revisit of an unknown profile", lambda piece: piece["revisit"].set("WARC-Profile", "http://a/b"),
            "revisit: its WARC-Profile 'http://a/b' is none that is known"),
    exhibit("revisit of the old profile",
            lambda piece: piece["revisit"].set(
                 "WARC-Profile", "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"),
            "revisit: its WARC-Profile is that of WARC/1.0"),
    exhibit("revisit that does not tell of its missing body", lambda piece: piece["revisit"].drop("WARC-Truncated"),
            "revisit: its body was left out, but it has no WARC-Truncated: length"),
    exhibit("revisit without head", _bare_revisit,
            "revisit: it has no block; the response header belongs there"),
    exhibit("a 304 in the block", _with_block,
            "unchanged: its block is not empty, so that replay shows a blank page",
            "unchanged request: the revisit that it belongs to, {unchanged}, does not name it",
            "unchanged: no metadata record beside it tells the bytes as they were received",
            "unchanged: its status is '304', that of the original, in {path} at {at_page}, is '200'",
            "unchanged: its Content-Type is '', that of the original, in {path} at {at_page}, is 'text/html'"),
    exhibit("HTTP/2", fix("page", b"HTTP/1.1 200 OK", b"HTTP/2 200"),
            "page: its status line 'HTTP/2 200' is not one of HTTP/1"),
    exhibit("a head without end", lambda piece: piece["revisit"].put(b"HTTP/1.1 200 OK\r\nContent-Length: 836\r\n"),
            "revisit: the head of the response in it does not end"),
    exhibit("Content-Length one too large", fix("chunked", b"Content-Length: 5", b"Content-Length: 6"),
            "chunked: its head says Content-Length 6, but the body stored has 5 bytes"),
    exhibit("two Content-Length", fix("page", b"\r\nContent-Type", b"\r\nContent-Length: 1\r\nContent-Type"),
            "page: its head has 2 fields Content-Length; in this archive it is one",
            f"revisit: its Content-Length is '{LENGTH}', that of the original, in {{path}} at {{at_page}}, is "
            f"'1, {LENGTH}'"),
    exhibit("Content-Length in letters", fix("page", b"Content-Length: %d" % LENGTH, b"Content-Length: many"),
            "page: its Content-Length 'many' is no number",
            f"revisit: its Content-Length is '{LENGTH}', that of the original, in {{path}} at {{at_page}}, is 'many'"),
    exhibit("Transfer-Encoding", fix("page", b"\r\nContent-Type", b"\r\nTransfer-Encoding: chunked\r\nContent-Type"),
            "page: its head has a Transfer-Encoding, but chunks are undone in this archive"),
    exhibit("a body after 204", fix("page", b"200 OK", b"204 No Content"),
            f"page: a response of status 204 has no body, but {LENGTH} bytes are stored",
            "revisit: its status is '200', that of the original, in {path} at {at_page}, is '204'"),
    exhibit("an empty body that should be one", _head_of(b"", page().partition(b"\r\n\r\n")[0] + b"\r\n\r\n"),
            "page: its head says that a body follows, but none is stored, and the request was not HEAD",
            f"revisit: its WARC-Payload-Digest is {sha256(BODY)}, that of the original, in {{path}} at {{at_page}}, "
            f"is {sha256(b'')}",
            f"unchanged: its WARC-Payload-Digest is {sha256(BODY)}, that of the original, in {{path}} at {{at_page}}, "
            f"is {sha256(b'')}"),
    exhibit("a request that is none", fix("failed request", b"GET /d HTTP/1.1", b"FETCH IT"),
            "failed request: its request line 'FETCH IT' is not one of HTTP/1"),
    exhibit("a request for another page", fix("failed request", b"/d", b"/else"),
            f"failed request: it asks for /else, but its WARC-Target-URI is {SITE}/d"),
    exhibit("gzip in name only", fix("page", b"\r\nContent-Type", b"\r\nContent-Encoding: gzip\r\nContent-Type"),
            "revisit: its Content-Encoding is '', that of the original, in {path} at {at_page}, is 'gzip'",
            notes=("page: its head says Content-Encoding: gzip, but the body does not begin as gzip does",)),
]  # fmt: skip
