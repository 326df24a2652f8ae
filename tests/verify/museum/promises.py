"""Lies whose digests are right: what our own writer promises of records, and of those of one capture, broken once."""

from __future__ import annotations

from collections.abc import Callable

from tests.verify.museum.captures import exhibit, fix, gone
from tests.verify.museum.exhibit import Exhibit
from tests.verify.museum.piece import BODY, SITE, Piece

LENGTH = len(BODY)
CAPTURE = ("chunked", "chunked request", "chunked metadata")
OTHER = "198.51.100.1"
ORIGINAL = "that of the original, in {path} at {at_page}, is"
UNASKED = (
    "unchanged request: it has neither If-None-Match nor If-Modified-Since, but the revisit that it belongs to, "
    "{unchanged}, is of an answer of 304"
)
NOT_OURS = "its WARC-JSON-Metadata does not tell what was redacted, which is all that this program writes there"


def _set(role: str, name: str, value: str) -> Callable[[Piece], object]:
    return lambda piece: piece[role].set(name, value)


def _drop(role: str, name: str) -> Callable[[Piece], object]:
    return lambda piece: piece[role].drop(name)


def _address_of(role: str, address: str, other: str, leader: str, *, set_on: str = "") -> Exhibit:
    said = f"its WARC-IP-Address is '{address}', that of the record it is concurrent to, {{{leader}}}, is '{other}'"
    where = set_on or role
    return exhibit(f"WARC-IP-Address of {where} alone", _set(where, "WARC-IP-Address", OTHER), f"{role}: {said}")


def _moved(url: str) -> Callable[[Piece], object]:
    def damage(piece: Piece) -> None:
        for role in CAPTURE[:2]:
            piece[role].set("WARC-Target-URI", url)

    return damage


def _noted(more: bytes) -> Callable[[Piece], object]:
    return lambda piece: piece["chunked metadata"].put(piece["chunked metadata"].block + more)


def _without_note(name: bytes) -> Callable[[Piece], object]:
    def damage(piece: Piece) -> None:
        lines = piece["chunked metadata"].block.splitlines(keepends=True)
        piece["chunked metadata"].put(b"".join(line for line in lines if not line.startswith(name)))

    return damage


def _unlinked(role: str, leader: str) -> Callable[[Piece], object]:
    """Take a record out, and its name with it."""

    def damage(piece: Piece) -> None:
        gone = piece[role].id.encode()
        piece.without(role)
        piece[leader].fields = [field for field in piece[leader].fields if field != ("WARC-Concurrent-To", gone)]

    return damage


def _end_first(piece: Piece) -> None:
    first, *others, last = piece.records
    piece.order(first, last, *others)


EXHIBITS = [
    _address_of("page request", "192.0.2.7", OTHER, "page", set_on="page"),
    _address_of("page request", OTHER, "192.0.2.7", "page"),
    _address_of("chunked metadata", OTHER, "192.0.2.7", "chunked"),
    exhibit("no WARC-IP-Address on the request alone", _drop("page request", "WARC-IP-Address"),
            "page request: its WARC-IP-Address is '', that of the record it is concurrent to, {page}, is '192.0.2.7'"),
    exhibit("a whole page said to be cut off", _set("page", "WARC-Truncated", "time"),
            "page: no metadata record beside it says why it was cut off"),
    exhibit("a page that was cut off and does not say so", _noted(b"error: It took too long.\r\n"),
            "chunked: it has no WARC-Truncated, but the notes beside it say 'It took too long.'"),
    exhibit("a cipher without TLS", _set("page", "WARC-Cipher-Suite", "TLS_AES_128_GCM_SHA256"),
            "page: it has a WARC-Cipher-Suite, but no WARC-Protocol that names TLS"),
    exhibit("TLS in name only", lambda piece: piece["page"].add("WARC-Protocol", "tls/1.3"),
            f"page: its WARC-Protocol names TLS, but its address is {SITE}/a"),
    exhibit("another ETag than the 304 had", _set("unchanged", "WARC-Etag", '"z"'),
            "unchanged: its WARC-Etag is '\"z\"', but the server said 'x'"),
    exhibit("a 304 that nobody asked for", fix("unchanged request", b"If-None-Match: x\r\n", b""), UNASKED),
    exhibit("a condition in the body of a request",
            fix("unchanged request", b"If-None-Match: x\r\n\r\n", b"\r\n\nIf-None-Match: x\r\n"), UNASKED),
    exhibit("a condition of time", fix("unchanged request", b"If-None-Match: x", b"if-modified-since: x")),
    exhibit("an ETag where none is noted", _set("page", "WARC-Etag", '"x"'),
            "page: it has validators, which only a revisit of a page that was not modified has"),
    exhibit("something redacted that nothing tells of", _set("page", "WARC-JSON-Metadata", '{"redacted": ["a"]}'),
            "page: 'a' was taken out of its capture, but its notes say ''"),
    exhibit("something redacted in the notes alone", _noted(b"redacted: request/cookie\r\n"),
            "chunked metadata: '' was taken out of its capture, but its notes say 'request/cookie'"),
    exhibit("other JSON", _set("page", "WARC-JSON-Metadata", '{"a": 1}'), f"page: {NOT_OURS}"),
    exhibit("a capture under another path", _moved(f"{SITE}/zzz"),
            f"chunked request: it asks for /b, but its WARC-Target-URI is {SITE}/zzz"),
    exhibit("a capture under another host", _moved("http://other.example/b"),
            "chunked request: it asks the host 'mirror.example', but its WARC-Target-URI is http://other.example/b"),
    exhibit("a capture under https", _moved("https://mirror.example/b"),
            "chunked: its WARC-Protocol does not name TLS, but its address is https://mirror.example/b"),
    exhibit("a request to another host", fix("page request", b"Host: mirror", b"Host: other"),
            f"page request: it asks the host 'other.example', but its WARC-Target-URI is {SITE}/a"),
    exhibit("a request to no host", fix("page request", b"Host: mirror.example\r\n", b""),
            f"page request: it asks the host '', but its WARC-Target-URI is {SITE}/a"),
    exhibit("HEAD, and a body", fix("page request", b"GET", b"HEAD"), "page: it has a body, but the request was HEAD"),
    exhibit("an original of another status", fix("page", b"200 OK", b"404 Gone"),
            f"revisit: its status is '200', {ORIGINAL} '404'"),
    exhibit("an original of another type", fix("page", b"text/html", b"text/plain"),
            f"revisit: its Content-Type is 'text/html', {ORIGINAL} 'text/plain'"),
    exhibit("a revisit of another status", fix("revisit", b"200 OK", b"404 Gone"),
            f"revisit: its status is '404', {ORIGINAL} '200'"),
    exhibit("a revisit of another length", fix("revisit", b"Content-Length: %d" % LENGTH, b"Content-Length: 9"),
            f"revisit: its Content-Length is '9', {ORIGINAL} '{LENGTH}'"),
    exhibit("a revisit that leads elsewhere", fix("revisit", b"Content-Type", b"Location: /z\r\nContent-Type"),
            f"revisit: its Location is '/z', {ORIGINAL} ''"),
    exhibit("a revisit of the other profile",
            _set("revisit", "WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/server-not-modified"),
            "revisit: its block is not empty, so that replay shows a blank page",
            UNASKED.replace("unchanged", "revisit"),
            "revisit: no metadata record beside it tells the bytes as they were received"),
    exhibit("a 304 of the other profile",
            _set("unchanged", "WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"),
            "unchanged: its body was left out, but it has no WARC-Truncated: length",
            "unchanged: it has no block; the response header belongs there",
            "unchanged: it has validators, which only a revisit of a page that was not modified has"),
    exhibit("warcinfo of another run", fix("warcinfo", b"run: r", b"run: x"),
            "end: its field run is 'r', but that of the file's first record is 'x'"),
    exhibit("warcinfo of another crawl", fix("warcinfo", b"crawl: c", b"crawl: x"),
            "end: its field crawl is 'c', but that of the file's first record is 'x'"),
    exhibit("warcinfo of another format", fix("warcinfo", b"WARC File Format 1.1", b"WARC File Format 1.0"),
            "warcinfo: its field format is 'WARC File Format 1.0', but this program writes 'WARC File Format 1.1'"),
    exhibit("end of another run", fix("end", b"run: r", b"run: x"),
            "end: its field run is 'x', but that of the file's first record is 'r'"),
    exhibit("an end that is done and was not", fix("end", b"ended: finished", b"ended: shutdown"),
            "end: its field done is 'yes', but a run that ended as 'shutdown' was not done"),
    exhibit("the end first", _end_first, "end: records follow it, but it is the last that a run writes"),
    exhibit("a time that is none", fix("failed metadata", b"fetchTimeMs: 0", b"fetchTimeMs: x"),
            "failed metadata: its field fetchTimeMs is 'x', which this program does not write"),
    exhibit("no time", _without_note(b"fetchTimeMs"), "chunked metadata: its block has no field fetchTimeMs"),
    exhibit("hops that are none", _noted(b"hopsFromSeed: 3\r\n"),
            "chunked metadata: its field hopsFromSeed is '3', which this program does not write"),
    exhibit("via nowhere", _noted(b"via: somewhere\r\n"),
            "chunked metadata: its field via is 'somewhere', which this program does not write"),
    exhibit("a first attempt that says so", _noted(b"attempt: 1\r\n"),
            "chunked metadata: its field attempt is '1', which this program does not write"),
    exhibit("a note twice", _noted(b"wireLength: 76\r\n"),
            "chunked metadata: its field wireLength stands there 2 times"),
    exhibit("notes without the wire", lambda piece: piece["chunked metadata"].put(b"fetchTimeMs: 0\r\n"),
            "chunked: no metadata record beside it tells the bytes as they were received"),
    exhibit("notes without the wire's length", _without_note(b"wireLength"),
            "chunked metadata: it does not tell length, digest and framing of the bytes received, but some of these",
            "chunked metadata: its wireLength is None, but the bytes given back are 76"),
    exhibit("an unknown note", _noted(b"weather: fine\r\n"), notes=(
            "chunked metadata: weather is no field of a block that this program knows",)),
    exhibit("no reason why nothing came", gone("failed metadata"),
            "failed request: no metadata record beside it says why there is no answer"),
    exhibit("no reason why it was no HTTP", gone("odd metadata"),
            "odd request: no metadata record beside it says why there is no answer"),
    exhibit("notes gone, and their name with them", _unlinked("chunked metadata", "chunked"),
            "chunked: no metadata record beside it tells the bytes as they were received"),
    exhibit("a request gone, and its name with it", _unlinked("page request", "page"),
            "page: no request record beside it says what was asked for"),
    exhibit("a response that names nothing", _drop("page", "WARC-Concurrent-To"),
            "page request: the response that it belongs to, {page}, does not name it"),
    exhibit("a request that names nothing", _drop("page request", "WARC-Concurrent-To"),
            "page request: it does not name the response that names it, {page}",
            "page request: no metadata record beside it says why there is no answer"),
    exhibit("notes that name nothing", _drop("chunked metadata", "WARC-Concurrent-To"),
            "chunked metadata: it does not name the response that names it, {chunked}"),
    exhibit("bytes as they came called a page", _set("odd", "Content-Type", "text/html"),
            "odd: its Content-Type is 'text/html', but bytes as they came are 'application/octet-stream'"),
]  # fmt: skip
