"""Keys under which an index keeps addresses (SURT): host turned round; letter case, sessions, query order undone.

The same keys as the ``surt`` package 0.3.1 gives, which pywb and cdxj-indexer use; own code, because that package is
under the AGPL, brings three others along and takes twenty times as long.
"""

from __future__ import annotations

import re
import socket
from functools import lru_cache
from urllib.parse import SplitResultBytes, quote_from_bytes, unquote_to_bytes

_PLAIN = re.compile(
    r"(?P<site>https?://[A-Za-z0-9.-]+(?::[0-9]+)?)"
    # Of escapes only those that stay: bytes outside ASCII.
    r"(?P<path>(?:/(?:[\w.~!$&'()*+,:;=@/-]++|%[89A-Fa-f][0-9A-Fa-f])*+)?)"
    r"(?:\?(?P<query>(?:[\w.~!$&'()*+,:;=@/?-]++|%[89A-Fa-f][0-9A-Fa-f])*+))?",
    re.ASCII,
)
_SESSIONS_IN_DOUBT = re.compile(r"sid=|sessionid|cfid=|\.aspx")

_SPLIT = re.compile(rb"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)
_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:")
_SCHEMES_BEFORE = re.compile(rb"\A(?:https?://)+(?=https?://)")
_BREAKS = re.compile(rb"[\n\r\t]")
_WWW = re.compile(rb"www[0-9]*\.")
_NUMBERS = re.compile(rb"(?:[1-9][0-9]*(?:\.[0-9]+){0,3}|0[0-7]*(?:\.[0-7]+){0,3})")
_UNESCAPED = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"

_PATH_SESSIONS = (
    re.compile(rb"(.*/)\((?:[a-z]\([0-9a-z]{24}\))+\)/([^?]+\.aspx.*)", re.IGNORECASE),
    re.compile(rb"(.*/)\([0-9a-z]{24}\)/([^?]+\.aspx.*)", re.IGNORECASE),
)
_QUERY_SESSIONS = tuple(
    re.compile(rb"(.*)%s(?:&(.*))?" % name, re.IGNORECASE)
    for name in (
        rb"jsessionid=[0-9a-z]{32}",
        rb"phpsessid=[0-9a-z]{32}",
        rb"sid=[0-9a-z]{32}",
        rb"aspsessionid[a-z]{8}=[a-z]{24}",
        rb"cfid=[^&]+&cftoken=[^&]+",
    )
)
_DEFAULT_PORTS = {b"http": 80, b"https": 443}


def surt(url: str) -> str:
    """The key of an address, ``kp,kcna)/en?page=2``; the address itself when it has no key, ``-`` when it is empty."""
    plain = _PLAIN.fullmatch(url)
    if plain is None:
        return _odd(url)
    site, path, query = plain.groups()
    start = _site(site)
    if start is None or "//" in path or "/." in path:
        return _odd(url)
    if (query or "(" in path) and _SESSIONS_IN_DOUBT.search(url.lower()):
        return _odd(url)
    path = path.lower()
    if path[-1:] == "/":
        path = path[:-1]
    return f"{start}{path or '/'}?{_reordered(query.lower())}" if query else f"{start}{path or '/'}"


@lru_cache(1024)
def _site(site: str) -> str | None:
    """The part of a key before the path; null when there is none."""
    key = _odd(f"{site}/")
    return key[:-1] if key.endswith(")/") else None


def _reordered(query: str) -> str:
    if "&" not in query:
        return query
    return "&".join(sorted(query.split("&"), key=lambda argument: argument.split("=", 1)))


def _odd(url: str) -> str:
    try:
        return _key(url.encode()).decode()
    except ValueError:
        return url


def _key(url: bytes) -> bytes:
    """:raises ValueError: when there is nothing but spaces, or the port is none"""
    if not url:
        return b"-"
    if url.startswith(b"filedesc"):
        return url
    scheme, host, port, path, query = _parts(url)
    host = _host(host, massage=scheme != b"dns")
    path = _unescaped(path)
    path = _path(_escaped(_normal(path) if host else path))
    query = _query(_escaped(_unescaped(query)))
    start = scheme + b":"
    if host:
        shown = b"" if port in (None, _DEFAULT_PORTS.get(scheme.lower(), 0)) else b":%d" % port
        start = b",".join(reversed(host.split(b"."))) + shown + b")"
    if not query:
        return start + path
    return start + (path or b"/") + b"?" + query


def _parts(url: bytes) -> tuple[bytes, bytes, int | None, bytes, bytes]:
    url = _BREAKS.sub(b"", url.strip())
    if not url:
        raise ValueError("no address")
    if not _SCHEME.match(url):
        url = b"http://" + url
    # The last of several schemes counts: http://https://example.org
    url = _SCHEMES_BEFORE.sub(b"", url, count=1)
    found = _SPLIT.fullmatch(url)
    assert found is not None
    scheme, netloc, path, query = (part or b"" for part in found.groups())
    split = SplitResultBytes(scheme, netloc.rstrip(b":"), path, query, b"")
    port, host = split.port or None, split.hostname or b""
    if scheme.startswith(b"http") and not host and path:
        host, _, path = path.lstrip(b"/").partition(b"/")
        path = b"/" + path
    return scheme, host, port, path, query


def _host(host: bytes, *, massage: bool) -> bytes:
    if not host:
        return b""
    host = _unescaped(host)
    if not host.isascii():
        host = _internationalised(host)
    host = host.replace(b"..", b".").strip(b".")
    host = (_address(host) or _escaped(host.lower())).lower()
    return _WWW.sub(b"", host, count=1) if massage and _WWW.match(host) else host


def _internationalised(host: bytes) -> bytes:
    try:
        return host.decode("utf-8", "ignore").encode("idna")
    except ValueError:
        return host


def _address(host: bytes) -> bytes | None:
    """An IPv4 address in any of its forms as four decimal numbers."""
    if host.isdigit():
        return socket.inet_ntoa((int(host) & 0xFFFFFFFF).to_bytes(4, "big")).encode()
    if not _NUMBERS.fullmatch(host):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host.decode())).encode()
    except OSError:
        return None


def _normal(path: bytes) -> bytes:
    """The path without empty names and dots; a ``..`` that leads out of the site stays."""
    kept: list[bytes] = []
    for name in path.split(b"/")[1:]:
        if name == b".." and kept:
            kept.pop()
        elif name != b".":
            kept.append(name)
    return b"/" + b"".join(name + b"/" for name in kept[:-1] if name) + b"".join(kept[-1:])


def _path(path: bytes) -> bytes:
    path = path.lower()
    for pattern in _PATH_SESSIONS:
        if found := pattern.fullmatch(path):
            path = found[1] + found[2]
    return path[:-1] if len(path) > 1 and path.endswith(b"/") else path


def _query(query: bytes) -> bytes:
    for pattern in _QUERY_SESSIONS:
        if found := pattern.fullmatch(query):
            query = found[1] + (found[2] or b"")
    return _reordered(query.lower().decode()).encode() if len(query) > 1 else query.lower()


def _escaped(data: bytes) -> bytes:
    return quote_from_bytes(data, safe=_UNESCAPED).encode()


def _unescaped(data: bytes) -> bytes:
    while (once := unquote_to_bytes(data)) != data:
        data = once
    return data
