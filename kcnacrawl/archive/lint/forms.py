"""What the values of fields must look like: in any file, and in files of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from ipaddress import ip_address

Check = Callable[[bytes], object]
"""Tells whether a value is as it must be: true or false, or what a regular expression gives."""

_UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
OUR_ID = re.compile(rb"<urn:uuid:" + _UUID + rb">")
ANY_ID = re.compile(rb"<[A-Za-z][A-Za-z0-9+.-]*:[!-;=?-~]+>")
_OUR_DATE = re.compile(
    rb"([0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}\.[0-9]{6}Z"
)
_DATE = re.compile(
    rb"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01])"
    rb"(?:T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?Z)?)?)?"
)
_URI = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:[!#$%&'()*+,./:;=?@\[\]_~0-9A-Za-z|^`{}\\-]+")
_OUR_URI = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:[!$%&'()*+,./:;=?@\[\]_~0-9A-Za-z-]+")
_BRACKETED = re.compile(rb"<[A-Za-z][A-Za-z0-9+.-]*:[!-;=?-~]+>")
_NUMBER = re.compile(rb"[0-9]{1,18}")
_OUR_DIGEST = re.compile(rb"sha256:[0-9a-f]{64}")
_DIGEST = re.compile(rb"[A-Za-z0-9-]+:[A-Za-z0-9+/=_-]+")
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PROTOCOL = re.compile(rb"[a-z][a-z0-9.-]*(?:/[0-9.]+)?")
_MEDIA_TYPE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*;.*)?", re.DOTALL)
_SEGMENT = re.compile(rb"[1-9][0-9]{0,17}")


def is_date(value: bytes) -> bool:
    """Whether a value is an instant or day of WARC/1.1 that the calendar has."""
    return _DATE.fullmatch(value) is not None and _in_calendar(value)


def is_our_date(value: bytes) -> bool:
    """The same with microseconds, as our writer puts it."""
    return _OUR_DATE.fullmatch(value) is not None and _in_calendar(value)


def _in_calendar(value: bytes) -> bool:
    # Days up to the 28th are in every month.
    if len(value) < 10 or value[8:10] < b"29":
        return value[:4] != b"0000"
    try:
        date.fromisoformat(value[:10].decode())
    except ValueError:
        return False
    return True


@lru_cache(4096)
def is_address(value: bytes) -> bool:
    """Whether a value is an IP address, in any way to write it."""
    try:
        ip_address(value.decode("ascii"))
    except ValueError:
        return False
    return True


@lru_cache(4096)
def is_our_address(value: bytes) -> bool:
    """The same in the one way of RFC 5952."""
    try:
        return ip_address(value.decode("ascii")).compressed.encode() == value
    except ValueError:
        return False


FORMS: dict[str, tuple[Check, str]] = {
    "warc-record-id": (ANY_ID.fullmatch, "is no URI in angle brackets"),
    "warc-date": (is_date, "is no instant in UTC (W3CDTF)"),
    "content-length": (_NUMBER.fullmatch, "is no number"),
    "content-type": (_MEDIA_TYPE.fullmatch, "is no media type"),
    "warc-block-digest": (_DIGEST.fullmatch, "is no labelled digest"),
    "warc-payload-digest": (_DIGEST.fullmatch, "is no labelled digest"),
    "warc-target-uri": (_URI.fullmatch, "is no percent-encoded URI"),
    "warc-concurrent-to": (ANY_ID.fullmatch, "is no URI in angle brackets"),
    "warc-warcinfo-id": (ANY_ID.fullmatch, "is no URI in angle brackets"),
    "warc-refers-to": (ANY_ID.fullmatch, "is no URI in angle brackets"),
    "warc-refers-to-target-uri": (_URI.fullmatch, "is no percent-encoded URI"),
    "warc-refers-to-date": (is_date, "is no instant in UTC (W3CDTF)"),
    "warc-ip-address": (is_address, "is no IP address"),
    "warc-truncated": (_TOKEN.fullmatch, "is no token"),
    "warc-segment-number": (_SEGMENT.fullmatch, "is no number from 1"),
    "warc-segment-origin-id": (ANY_ID.fullmatch, "is no URI in angle brackets"),
    "warc-segment-total-length": (_NUMBER.fullmatch, "is no number"),
    "warc-identified-payload-type": (_MEDIA_TYPE.fullmatch, "is no media type"),
    "warc-profile": (_URI.fullmatch, "is no URI"),
}
"""For any file: what tells whether a value is right, and what to say when it is not."""

OUR_FORMS: dict[str, tuple[Check, str]] = FORMS | {
    "warc-record-id": (OUR_ID.fullmatch, "is no <urn:uuid:…> of version 4"),
    "warc-concurrent-to": (OUR_ID.fullmatch, "is no <urn:uuid:…> of version 4"),
    "warc-warcinfo-id": (OUR_ID.fullmatch, "is no <urn:uuid:…> of version 4"),
    "warc-refers-to": (OUR_ID.fullmatch, "is no <urn:uuid:…> of version 4"),
    "warc-date": (is_our_date, "is no instant in UTC with microseconds"),
    "warc-target-uri": (_OUR_URI.fullmatch, "is no percent-encoded URI without fragment"),
    "warc-block-digest": (_OUR_DIGEST.fullmatch, "is no SHA-256 in lower-case hexadecimal"),
    "warc-ip-address": (is_our_address, "is no IP address as RFC 5952 writes it"),
    "warc-protocol": (_PROTOCOL.fullmatch, "names no protocol"),
    "warc-cipher-suite": (_TOKEN.fullmatch, "is no token"),
}
"""For files of ours. The payload digest of a revisit may be that of a foreign original."""

OLD_FORMS: dict[str, tuple[Check, str]] = FORMS | {
    "warc-target-uri": (
        lambda value: _URI.fullmatch(value) or _BRACKETED.fullmatch(value),
        "is no percent-encoded URI",
    ),
}
"""For WARC/1.0, whose grammar puts angle brackets around URIs."""
