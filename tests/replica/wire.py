"""A client that shows every byte: plain sockets, no HTTP library between server and test."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit


def fetch(url: str, *headers: str, method: str = "GET", limit: int = 1 << 22, wait: float = 5.0) -> bytes:
    """All bytes of one answer: until the server closes, ``limit`` bytes came or ``wait`` seconds brought none."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close", *headers, "", ""]
    received = b""
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=wait) as connection:
        connection.sendall("\r\n".join(lines).encode())
        while len(received) < limit:
            try:
                data = connection.recv(65_536)
            except TimeoutError:
                break
            if not data:
                break
            received += data
    return received


def split(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers with lower-case names, and the body without chunks."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    if headers.get("transfer-encoding") == "chunked":
        body = unchunk(body)
    return int(first.split(" ")[1]), headers, body


def unchunk(body: bytes) -> bytes:
    """The data of whole chunks, extensions and trailers ignored."""
    data = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        if not length:
            break
        data, body = data + body[:length], body[length + 2 :]
    return data


def page(url: str) -> str:
    """Text of a page that must answer 200."""
    status, _, body = split(fetch(url))
    assert status == 200, url
    return body.decode("utf-8")
