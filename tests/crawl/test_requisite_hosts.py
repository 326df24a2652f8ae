"""What pages need to be seen, on small sites made for the case: other hosts, circles, endless lists, sick servers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson
from warcio.archiveiterator import ArchiveIterator

from kcnacrawl.replica.jpeg import photograph
from tests.crawl.running import Run, crawl, scrapy
from tests.crawl.test_requisites import photos, stats_of

Answers = dict[str, tuple[int, str, bytes]]
"""By path: status, content type (or where to, for a redirect) and body."""


@contextmanager
def serving(answers: Answers, host: str = "127.0.0.1") -> Iterator[tuple[str, list[str]]]:
    """A small site on an address of this machine: its address and the paths it was asked for."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            status, kind, body = answers.get(self.path, (404, "text/plain", b"none"))
            self.send_response(status)
            self.send_header("Location" if 300 < status < 400 else "Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer((host, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{host}:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()


ARTICLE = "/newstream/1763948357-1/stone-bridge-opened/"
JPEG = (200, "image/jpeg", photograph(7))


def article(content: str, head: str = "") -> tuple[int, str, bytes]:
    text = "".join(
        f"<p>The stone bridge of Mulbit was opened to traffic, sentence {n} of this report.</p>" for n in range(9)
    )
    return (
        200,
        "text/html; charset=utf-8",
        f"<!DOCTYPE html><html><head><title>Stone Bridge Opened | KCNA Watch</title>{head}</head><body>"
        "<h1>Stone Bridge Opened</h1><div>Date: 24/11/2025 | Source: KCNA.kp (En) | Read original version at source"
        "</div>"
        f"<div class=article-content>{content}{text}</div></body></html>".encode(),
    )


def crawl_one(folder: Path, url: str, *settings: str, limit: int = 9) -> Run:
    options = [part for setting in settings for part in ("-s", setting)]
    return crawl(folder, url, "-a", f"start_urls={url}{ARTICLE}", "-a", f"limit={limit}", *options)


def test_a_photo_behind_redirects_is_the_one_they_lead_to(tmp_path: Path) -> None:
    answers: Answers = {ARTICLE: article("<img src=/old.jpg>"), "/new.jpg": JPEG}
    answers |= {"/old.jpg": (301, "/moved.jpg", b""), "/moved.jpg": (302, "/new.jpg", b"")}
    with serving(answers) as (url, _):
        run = crawl_one(tmp_path, url)
    assert run.status == 0, run.err[-2000:]
    (photo,) = photos(run)
    assert photo["url"] == f"{url}/old.jpg"
    assert photo["sha256"] == sha256(photograph(7)).hexdigest()
    with run.warc.open("rb") as file:
        file.seek(photo["receipt"]["offset"])
        assert next(ArchiveIterator(file)).rec_headers.get_header("WARC-Target-URI") == f"{url}/new.jpg"
    again = scrapy(tmp_path, "reextract", str(run.warc), "-o", "again.jsonl")
    assert again.status == 0, again.err
    assert [orjson.loads(line) for line in (tmp_path / "again.jsonl").read_bytes().splitlines()] == run.articles


def test_other_hosts_are_asked_only_when_they_are_named(tmp_path: Path) -> None:
    pages: Answers = {}
    with serving({"/far.jpg": JPEG}, "127.0.0.2") as (other, far), serving(pages) as (url, _):
        pages[ARTICLE] = article(f"<img src={other}/far.jpg>")
        for folder in ("without", "with"):
            (tmp_path / folder).mkdir()
        run = crawl_one(tmp_path / "without", url)
        assert run.status == 0, run.err[-2000:]
        assert far == []
        assert photos(run)[0]["receipt"] is None
        host = other.removeprefix("http://")
        assert stats_of(run)[f"requisites/not_asked/{host}"] == 1
        assert stats_of(run)["photos/missing/other_host"] == 1
        run = crawl_one(tmp_path / "with", url, f"REQUISITES_HOSTS={host}")
    assert run.status == 0, run.err[-2000:]
    assert far == ["/robots.txt", "/far.jpg"]
    assert photos(run)[0]["sha256"] == sha256(photograph(7)).hexdigest()


def test_robots_txt_of_another_host_is_obeyed_and_its_loss_fails_nothing(tmp_path: Path) -> None:
    closed = (200, "text/plain", b"User-agent: *\nDisallow: /far")
    for name, robots in (("closed", closed), ("ill", (500, "text/plain", b"sick"))):
        far_files: Answers = {"/far.jpg": JPEG, "/robots.txt": robots}
        pages: Answers = {}
        with serving(far_files, "127.0.0.2") as (other, far), serving(pages) as (url, _):
            pages[ARTICLE] = article(f"<img src={other}/far.jpg>")
            (tmp_path / name).mkdir()
            host = other.removeprefix("http://")
            run = crawl_one(tmp_path / name, url, f"REQUISITES_HOSTS={host}", "RETRY_TIMES=0")
        assert run.status == 0, run.err[-2000:]
        assert far == ["/robots.txt"]
        assert stats_of(run)["requisites/failed/robots"] == 1


def test_a_name_that_leads_into_a_private_network_is_not_asked(tmp_path: Path) -> None:
    pages: Answers = {}
    with serving({"/far.jpg": JPEG}) as (other, far), serving(pages, "127.0.0.2") as (url, _):
        port = other.rpartition(":")[2]
        pages[ARTICLE] = article(f"<img src=http://localhost:{port}/far.jpg>")
        run = crawl_one(tmp_path, url, f"REQUISITES_HOSTS=localhost:{port}")
    assert run.status == 0, run.err[-2000:]
    assert far == []
    assert stats_of(run)["requisites/failed/private_host"] == 1


def test_sheets_that_import_one_another_in_a_circle_end(tmp_path: Path) -> None:
    answers: Answers = {ARTICLE: article("", head="<link rel=stylesheet href=/0.css>")}
    answers |= {f"/{n}.css": (200, "text/css", f"@import '/{(n + 1) % 3}.css';".encode()) for n in range(3)}
    with serving(answers) as (url, seen):
        run = crawl_one(tmp_path, url)
    assert run.status == 0, run.err[-2000:]
    assert [path for path in seen if path.endswith(".css")] == ["/0.css", "/1.css", "/2.css"]


def test_sheets_below_sheets_end_at_a_depth(tmp_path: Path) -> None:
    answers: Answers = {ARTICLE: article("", head="<link rel=stylesheet href=/0.css>")}
    answers |= {f"/{n}.css": (200, "text/css", f"@import '/{n + 1}.css';".encode()) for n in range(30)}
    with serving(answers) as (url, seen):
        assert crawl_one(tmp_path, url).status == 0
    assert [path for path in seen if path.endswith(".css")] == [f"/{n}.css" for n in range(6)]


def test_a_limit_waits_for_what_its_last_page_needs(tmp_path: Path) -> None:
    answers: Answers = {ARTICLE: article("", head="<link rel=stylesheet href=/0.css>")}
    answers |= {f"/{n}.css": (200, "text/css", f"@import '/{n + 1}.css';".encode()) for n in range(4)}
    with serving(answers) as (url, seen):
        run = crawl_one(tmp_path, url, limit=1)
    assert run.status == 0, run.err[-2000:]
    assert run.summary["reason"] == "limit"
    assert [path for path in seen if path.endswith(".css")] == [f"/{n}.css" for n in range(5)]


def test_a_page_gets_no_more_than_so_many_files(tmp_path: Path) -> None:
    images = "".join(f"<img src=/{n}.jpg>" for n in range(500))
    answers: Answers = {ARTICLE: article(images, head="<link rel=stylesheet href=/0.css>")}
    answers["/0.css"] = (200, "text/css", b"".join(b"p{background:url(/s%d.png)}" % n for n in range(500)))
    with serving(answers) as (url, seen):
        run = crawl_one(tmp_path, url, "REQUISITES_MAX_PER_PAGE=20")
    assert run.status == 0, run.err[-2000:]
    # Twenty for the page, and of its five hundred photos the first twenty.
    assert sum(path.endswith((".jpg", ".css", ".png")) for path in seen) == 21
    assert stats_of(run)["photos/missing/too_many"] == 480


def test_a_host_that_is_ill_is_left_alone(tmp_path: Path) -> None:
    answers: Answers = {ARTICLE: article("".join(f"<img src=/{n}.jpg>" for n in range(30)))}
    answers |= {f"/{n}.jpg": (500, "text/plain", b"sick") for n in range(30)}
    with serving(answers) as (url, seen):
        run = crawl_one(tmp_path, url, "RETRY_TIMES=0", "CONCURRENT_REQUESTS=1")
    assert run.status == 0, run.err[-2000:]
    assert sum(path.endswith(".jpg") for path in seen) == 5
    assert stats_of(run)["photos/missing/host_ill"] == 25
