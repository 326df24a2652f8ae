"""ReplayWeb.page in a real Chromium: a server with ranges, a page that embeds it, the frame that shows the archive."""

from __future__ import annotations

import functools
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Error, Frame, Page, sync_playwright

from tests.replay.tools import CHROMIUM, CHROMIUM_OPTIONS, REPLAYWEBPAGE

EMBEDDING = """<!doctype html><meta charset="utf-8"><script src="/ui.js"></script>
<style>html, body {{ height: 100%; margin: 0 }}</style>
<replay-web-page source="/{source}" {url} embed="{embed}"></replay-web-page>"""

INDEX = """<!doctype html><meta charset="utf-8"><script src="./ui.js"></script><replay-app-main></replay-app-main>"""
"""What ReplayWeb.page's service worker gives for ``replay/``. Asked before the worker is at its place, the server must
give the same: ``onLoad`` of its ``embed.ts`` loads the frame again only as long as there is no worker, and keeps what
the server gave when there is one by then (its issue 412)."""

LOADED = "document.readyState === 'complete' && [...document.images].every(it => it.complete)"


class QuietServer(ThreadingHTTPServer):
    """A server that does not mind a browser that goes away."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a closed connection is no failure of a test."""


class RangeHandler(SimpleHTTPRequestHandler):
    """Files with byte ranges, as a WACZ is read."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: pytest shows what matters."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        asked = self.headers.get("Range")
        if not asked or not path.is_file():
            super().do_GET()
            return
        data = path.read_bytes()
        first, _, last = asked.removeprefix("bytes=").partition("-")
        start = int(first) if first else len(data) - int(last)
        end = int(last) + 1 if first and last else len(data)
        piece = data[start:end]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{start + len(piece) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(piece)))
        self.end_headers()
        self.wfile.write(piece)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback; yields its address."""
    server = QuietServer(("127.0.0.1", 0), functools.partial(RangeHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def lay_out(folder: Path, archive: Path, url: str, embed: str = "default") -> None:
    """Put ReplayWeb.page, the archive and a page that embeds both into a folder."""
    (folder / "replay").mkdir(parents=True, exist_ok=True)
    for name in ("ui.js", "sw.js"):
        shutil.copy(REPLAYWEBPAGE / name, folder / name)
        shutil.copy(REPLAYWEBPAGE / name, folder / "replay" / name)
    (folder / "replay/index.html").write_text(INDEX, "utf-8")
    shutil.copy(archive, folder / archive.name)
    at = f'url="{url}"' if url else ""
    (folder / "index.html").write_text(EMBEDDING.format(source=quote(archive.name), url=at, embed=embed), "utf-8")


@contextmanager
def shown(folder: Path, archive: Path, url: str, embed: str = "default", place: str = "") -> Iterator[Page]:
    """Open an archive at *url* in ReplayWeb.page; yields the browser page that embeds it.

    :param embed: ``default``, or ``full`` with all its controls
    :param place: fragment that says what is shown first
    """
    lay_out(folder, archive, url, embed)
    with served(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        try:
            page = browser.new_page(viewport={"width": 1200, "height": 800})
            page.goto(f"{address}/index.html{place}")
            yield page
        finally:
            browser.close()


def replayed(page: Page, selector: str) -> Frame:
    """The frame of the archived page, once it shows *selector*.

    :raises AssertionError: when it does not within a minute
    """
    return _shown(page, lambda frame: frame.query_selector(selector) is not None, repr(selector))


def turned_to(page: Page, url: str, ts: str) -> Frame:
    """The frame of another archived page, once it is there with all its images, as from the list of pages.

    :param ts: instant of its capture, 14 digits
    :raises AssertionError: when it is not there within a minute
    """
    page.evaluate("([url, ts]) => Object.assign(document.querySelector('replay-web-page'), {url, ts})", [url, ts])

    def is_there(frame: Frame) -> bool:
        return frame.url.endswith(f"{ts}mp_/{url}") and bool(frame.evaluate(LOADED))

    return _shown(page, is_there, f"{url} of {ts}")


def _shown(page: Page, is_right: Callable[[Frame], bool], what: str) -> Frame:
    for _ in range(240):
        for frame in page.frames:
            with suppress(Error):  # a frame that is on its way to another page
                if "mp_/" in frame.url and is_right(frame):
                    return frame
        page.wait_for_timeout(250)
    raise AssertionError(f"no frame shows {what}: {[frame.url for frame in page.frames]}")
