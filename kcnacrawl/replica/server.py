"""A small HTTP/1.1 server on loopback: every byte it sends is decided here, and it notes when each request came."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

from kcnacrawl.replica.answer import Answer, RawAnswer, Request

_MAX_HEAD = 65_536


@dataclass(slots=True)
class Seen:
    """One request as the server saw it; times are ``time.monotonic()`` seconds."""

    method: str
    target: str
    headers: dict[str, str]
    raw: bytes
    connection: int
    arrived: float
    """When the head was complete."""
    finished: float = 0.0
    """When the last byte of the answer had been handed to the connection; 0 while it is under way."""
    status: int = 0
    """Status of the answer; 0 for a misbehaving route."""
    sent: bytes | None = None
    """The answer byte for byte, when the server was told to keep it."""


class Server:
    """Serves ``respond`` from a thread of its own until closed."""

    def __init__(
        self,
        respond: Callable[[Request], Answer | RawAnswer],
        *,
        port: int = 0,
        context: ssl.SSLContext | None = None,
        gzip_level: int = 6,
        chunked: bool = True,
        keep_bytes: bool = False,
    ) -> None:
        self._respond = respond
        self._context = context
        self._gzip_level = gzip_level
        self._chunked = chunked
        self._keep_bytes = keep_bytes
        self._connections = 0
        self.requests: deque[Seen] = deque(maxlen=200_000)  # a replica left running for weeks must not grow
        self._tasks: set[asyncio.Task[None]] = set()
        self._socket = socket.create_server(("127.0.0.1", port), backlog=256)
        self.port: int = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="replica", daemon=True)
        self._thread.start()
        self._ready.wait()

    def close(self) -> None:
        """Stop listening, drop all connections, end the thread."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._accept, sock=self._socket, ssl=self._context, limit=_MAX_HEAD)
        self._ready.set()
        await self._stop.wait()
        # Closing the asyncio server now would leak the connections it has just taken (Python 3.11); stop taking first.
        self._loop.remove_reader(self._socket)
        ending: set[asyncio.Task[None]] = self._tasks
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in tuple(ending):
                task.cancel()
            await asyncio.wait(others, timeout=0.2)
            ending = others
        server.close()
        await asyncio.sleep(0)  # an aborted transport closes its socket in the next round of the loop

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._connections += 1
        try:
            if self._stop.is_set():
                raise asyncio.CancelledError
            await self._talk(reader, writer, self._connections)
        except (ConnectionError, TimeoutError, ssl.SSLError):
            writer.transport.abort()  # the client went away; that is its right
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> None:
        alive = True
        while alive:
            request = await _read_request(reader)
            if request is None:
                return
            seen = Seen(request.method, request.target, request.headers, request.raw, connection, time.monotonic())
            self.requests.append(seen)
            answer = self._respond(request)
            if isinstance(answer, RawAnswer):
                await self._write_raw(answer, writer, seen)
                return
            alive = request.headers.get("connection", "").lower() != "close"
            seen.status = answer.status
            data = self._frame(answer, request, alive)
            seen.sent = data if self._keep_bytes else None
            writer.write(data)
            await writer.drain()
            seen.finished = time.monotonic()

    async def _write_raw(self, answer: RawAnswer, writer: asyncio.StreamWriter, seen: Seen) -> None:
        for step in answer.steps:
            if isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
                if self._keep_bytes:
                    seen.sent = (seen.sent or b"") + step
            else:
                await asyncio.sleep(step)
        seen.finished = time.monotonic()
        if answer.reset:
            with suppress(OSError):
                linger = struct.pack("ii", 1, 0)  # close without waiting: the peer gets a reset
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def _frame(self, answer: Answer, request: Request, alive: bool) -> bytes:
        """The whole response as bytes: status line, headers, body in its coding and framing."""
        body = answer.body
        headers = [("Date", formatdate(usegmt=True)), ("Server", "replica")]
        if answer.content_type and (body or answer.status == 200):
            headers.append(("Content-Type", answer.content_type))
        headers += answer.headers
        text = answer.content_type.startswith(("text/", "application/"))
        if self._gzip_level and body and text and "gzip" in request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, self._gzip_level, mtime=0)
            headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        if self._chunked and body and answer.content_type.startswith("text/html"):
            headers.append(("Transfer-Encoding", "chunked"))
            half = max(1, len(body) // 2)
            body = (
                b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:half], body[half:]) if part)
                + b"0\r\n\r\n"
            )
        elif answer.status != 304:
            headers.append(("Content-Length", str(len(body))))
        headers.append(("Connection", "keep-alive" if alive else "close"))
        head = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n"
        return head.encode("latin-1") + (b"" if request.method == "HEAD" else body)


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection, or null when the client is done or does not speak HTTP."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None
    lines = raw.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3:
        return None
    pairs = (line.partition(":") for line in lines[1:] if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    length = headers.get("content-length", "0")
    if length.isdecimal() and int(length):
        raw += await reader.readexactly(int(length))
    return Request(words[0], words[1], headers, raw)
