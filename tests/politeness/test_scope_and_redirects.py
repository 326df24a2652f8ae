"""Where a crawl may go: whatever a page or a redirect says, only the site is asked, and nothing ends silently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlparse

import pytest

from kcnacrawl.middlewares.scope import in_scope
from tests.capture.wire_case import body
from tests.capture.wire_run import crawl
from tests.capture.wire_server import Step, WireServer, path_of

TARGETS = {
    "/relative": (b"/end", 200),
    "/relative_to_folder": (b"end", 200),
    "/absolute": (b"http://127.0.6.1:%PORT%/end", 200),
    "/scheme_less": (b"//127.0.6.2:%PORT%/end", 200),
    "/three_slashes": (b"///127.0.6.2:%PORT%/end", 200),
    "/upper_case": (b"HTTP://127.0.6.2:%PORT%/end", 200),
    "/spaces": (b"/e%20n d", 200),
    "/utf8": ("/끝".encode(), 200),
    "/latin1": (b"/caf\xe9", 200),
    "/fragment": (b"/end#part", 200),
    "/itself": (b"/itself", "RedirectRefusedError"),
    "/there": (b"/back", "RedirectRefusedError"),
    "/back": (b"/there", "RedirectRefusedError"),
    "/far0": (b"/far1", "RedirectRefusedError"),
    "/file": (b"file:///etc/passwd", "RedirectRefusedError"),
    "/data": (b"data:text/html,hello", "RedirectRefusedError"),
    "/javascript": (b"javascript:alert(1)", "RedirectRefusedError"),
    "/ftp": (b"ftp://127.0.6.2/end", "RedirectRefusedError"),
    "/mailto": (b"mailto:a@example.org", "RedirectRefusedError"),
    "/bad_address": (b"http://[::1", "RedirectRefusedError"),
    "/bad_port": (b"http://127.0.6.1:port/end", "RedirectRefusedError"),
    "/other_host": (b"http://elsewhere.invalid/end", "OutOfScopeError"),
    "/other_port": (b"http://127.0.6.1:1/end", "OutOfScopeError"),
    "/loopback": (b"http://127.0.0.1:%PORT%/end", "OutOfScopeError"),
    "/by_name": (b"http://localhost:%PORT%/end", "OutOfScopeError"),
    "/private": (b"http://192.168.0.1/end", "OutOfScopeError"),
    "/link_local": (b"http://169.254.169.254/latest/meta-data/", "OutOfScopeError"),
    "/as_number": (b"http://2130706433:%PORT%/end", "OutOfScopeError"),
    "/with_login": (b"http://me:secret@127.0.6.1:%PORT%/end", "OutOfScopeError"),
    "/empty": (b"", "RedirectRefusedError"),
}

LINKS = {
    "file": "file:///etc/passwd",
    "data": "data:text/plain,hello",
    "other": "http://elsewhere.invalid/",
    "login": "http://me:secret@127.0.6.1/",
    "s3": "s3://bucket/key",
}


def answer(request: bytes, number: int) -> Iterable[Step]:
    path = path_of(request)
    port = request.partition(b"Host: ")[2].partition(b"\r\n")[0].partition(b":")[2]
    if path.startswith("/far"):
        target = b"/far%d" % (int(path[4:]) + 1)
    elif path in TARGETS:
        target = TARGETS[path][0].replace(b"%PORT%", port)
    elif path == "/refresh":
        return (body(b'<meta http-equiv="refresh" content="0; url=/end">', b"Content-Type: text/html"), "keep")
    elif path == "/no_location":
        return (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "keep")
    else:
        return (body(b"end"), "keep")
    return (b"HTTP/1.1 302 Found\r\nLocation: " + target + b"\r\nContent-Length: 0\r\n\r\n", "keep")


@pytest.fixture(scope="module")
def server() -> Iterator[WireServer]:
    with WireServer(answer, address="0.0.0.0") as server:
        yield server


@pytest.fixture(scope="module")
def result(server: WireServer) -> dict[str, Any]:
    base = f"http://127.0.6.1:{server.port}"
    paths = [*TARGETS, "/refresh", "/no_location", "/end"]
    requests = [{"url": base + path, "meta": {"name": path}} for path in paths]
    requests += [{"url": url, "meta": {"name": name}} for name, url in LINKS.items()]
    scope = frozenset({f"127.0.6.1:{server.port}", f"127.0.6.2:{server.port}"})
    settings = {"ROBOTSTXT_OBEY": False, "REDIRECT_MAX_TIMES": 5, "RETRY_TIMES": 0}
    return crawl(requests, settings, scope=scope, site="the-site")


@pytest.mark.parametrize("path", TARGETS)
def test_redirect(path: str, result: dict[str, Any]) -> None:
    outcome = result["outcomes"][path]
    assert outcome.get("status", outcome.get("error")) == TARGETS[path][1]
    if "status" in outcome:
        assert outcome["body"] == b"end"
        assert outcome["slot"] == "the-site"


@pytest.mark.parametrize("name", LINKS)
def test_link(name: str, result: dict[str, Any]) -> None:
    assert result["outcomes"][name]["error"] == "OutOfScopeError"
    assert LINKS[name] in result["outcomes"][name]["message"]


def test_nobody_else_was_asked(server: WireServer, result: dict[str, Any]) -> None:
    hosts = {request.partition(b"Host: ")[2].partition(b":")[0] for request in server.requests}
    assert hosts == {b"127.0.6.1", b"127.0.6.2"}
    assert {exchange.ip for exchange in result["exchanges"]} == {"127.0.6.1", "127.0.6.2"}


def test_a_refresh_in_a_page_is_content(result: dict[str, Any]) -> None:
    assert result["outcomes"]["/refresh"]["url"].endswith("/refresh")
    assert b"http-equiv" in result["outcomes"]["/refresh"]["body"]


def test_a_redirect_to_nowhere_reaches_the_spider(result: dict[str, Any]) -> None:
    assert result["outcomes"]["/no_location"]["status"] == 302


def test_refusals_are_counted(result: dict[str, Any]) -> None:
    stats = result["stats"]
    ends = [outcome["error"] for outcome in result["outcomes"].values() if "error" in outcome]
    refused = {key.rpartition("/")[2]: value for key, value in stats.items() if key.startswith("redirect/refused/")}
    assert refused == {"loop": 4, "too_many": 1, "not_http": 3, "bad_address": 4}
    assert sum(refused.values()) == ends.count("RedirectRefusedError")
    assert stats["scope/refused"] == ends.count("OutOfScopeError")


SCOPE = frozenset({"kcnawatch.org", "www.kcnawatch.org", "127.0.0.1:8000", "[::1]:8000", "example.org:443"})


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("https://kcnawatch.org/newstream/", True),
        ("http://kcnawatch.org:80/", True),
        ("https://kcnawatch.org:443/", True),
        ("https://KCNAWatch.org./", True),
        ("http://kcnawatch.org:443/", False),
        ("https://kcnawatch.org:8443/", False),
        ("https://evil-kcnawatch.org/", False),
        ("https://kcnawatch.org.evil.invalid/", False),
        ("https://a.kcnawatch.org/", False),
        ("https://kcnawatch.org@evil.invalid/", False),
        ("ftp://kcnawatch.org/", False),
        ("https://example.org/", True),
        ("http://example.org/", False),
        ("http://127.0.0.1:8000/", True),
        ("http://127.0.0.1/", False),
        ("http://[::1]:8000/", True),
        ("http://[::1]/", False),
        ("http:///path", False),
        ("http://kcnawatch.org:99999/", False),
        ("mailto:a@kcnawatch.org", False),
    ],
)
def test_scope(url: str, inside: bool) -> None:
    assert in_scope(SCOPE, urlparse(url)) is inside


@pytest.mark.parametrize("url", ["http://any.invalid/", "https://any.invalid:8443/"])
def test_without_a_scope_every_web_address_is_inside(url: str) -> None:
    assert in_scope(None, urlparse(url))
    assert not in_scope(None, urlparse("file:///etc/passwd"))
