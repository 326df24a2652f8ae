"""Keys of answers to requests other than GET, so that they do not take the place of the page at the same address.

The form is the one that pywb 2.10 looks up: ``__wb_method=POST`` and the body of the request as a query.
"""

from __future__ import annotations

import base64
import json
import math
import re
from typing import Any, NamedTuple
from urllib.parse import unquote_plus, urlencode

from kcnacrawl.archive.cdxj.http import Block, read_head

QUERY_MAX = 4096
"""Characters of a body that make it into the key; pywb cuts there, too."""

_WITH_BODY = frozenset({"POST", "PUT"})
_BOUNDARY = re.compile(r"boundary=\"?([^\";]+)")
_PART_NAME = re.compile(rb"[;\s]name=\"([^\"]*)\"")


class Asked(NamedTuple):
    """A request that was no GET."""

    method: str
    query: str
    """Its body as a query, cut to ``QUERY_MAX``."""

    def key_url(self, url: str) -> str:
        """The address to make the key of."""
        query = f"&{self.query}" if self.query else ""
        return f"{url}{'&' if '?' in url else '?'}__wb_method={self.method}{query}"


def asked(block: Block) -> Asked | None:
    """What a request asked for; null when it was a GET, or is no request at all."""
    if bytes(block[:4]) == b"GET ":
        return None
    head = read_head(block)
    method = head.method().upper()
    if not method.isalpha() or method == "GET":
        return None
    query = _query(bytes(block[head.end :]), head.content_type() or "") if method in _WITH_BODY else ""
    return Asked(method, query[:QUERY_MAX])


def _query(body: bytes, mime: str) -> str:
    try:
        if mime.startswith("application/x-www-form-urlencoded"):
            return unquote_plus(body.decode())
        if mime.startswith("multipart/"):
            return urlencode(_parts(body, mime))
        if mime.startswith(("application/json", "text/plain")):
            return urlencode(_flat(body))
    except (ValueError, OverflowError, RecursionError):
        if mime.startswith("application/json"):
            return ""
    return "__wb_post_data=" + base64.b64encode(body).decode()


def _parts(body: bytes, mime: str) -> list[tuple[bytes, bytes]]:
    """:raises ValueError: when the body is not what its type says"""
    boundary = _BOUNDARY.search(mime)
    if boundary is None:
        raise ValueError("no boundary")
    found = []
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode())[1:]:
        if part.startswith(b"--"):
            break
        head, _, value = part.partition(b"\r\n\r\n")
        name = _PART_NAME.search(head)
        if name is None:
            raise ValueError("a part without name")
        found.append((name[1], value))
    return found


def _flat(body: bytes) -> dict[str, str]:
    """Names and values of JSON, or of lines of JSON; a name that comes again gets a number.

    :raises ValueError: when it is none
    """
    try:
        documents = [json.loads(body)]
    except ValueError:
        documents = [json.loads(line) for line in body.strip().split(b"\n")]
    flat: dict[str, str] = {}
    seen: dict[str, int] = {}
    for document in documents:
        _flatten(document, "", flat, seen)
    return flat


def _flatten(value: Any, name: str, flat: dict[str, str], seen: dict[str, int]) -> None:
    if isinstance(value, dict):
        for key, below in value.items():
            _flatten(below, key, flat, seen)
    elif isinstance(value, list):
        for below in value:
            _flatten(below, name, flat, seen)
    elif name:
        if name in flat:
            seen[name] = seen.get(name, 1) + 1
            name = f"{name}.{seen[name]}_"
        flat[name] = _shown(value)


def _shown(value: object) -> str:
    """As JavaScript would show it."""
    if isinstance(value, float) and math.modf(value)[0] == 0.0:
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value)
