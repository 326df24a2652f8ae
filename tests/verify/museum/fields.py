"""Headers: every rule on fields of our own records broken once."""

from __future__ import annotations

from tests.verify.museum.exhibit import ANEW, Exhibit, restored
from tests.verify.museum.piece import Piece

UNKNOWN = "<urn:uuid:00000000-0000-4000-8000-000000000000>"


def _set(role: str, name: str, value: str | bytes, *said: str, what: str = "", notes: tuple[str, ...] = ()) -> Exhibit:
    def damage(piece: Piece) -> None:
        piece[role].set(name, value)

    found = restored(*(f"{role}: {one}" for one in said))
    return Exhibit(what or f"{name} of {role}: {value!r}", damage, found, notes)


def _without(role: str, name: str, *more: str) -> Exhibit:
    said = restored(f"{role}: it has no {name}", *more)
    return Exhibit(f"{role} without {name}", lambda piece: piece[role].drop(name), said)


def _added(role: str, name: str, value: str, *said: str, notes: tuple[str, ...] = ()) -> Exhibit:
    return Exhibit(
        f"{role} with {name}",
        lambda piece: piece[role].add(name, value),
        restored(*(f"{role}: {one}" for one in said)),
        notes=notes,
    )


def _twice(role: str, name: str) -> Exhibit:
    def damage(piece: Piece) -> None:
        piece[role].add(name, piece[role][name].decode())

    return Exhibit(f"{name} twice", damage, restored(f"{role}: {name} stands there 2 times"))


NOT_OURS = "its WARC-JSON-Metadata does not tell what was redacted, which is all that this program writes there"


def _address(value: bytes | str, *said: str, what: str = "") -> Exhibit:
    """The address of a request alone; that of the record beside it is another one then."""
    shown = value if isinstance(value, str) else value.decode().replace("\r", "\\r")
    exhibit = _set("failed request", "WARC-IP-Address", value, *said, what=what)
    other = restored("failed metadata: its WARC-IP-Address is '192.0.2.7', that of the record it is concurrent to, "
                     f"{{failed request}}, is '{shown}'")  # fmt: skip
    return Exhibit(exhibit.what, exhibit.damage, (*exhibit.said, *other))


def _line_end(piece: Piece) -> None:
    piece["page"].line_end = b"\n"


def _version(piece: Piece) -> None:
    piece["page"].version = b"WARC/2.0"


EXHIBITS = [
    _without("page", "WARC-Date",
             "page request: its WARC-Date is 2026-03-01T04:05:06.000789Z, that of the record it is concurrent to, "
             "{page}, is ", "revisit: its WARC-Refers-To-Date is 2026-03-01T04:05:06.000789Z, that of the original, "
             "in {path} at {at_page}, is ", "unchanged: its WARC-Refers-To-Date is 2026-03-01T04:05:06.000789Z, "
             "that of the original, in {path} at {at_page}, is "),
    _without("chunked", "WARC-Target-URI",
             "chunked request: its WARC-Target-URI is http://mirror.example/b, that of the record it is concurrent to, "
             "{chunked}, is "),
    _without("chunked", "WARC-Warcinfo-ID"),
    _without("chunked", "WARC-Block-Digest"),
    _without("chunked", "WARC-Payload-Digest"),
    _without("failed request", "Content-Type"),
    _without("revisit", "WARC-Profile"),
    _without("revisit", "WARC-Refers-To"),
    _without("revisit", "WARC-Refers-To-Target-URI"),
    _without("unchanged", "WARC-Refers-To-Date"),
    _without("unchanged", "WARC-Payload-Digest"),
    _without("warcinfo", "WARC-Filename"),
    _set("end", "WARC-Record-ID", "urn:uuid:1", "its WARC-Record-ID 'urn:uuid:1' is no <urn:uuid:…> of version 4",
         what="record id without brackets"),
    _set("end", "WARC-Record-ID", "<urn:uuid:0000000a-0000-1000-8000-000000000000>",
         "its WARC-Record-ID '<urn:uuid:0000000a-0000-1000-8000-000000000000>' is no <urn:uuid:…> of version 4"),
    _set("end", "WARC-Date", "2026-03-01 04:05:06", "its WARC-Date '2026-03-01 04:05:06' is no instant in UTC with "
         "microseconds"),
    _set("end", "WARC-Date", "2026-02-30T04:05:06.000000Z", "its WARC-Date '2026-02-30T04:05:06.000000Z' is no "
         "instant in UTC with microseconds"),
    _set("end", "WARC-Target-URI", "<urn:kcnacrawl:crawl:c>", "its WARC-Target-URI '<urn:kcnacrawl:crawl:c>' is no "
         "percent-encoded URI without fragment"),
    _set("failed request", "WARC-Target-URI", "http://mirror.example/d d",
         "its WARC-Target-URI 'http://mirror.example/d d' is no percent-encoded URI without fragment",
         "it asks for /d, but its WARC-Target-URI is http://mirror.example/d d"),
    _set("failed request", "WARC-Target-URI", "http://mirror.example/d#part",
         "its WARC-Target-URI 'http://mirror.example/d#part' is no percent-encoded URI without fragment",
         "it asks for /d, but its WARC-Target-URI is http://mirror.example/d#part"),
    _address("192.0.2.007", "its WARC-IP-Address '192.0.2.007' is no IP address as RFC 5952 writes it"),
    _address("2001:DB8::1", "its WARC-IP-Address '2001:DB8::1' is no IP address as RFC 5952 writes it"),
    _set("chunked", "WARC-Truncated", "bored", "its WARC-Truncated 'bored' is none of the known reasons",
         "no metadata record beside it says why it was cut off"),
    _set("failed request", "Content-Type", "text/plain",
         "its Content-Type is 'text/plain', but that of a request record is 'application/http;msgtype=request'"),
    _set("failed request", "Content-Type", "plain", "its Content-Type 'plain' is no media type",
         "its Content-Type is 'plain', but that of a request record is 'application/http;msgtype=request'"),
    _set("failed request", "WARC-Type", "demand", "'demand' is no type of record that is known"),
    _set("odd", "WARC-Type", "conversion", "WARC-Concurrent-To may not stand on a conversion record",
         "WARC-IP-Address may not stand on a conversion record", "this program writes no conversion records"),
    _set("chunked", "WARC-Warcinfo-ID", UNKNOWN, f"the warcinfo record, {UNKNOWN}, is in none of the files"),
    Exhibit("warcinfo id of another record",
            lambda piece: piece["chunked"].set("WARC-Warcinfo-ID", piece["page"].id),
            ("chunked: its WARC-Warcinfo-ID is that of a response record; " + ANEW + ".",)),
    _set("chunked", "WARC-Block-Digest", "sha256:" + "0" * 64, "its WARC-Block-Digest is not that of its bytes"),
    _set("chunked", "WARC-Payload-Digest", "sha256:" + "0" * 64, "its WARC-Payload-Digest is not that of its bytes"),
    _set("chunked", "WARC-Block-Digest", "sha256:" + "A" * 52,
         f"its WARC-Block-Digest 'sha256:{'A' * 52}' is no SHA-256 in lower-case hexadecimal",
         "its WARC-Block-Digest is not that of its bytes", what="digest in Base32"),
    _set("chunked", "WARC-Payload-Digest", "sha256:12", "its WARC-Payload-Digest 'sha256:12' is no digest of its "
         "algorithm"),
    _set("warcinfo", "WARC-Filename", "another.warc.gz",
         "its WARC-Filename is 'another.warc.gz'; name it another.warc.gz again."),
    _added("page", "WARC-Refers-To", UNKNOWN, "WARC-Refers-To may not stand on a response record"),
    _added("page", "WARC-Refers-To-Date", "2026-01-01T00:00:00Z",
           "WARC-Refers-To-Date may not stand on a response record"),
    _added("page", "WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/server-not-modified",
           "WARC-Profile may not stand on a response record"),
    _added("page", "WARC-Filename", "a.warc.gz", "WARC-Filename may not stand on a response record"),
    _added("warcinfo", "WARC-Target-URI", "urn:a", "WARC-Target-URI may not stand on a warcinfo record"),
    _added("warcinfo", "WARC-IP-Address", "192.0.2.7", "WARC-IP-Address may not stand on a warcinfo record"),
    _added("end", "WARC-Payload-Digest", "sha256:" + "0" * 64,
           "WARC-Payload-Digest may not stand on a metadata record"),
    _added("page", "WARC-Segment-Origin-ID", UNKNOWN, "WARC-Segment-Origin-ID may not stand on a response record"),
    _twice("end", "WARC-Date"),
    _twice("page", "WARC-IP-Address"),
    _twice("chunked", "Content-Type"),
    Exhibit("lines that end in LF", _line_end, restored("page: a line of its header does not end in CRLF")),
    Exhibit("an unknown version", _version, restored("page: 'WARC/2.0' is no version of WARC")),
    _address(b"192.0.2.7\rX: 1", "the value of WARC-IP-Address has a carriage return in it",
         "its WARC-IP-Address '192.0.2.7\\rX: 1' is no IP address as RFC 5952 writes it", what="CR in a field"),
    _set("page", "WARC-Cipher-Suite", b"a\x00b", "the value of WARC-Cipher-Suite has a control character in it",
         "its WARC-Cipher-Suite 'a\\x00b' is no token",
         "it has a WARC-Cipher-Suite, but no WARC-Protocol that names TLS", what="control character in a field"),
    _set("page", "WARC-JSON-Metadata", b'{"a":\r\n "b"}',
         "the value of WARC-JSON-Metadata is folded over several lines", NOT_OURS, what="folded line"),
    _set("page", "WARC-JSON-Metadata", b"=?utf-8?Q?a?=", "the value of WARC-JSON-Metadata is an encoded word",
         NOT_OURS, what="encoded word"),
    _set("page", "WARC-JSON-Metadata", b"\xff", "the value of WARC-JSON-Metadata is not UTF-8", NOT_OURS,
         what="not UTF-8"),
    _set("page", "WARC-JSON-Metadata", b" a", "WARC-JSON-Metadata is not written as one space and the value",
         NOT_OURS, what="two spaces"),
    _set("page", "WARC-JSON-Metadata", b"", "WARC-JSON-Metadata has no value", NOT_OURS,
         what="empty value"),
    _added("page", "WARC JSON", "a", "'WARC JSON' is no name of a field", notes=(
           "page: WARC JSON is no field that this program knows",)),
    _set("page", "WARC-JSON-Metadata", b"a\r\nnonsense", "a line of its header is no field: 'nonsense'",
         NOT_OURS, what="line without colon"),
]  # fmt: skip
