"""A server that sends exactly the bytes it is told to, over plain sockets or TLS, and a client that reads them raw."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

Step = bytes | float | str
"""Bytes to send; seconds to wait; or how to end: ``"reset"`` (RST), ``"silence"`` (say nothing more), ``"keep"`` (serve
on), ``"drop"`` (close without the end that TLS wants). Without one of these the connection is closed properly."""

Script = Callable[[bytes, int], Iterable[Step]]
"""What to do about a request, given its bytes and its number on its connection, from 1."""


@dataclass
class Connection:
    """What happened on one accepted connection, as the server saw it. Instants are those of ``time.monotonic``."""

    requests: list[bytes] = field(default_factory=list)
    began: list[float] = field(default_factory=list)
    """When the first byte of each request came."""
    ended: list[float] = field(default_factory=list)
    """When the last byte of each answer was sent."""


class WireServer:
    """Serve *script* on a loopback port, a thread per connection, until the ``with`` block ends."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1") -> None:
        self._script = script
        self._tls = tls
        self._listener = socket.create_server((address, 0), backlog=100)
        self.port: int = self._listener.getsockname()[1]
        self.authority = f"127.0.0.1:{self.port}"
        self.url = f"{'https' if tls else 'http'}://{self.authority}"
        self.connections: list[Connection] = []
        self._stopped = threading.Event()

    def __enter__(self) -> WireServer:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stopped.set()
        self._listener.close()

    @property
    def requests(self) -> list[bytes]:
        """All requests in the order of their connections."""
        return [request for connection in self.connections for request in connection.requests]

    @property
    def visits(self) -> list[tuple[float, float, bytes]]:
        """Begin, end and bytes of every request answered, in the order they came."""
        return sorted(visit for seen in self.connections for visit in zip(seen.began, seen.ended, seen.requests))  # noqa: B905 - the last may be unanswered

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError):
            if self._tls is not None:
                client = self._tls.wrap_socket(client, server_side=True)
        seen = Connection()
        self.connections.append(seen)
        with suppress(OSError), client:
            while (request := self._read_request(client, seen)) and self._answer(client, request, seen):
                pass

    def _read_request(self, client: socket.socket, seen: Connection) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = client.recv(65536)
            if not piece:
                return b""
            if not data:
                seen.began.append(time.monotonic())
            data += piece
        seen.requests.append(data)
        return data

    def _answer(self, client: socket.socket, request: bytes, seen: Connection) -> bool:
        end: Step = "close"
        for end in self._script(request, len(seen.requests)):
            if isinstance(end, bytes):
                # The client may ask again before we know that it has all.
                seen.ended[len(seen.requests) - 1 :] = [time.monotonic()]
                client.sendall(end)
            elif isinstance(end, float):
                time.sleep(end)
        if end == "silence":
            self._stopped.wait(30)
        elif end == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif isinstance(client, ssl.SSLSocket) and end not in ("keep", "drop"):
            client.settimeout(2)
            client.unwrap()
        return end == "keep"


def path_of(request: bytes) -> str:
    """Return the path of a request, also of one made through a proxy."""
    target = request.split(b" ", 2)[1].decode("latin-1")
    return "/" + target.split("/", 3)[3] if target.startswith("http") else target


def read_raw(server: WireServer, request: bytes, limit: int, tls: ssl.SSLContext | None = None) -> bytes:
    """Send *request* over a socket of our own and return what comes back: to the end, or *limit* bytes of it."""
    received = b""
    client = socket.create_connection(("127.0.0.1", server.port), timeout=5)
    with suppress(OSError), client:
        wrapped = tls.wrap_socket(client) if tls else client
        wrapped.sendall(request)
        while len(received) < limit and (piece := wrapped.recv(65536)):
            received += piece
    return received


def drip(data: bytes, pause: float) -> Iterator[Step]:
    """Send byte by byte, with a pause before each."""
    for at in range(len(data)):
        yield pause
        yield data[at : at + 1]
