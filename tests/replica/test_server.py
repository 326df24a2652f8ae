"""HTTP as it should be: framing, coding, connections, TLS, the request log, static files."""

from __future__ import annotations

import gzip
import http.client
import socket
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import unquote

import pytest

from kcnacrawl.replica import Replica
from tests.replica.wire import fetch, page, split, unchunk


def test_gzip_only_when_asked(site: Replica) -> None:
    plain, packed = (split(fetch(f"{site.url}/", *accept)) for accept in ((), ("Accept-Encoding: gzip, deflate",)))
    assert "content-encoding" not in plain[1]
    assert packed[1]["content-encoding"] == "gzip"
    assert gzip.decompress(packed[2]) == plain[2]


def test_framing_and_coding_by_parameter() -> None:
    with Replica(5, gzip=False, chunked=False) as site:
        answer = fetch(f"{site.url}/", "Accept-Encoding: gzip")
        _, headers, body = split(answer)
        assert headers["content-length"] == str(len(body))
        assert "transfer-encoding" not in headers
        assert "content-encoding" not in headers
    with Replica(5) as site:
        answer = fetch(f"{site.url}/")
        assert split(answer)[1]["transfer-encoding"] == "chunked"
        assert unchunk(answer.partition(b"\r\n\r\n")[2]) == body


def test_head_sends_headers_only(site: Replica) -> None:
    answer = fetch(f"{site.url}/robots.txt", method="HEAD")
    assert answer.endswith(b"\r\n\r\n")
    assert split(answer)[1]["content-length"] == str(len(page(f"{site.url}/robots.txt")))


def test_keeps_connections_and_notes_them() -> None:
    with Replica(5) as site:
        connection = http.client.HTTPConnection("127.0.0.1", int(site.url.rpartition(":")[2]))
        for path in ("/", "/newstream/"):
            connection.request("GET", path)
            assert connection.getresponse().read()
        connection.close()
        fetch(f"{site.url}/robots.txt", "X-Note: here")
        seen = list(site.requests)
        assert [(s.method, s.target, s.connection, s.status) for s in seen] == [
            ("GET", "/", 1, 200),
            ("GET", "/newstream/", 1, 200),
            ("GET", "/robots.txt", 2, 200),
        ]
        assert seen[2].headers["x-note"] == "here"
        assert seen[2].raw.startswith(b"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1")
        times = [t for s in seen for t in (s.arrived, s.finished)]
        assert times == sorted(times)
        assert times[-1] <= time.monotonic()


def test_keeps_the_bytes_it_sent() -> None:
    with Replica(5, keep_bytes=True) as site:
        answers = [fetch(site.url + path) for path in ("/", "/bad/slow_body")]
        assert [seen.sent for seen in site.requests] == answers


def test_the_server_ends_with_the_block() -> None:
    with Replica(5) as site:
        url = site.url
        page(url)
    with pytest.raises(ConnectionRefusedError):
        fetch(url)
    with pytest.raises(RuntimeError, match="not serving"):
        _ = site.url


def test_closing_does_not_wait_for_held_connections() -> None:
    for _ in range(20):  # at times the server ends in the very moment it takes the connection
        with Replica(5) as site:
            connection = http.client.HTTPConnection("127.0.0.1", int(site.url.rpartition(":")[2]), timeout=5)
            connection.request("GET", "/bad/silent")
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            connection.getresponse()


@pytest.mark.parametrize("nonsense", [b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01" + b"x" * 300 + b"\r\n\r\n"])
def test_nonsense_does_not_stop_the_server(site: Replica, nonsense: bytes) -> None:
    with socket.create_connection(("127.0.0.1", int(site.url.rpartition(":")[2])), timeout=5) as connection:
        connection.sendall(nonsense)
        assert connection.recv(10) == b""
    assert split(fetch(f"{site.url}/robots.txt"))[0] == 200


def test_tls() -> None:
    with Replica(40, tls=True) as site:
        assert site.url.startswith("https://127.0.0.1:")
        assert site.certificate
        trusting = ssl.create_default_context(cadata=site.certificate.decode())
        with urllib.request.urlopen(f"{site.url}/robots.txt", context=trusting) as response:
            assert response.read().startswith(b"User-agent")
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(f"{site.url}/robots.txt")
        assert all(photo["url"].startswith(site.url) for truth in site.truth() for photo in truth["photos"])
        with pytest.raises((urllib.error.URLError, ConnectionError)):
            urllib.request.urlopen(f"{site.url}/bad/reset_at_once", context=trusting)


def test_static_files_are_the_served_pages(tmp_path: Path) -> None:
    with Replica(300) as site:
        paths = site.write_static(tmp_path, pages=250)
        assert len(paths) == len(set(paths)) == 250
        assert (tmp_path / "urls.txt").read_text().split() == paths
        for path in paths[::25]:
            assert (tmp_path / unquote(path[1:]) / "index.html").read_text("utf-8") == page(site.url + path)
        listed = [
            line for i in range(3) for line in (tmp_path / "list" / f"{i}.html").read_text().split('"') if line in paths
        ]
        assert listed == paths
        ajax = f"{site.url}/wp-admin/admin-ajax.php?action=get_cat_by_source&from=10&to=10&id=156"
        assert (tmp_path / "ajax" / "156" / "10.html").read_text("utf-8") == page(ajax)
        last = max(int(file.stem) for file in (tmp_path / "ajax" / "156").iterdir())
        assert 0 <= (tmp_path / "ajax" / "156" / f"{last}.html").read_text().count("<h4>") < 10
