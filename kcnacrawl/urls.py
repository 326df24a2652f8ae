"""Addresses: which article one names, where it stands on another host, how it is written in a WARC. No network here."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote

KCNAWATCH_HOSTS: frozenset[str] = frozenset(
    f"{www}kcnawatch.{suffix}" for www in ("", "www.") for suffix in ("org", "xyz", "co")
)
"""Every host name under which KCNA Watch is or was served."""

_IDENTITY = re.compile(r"kcnawatch:(?P<epoch>[0-9]{9,11})-(?P<number>[0-9]{1,10})")
# Digits, slug and everything before the path are loose on purpose: links of 2016 to 2026 differ in all of them.
_ARTICLE = re.compile(
    r"(?:(?:[Hh][Tt][Tt][Pp][Ss]?:)?//[^/?#\\]+)?"
    r"(?:/[^?#]*)?/newstream/+(?P<epoch>[0-9]{9,11})(?:-|%2[Dd])(?P<number>[0-9]{1,10})(?:[/?#]|$)"
)
# RFC 3986, appendix B: splits any string, so a hostile link cannot raise.
_PARTS = re.compile(
    r"(?:(?P<scheme>[^:/?#]+):)?(?://(?P<authority>[^/?#]*))?(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?:#.*)?", re.DOTALL
)
_ASCII_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9.:\[\]-]+/[!$-;=?-Z_a-z~]*")
# What a browser takes off both ends of an address, and out of the middle of it.
_AROUND = "".join(map(chr, range(33)))
_WITHIN = {ord(mark): None for mark in "\t\r\n"}


def _trim(url: str) -> str:
    return url.strip(_AROUND).translate(_WITHIN)


def article_id(url: str) -> str | None:
    """Give the identity of the article an address names, ``kcnawatch:<epoch>-<number>``, or ``None``.

    Host, path prefix, slug, query and a closing slash do not matter, so a mirror's links give the same identities.
    """
    match = _ARTICLE.match(_trim(url))
    return f"kcnawatch:{match['epoch']}-{match['number']}" if match else None


def canonical_url(identity: str) -> str:
    """Give the one address that stands for an identity; ``ValueError`` when it is not one of KCNA Watch."""
    match = _IDENTITY.fullmatch(identity)
    if not match:
        raise ValueError(f"{identity!r} is not an identity of KCNA Watch (kcnawatch:<epoch>-<number>)")
    return f"https://kcnawatch.org/newstream/{match['epoch']}-{match['number']}/"


def ingested_at(identity: str) -> str | None:
    """Give the instant KCNA Watch took an article in, UTC (``2016-01-04T06:46:56Z``); ``None`` for other identities."""
    match = _IDENTITY.fullmatch(identity)
    if not match:
        return None
    return datetime.fromtimestamp(int(match["epoch"]), UTC).isoformat()[:19] + "Z"


def rebase(url: str, base_url: str) -> str:
    """Move an address to ``base_url``'s scheme, host, port and path prefix; path and query stay, the fragment goes.

    The result never leaves ``base_url``'s host, whatever ``url`` is; an address already below it keeps its place.
    """
    asked, base = _PARTS.fullmatch(_trim(url)), _PARTS.fullmatch(_trim(base_url))
    if not asked or not base or not base["scheme"] or not base["authority"]:
        raise ValueError(f"{base_url!r} is not an absolute address")
    prefix, path = base["path"].rstrip("/"), asked["path"]
    if not path.startswith("/"):
        path = "/" + path
    if not (_same_origin(asked, base) and (path + "/").startswith(prefix + "/")):
        path = prefix + path
    return f"{base['scheme']}://{base['authority']}{path}{asked['query'] or ''}"


def _same_origin(one: re.Match[str], other: re.Match[str]) -> bool:
    return (one["authority"] or "").lower() == other["authority"].lower()


def target_uri(url: str) -> str:
    """Give an address as it is written in ``WARC-Target-URI``: percent-encoded ASCII, punycode host, no fragment.

    Escapes, port and letter case stay as they were asked for; an empty path becomes ``/``. User name and password go:
    they are sent in a header of their own, and are nobody's business in an archive.
    """
    if _ASCII_URL.fullmatch(url):
        return url
    parts = _PARTS.fullmatch(_trim(url))
    if not parts or not parts["scheme"] or parts["authority"] is None:
        return _escape(_trim(url).partition("#")[0])
    host = _ascii_host(parts["authority"].rpartition("@")[2])
    return f"{parts['scheme']}://{host}{_escape(parts['path']) or '/'}{_escape(parts['query'] or '')}"


def _escape(part: str) -> str:
    # Two halves of a surrogate pair become their character, a lone half U+FFFD: UTF-8 has neither.
    part = part.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return quote(part, safe="%/?:@!$&'()*+,;=-._~")


def _ascii_host(host: str) -> str:
    if host.isascii():
        return _escape(host) if not host.startswith("[") else host
    name, colon, port = host.partition(":")
    try:
        return name.encode("idna").decode("ascii") + colon + _escape(port)
    except UnicodeError:  # a label too long or empty: percent-encoded, as RFC 3986 allows
        return _escape(host)
