"""nginx over a folder of static pages, with a configuration of its own, on a free port of loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIGURATION = """\
daemon off;
worker_processes 1;
pid "{state}/nginx.pid";
error_log "{state}/error.log";
{user}events {{ worker_connections 512; }}
http {{
    types {{ text/html html; text/plain txt; }}
    charset utf-8;
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    client_body_temp_path "{state}/body";
    proxy_temp_path "{state}/proxy";
    fastcgi_temp_path "{state}/fastcgi";
    uwsgi_temp_path "{state}/uwsgi";
    scgi_temp_path "{state}/scgi";
    server {{
        listen 127.0.0.1:{port};
        root "{pages}";
        index index.html;
        {gzip}
    }}
}}
"""

GZIP = {"off": "gzip off;", "on": "gzip on;", "static": "gzip_static on;"}
"""How pages are coded for a client that takes gzip: not at all; on the fly as Debian's nginx does; made beforehand."""


class ServerError(RuntimeError):
    """nginx cannot serve; the message is one sentence."""


def configuration(pages: Path, state: Path, port: int, gzip: str, *, root: bool) -> str:
    """Text of nginx.conf. *root*: nginx would leave root for a user who may not read a temporary folder."""
    user = "user root;\n" if root else ""
    return CONFIGURATION.format(pages=pages, state=state, port=port, gzip=GZIP[gzip], user=user)


@contextmanager
def nginx(pages: Path, state: Path, gzip: str, *, root: bool) -> Iterator[str]:
    """Serve *pages*; gives the address without a slash at the end. *state* takes what nginx writes."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise ServerError("nginx is not installed.")
    port = free_port()
    (state / "nginx.conf").write_text(configuration(pages, state, port, gzip, root=root), "utf-8")
    command = [program, "-p", str(state), "-e", str(state / "error.log"), "-c", str(state / "nginx.conf")]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, server, state / "error.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        if server.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    said = log.read_text("utf-8").strip().splitlines() if log.exists() else []
    raise ServerError(f"nginx did not start{': ' + said[-1] if said else '.'}")
