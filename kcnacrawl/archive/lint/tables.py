"""Which field may, must or must not stand on which record: the tables of WARC/1.1, and those of our own writer."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = frozenset({"warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation"})
CAPTURED = frozenset({"response", "resource", "request", "metadata", "revisit"})

ALWAYS = ("warc-type", "warc-record-id", "warc-date", "content-length")
MUST = {
    "response": ("warc-target-uri",),
    "resource": ("warc-target-uri",),
    "request": ("warc-target-uri",),
    "revisit": ("warc-target-uri", "warc-profile"),
    "conversion": ("warc-target-uri",),
    "continuation": ("warc-target-uri", "warc-segment-number", "warc-segment-origin-id"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the specification or a known extension."""

    name: str
    on: frozenset[str]
    """Types of record on which it may stand."""

    repeats: bool = False
    ours: bool = False
    """Whether our own writer writes it."""


def _but(*kinds: str) -> frozenset[str]:
    return KINDS - frozenset(kinds)


_SEGMENTED = _but("warcinfo", "request", "metadata", "revisit")
FIELDS = {
    field.name.lower(): field
    for field in (
        Field("WARC-Type", KINDS, ours=True),
        Field("WARC-Record-ID", KINDS, ours=True),
        Field("WARC-Date", KINDS, ours=True),
        Field("Content-Length", KINDS, ours=True),
        Field("Content-Type", KINDS, ours=True),
        Field("WARC-Block-Digest", KINDS, ours=True),
        Field("WARC-Payload-Digest", _but("warcinfo", "metadata"), ours=True),
        Field("WARC-Target-URI", _but("warcinfo"), ours=True),
        Field("WARC-Concurrent-To", CAPTURED, repeats=True, ours=True),
        Field("WARC-Warcinfo-ID", _but("warcinfo"), ours=True),
        Field("WARC-Filename", frozenset({"warcinfo"}), ours=True),
        Field("WARC-IP-Address", CAPTURED, ours=True),
        Field("WARC-Refers-To", frozenset({"metadata", "revisit", "conversion"}), ours=True),
        Field("WARC-Refers-To-Target-URI", frozenset({"revisit"}), ours=True),
        Field("WARC-Refers-To-Date", frozenset({"revisit"}), ours=True),
        Field("WARC-Profile", frozenset({"revisit"}), ours=True),
        Field("WARC-Truncated", KINDS, ours=True),
        Field("WARC-Identified-Payload-Type", _but("warcinfo", "metadata")),
        Field("WARC-Segment-Number", _SEGMENTED),
        Field("WARC-Segment-Origin-ID", frozenset({"continuation"})),
        Field("WARC-Segment-Total-Length", frozenset({"continuation"})),
        Field("WARC-Protocol", CAPTURED, repeats=True, ours=True),
        Field("WARC-Cipher-Suite", CAPTURED, ours=True),
        Field("WARC-JSON-Metadata", KINDS, ours=True),
        Field("WARC-Etag", CAPTURED, ours=True),
        Field("WARC-Last-Modified", CAPTURED, ours=True),
    )
}
"""Fields by their name in lower case. Any other name is an extension of its writer, which the specification allows."""

OURS_MUST = {
    "warcinfo": ("warc-filename", "content-type", "warc-block-digest"),
    "response": ("warc-warcinfo-id", "content-type", "warc-block-digest", "warc-payload-digest"),
    "resource": ("warc-warcinfo-id", "content-type", "warc-block-digest", "warc-payload-digest"),
    "request": ("warc-warcinfo-id", "content-type", "warc-block-digest"),
    "metadata": ("warc-warcinfo-id", "content-type", "warc-block-digest"),
    "revisit": (
        *("warc-warcinfo-id", "warc-block-digest", "warc-payload-digest"),
        *("warc-refers-to", "warc-refers-to-target-uri", "warc-refers-to-date"),
    ),
}
"""What our own writer puts on records besides what the specification asks for; these are the types it writes."""

PROFILES = {
    b"http://netpreserve.org/warc/1.%d/revisit/%s" % (minor, name): name.decode()
    for minor in (0, 1)
    for name in (b"identical-payload-digest", b"server-not-modified")
}

CONTENT_TYPES = {
    "response": b"application/http;msgtype=response",
    "revisit": b"application/http;msgtype=response",
    "request": b"application/http;msgtype=request",
    "warcinfo": b"application/warc-fields",
    "metadata": b"application/warc-fields",
}
"""``Content-Type`` of our own records, and of HTTP captures of any writer, white space and quotes aside."""

TRUNCATED = frozenset({b"length", b"time", b"disconnect", b"unspecified"})
