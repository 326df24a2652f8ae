"""Every misbehaving route does what it says, seen by a raw socket."""

from __future__ import annotations

import gzip
import re
import socket
import time
import zlib
from collections.abc import Callable

import pytest

from kcnacrawl.replica import Replica
from kcnacrawl.replica.bad import BAD
from tests.replica.wire import fetch, split, unchunk

Check = Callable[[bytes, bytes], object]
"""Gets the whole answer and the page that a well-behaved route would have sent; true when the answer is as told."""


def body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def value(answer: bytes, name: str) -> str:
    found = re.search(rf"(?mi)^{name}:[ ]*(.*?)\r?$", answer.partition(b"\r\n\r\n")[0].decode("latin-1"))
    assert found, name
    return found[1]


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def length(answer: bytes) -> int:
    return int(value(answer, "Content-Length"))


def damaged(data: bytes) -> bool:
    try:
        gzip.decompress(data)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return True
    return False


def korean(answer: bytes, encoding: str) -> bool:
    return "조선중앙통신" in body(answer).decode(encoding)


def text(answer: bytes, encoding: str = "utf-8") -> str:
    return body(answer).decode(encoding)


HELD_OPEN = ("silent", "stall")
ENDLESS = ("endless", "endless_plain", "endless_head")
CHECKS: dict[str, Check] = {
    "empty": lambda a, p: a == b"",
    "drop": lambda a, p: 0 < len(body(a)) < length(a) == len(p),
    "drop_head": lambda a, p: b"\r\n\r\n" not in a and a.startswith(b"HTTP/1.1 200 OK\r\n"),
    "drop_chunked": lambda a, p: 0 < len(body(a)) < int(body(a).split(b"\r\n")[0], 16),
    "drop_between_chunks": lambda a, p: unchunk(body(a)) == p[: len(p) // 2] and not a.endswith(b"0\r\n\r\n"),
    "slow": lambda a, p: body(a) == p,
    "slow_body": lambda a, p: body(a) == p,
    "length_short": lambda a, p: body(a) == p and length(a) == len(p) - 1000,
    "length_long": lambda a, p: body(a) == p and length(a) == len(p) + 1000,
    "length_zero": lambda a, p: body(a) == p and length(a) == 0,
    "length_negative": lambda a, p: body(a) == p and length(a) == -1,
    "length_words": lambda a, p: value(a, "Content-Length") == "many",
    "length_huge": lambda a, p: body(a) == p and length(a) == 10**18,
    "length_twice": lambda a, p: a.count(f"Content-Length: {len(p)}\r\n".encode()) == 2,
    "length_differs": lambda a, p: b"Content-Length: 17\r\n" in a and f"Content-Length: {len(p)}\r\n".encode() in a,
    "length_and_chunked": lambda a, p: length(a) == 17 and unchunk(body(a)) == p,
    "no_length": lambda a, p: b"Length" not in a.partition(b"\r\n\r\n")[0] and body(a) == p,
    "http10": lambda a, p: a.startswith(b"HTTP/1.0 200") and body(a) == p,
    "excess": lambda a, p: length(a) == len(p) and body(a)[len(p) :] == b"<p>left over</p>",
    "second_answer": lambda a, p: body(a)[len(p) :].startswith(b"HTTP/1.1 200 OK\r\n"),
    "endless": lambda a, p: unchunk(body(a)[: len(p) + 100]).startswith(p),
    "endless_plain": lambda a, p: body(a).startswith(p) and len(body(a)) > len(p) + 500_000,
    "endless_head": lambda a, p: b"\r\n\r\n" not in a and len(a) > 500_000,
    "chunk_extensions": lambda a, p: body(a).count(b';note="a;b";x=1\r\n') > 3 and unchunk(body(a)) == p,
    "chunk_trailers": lambda a, p: unchunk(body(a)) == p and a.endswith(b"\r\n0\r\nX-Sum: 12\r\nX-Note: end\r\n\r\n"),
    "chunk_tiny": lambda a, p: body(a).startswith(b"7\r\n") and unchunk(body(a)) == p,
    "chunk_upper": lambda a, p: body(a).startswith(b"0000%X\r\n" % len(p)) and unchunk(body(a)) == p,
    "chunk_bad_size": lambda a, p: b"\r\nzz\r\n" in body(a),
    "chunk_no_crlf": lambda a, p: body(a).endswith(p + b"0\r\n\r\n"),
    "chunk_size_huge": lambda a, p: int(body(a).split(b"\r\n")[0], 16) > 2**64,
    "chunked_no_chunks": lambda a, p: value(a, "Transfer-Encoding") == "chunked" and body(a) == p,
    "header_repeated": lambda a, p: a.count(b"\r\nSet-Cookie: ") == 2 and body(a) == p,
    "header_case": lambda a, p: b"\r\ncOnTeNt-LeNgTh: " in a and body(a) == p,
    "header_folded": lambda a, p: b"X-Long: one\r\n two\r\n" in a and body(a) == p,
    "header_latin1": lambda a, p: b"X-Name: S\xe3o\r\n" in a and body(a) == p,
    "header_utf8": lambda a, p: "X-Name: 평양\r\n".encode() in a and body(a) == p,
    "header_empty_value": lambda a, p: b"\r\nX-None:\r\nX-Blank:  \r\n" in a and body(a) == p,
    "header_no_colon": lambda a, p: b"\r\nNonsense\r\n" in a and body(a) == p,
    "header_no_space": lambda a, p: b"\r\nContent-Type:text" in a and body(a) == p,
    "header_space_before_colon": lambda a, p: b"\r\nX-Gap : 1\r\n" in a and body(a) == p,
    "header_nul": lambda a, p: b"\r\nX-Nul: a\0b\r\n" in a and body(a) == p,
    "header_many": lambda a, p: a.count(b"\r\nX-Number-") == 300 and body(a) == p,
    "header_huge": lambda a, p: len(value(a, "X-Huge")) == 100_000 and body(a) == p,
    "header_bare_lf": lambda a, p: b"\r\n" not in a.partition(b"\n\n")[0] and a.partition(b"\n\n")[2] == p,
    "header_bare_cr": lambda a, p: b"\n" not in a.partition(b"\r\r")[0] and a.partition(b"\r\r")[2] == p,
    "no_headers": lambda a, p: a == b"HTTP/1.1 200 OK\r\n\r\n" + p,
    "no_status_line": lambda a, p: a == p,
    "status_no_reason": lambda a, p: a.startswith(b"HTTP/1.1 200\r\n"),
    "status_long_reason": lambda a, p: len(a.split(b"\r\n")[0]) > 500,
    "status_no_number": lambda a, p: a.startswith(b"HTTP/1.1 OK fine\r\n"),
    "status_999": lambda a, p: status(a) == 999 and body(a) == p,
    "status_299": lambda a, p: status(a) == 299 and body(a) == p,
    "status_http2": lambda a, p: a.startswith(b"HTTP/2.0 200 OK\r\n"),
    "early_hints": lambda a, p: status(a) == 103 and body(a).startswith(b"HTTP/1.1 200 OK") and a.endswith(p),
    "continue": lambda a, p: status(a) == 100 and body(a).startswith(b"HTTP/1.1 200 OK") and a.endswith(p),
    "blank_lines_first": lambda a, p: a.startswith(b"\r\n\r\nHTTP/1.1 200 OK\r\n"),
    "status_204": lambda a, p: status(a) == 204 and body(a) == p,
    "status_205": lambda a, p: status(a) == 205 and body(a) == b"",
    "status_206": lambda a, p: status(a) == 206 and body(a) == p[:5000] and f"/{len(p)}" in value(a, "Content-Range"),
    "status_304": lambda a, p: status(a) == 304 and body(a) == b"",
    "status_401": lambda a, p: status(a) == 401 and "Basic" in value(a, "WWW-Authenticate"),
    "status_407": lambda a, p: status(a) == 407 and "Basic" in value(a, "Proxy-Authenticate"),
    "status_408": lambda a, p: status(a) == 408,
    "status_410": lambda a, p: status(a) == 410,
    "status_500": lambda a, p: status(a) == 500 and body(a) == p,
    "status_502": lambda a, p: status(a) == 502,
    "status_503_date": lambda a, p: status(a) == 503 and "2020" in value(a, "Retry-After"),
    "status_429_nonsense": lambda a, p: status(a) == 429 and value(a, "Retry-After") == "soon",
    "close_unannounced": lambda a, p: value(a, "Connection") == "keep-alive" and body(a) == p,
    "upgrade": lambda a, p: status(a) == 101 and body(a) == b"",
    "gzip_cut": lambda a, p: damaged(body(a)) and length(a) == len(body(a)),
    "gzip_cut_chunked": lambda a, p: damaged(unchunk(body(a))) and a.endswith(b"\r\n0\r\n\r\n"),
    "gzip_no_trailer": lambda a, p: zlib.decompressobj(31).decompress(body(a)) == p and damaged(body(a)),
    "gzip_crc": lambda a, p: zlib.decompress(body(a)[10:-8], -15) == p and damaged(body(a)),
    "gzip_flipped": lambda a, p: damaged(body(a)),
    "gzip_not": lambda a, p: value(a, "Content-Encoding") == "gzip" and body(a) == p,
    "gzip_empty": lambda a, p: value(a, "Content-Encoding") == "gzip" and body(a) == b"",
    "gzip_untold": lambda a, p: b"Content-Encoding" not in a and gzip.decompress(body(a)) == p,
    "gzip_twice": lambda a, p: (
        gzip.decompress(gzip.decompress(body(a))) == p and value(a, "Content-Encoding") == "gzip, gzip"
    ),
    "gzip_twice_untold": lambda a, p: (
        gzip.decompress(gzip.decompress(body(a))) == p and value(a, "Content-Encoding") == "gzip"
    ),
    "gzip_excess": lambda a, p: zlib.decompressobj(31).decompress(body(a)) == p and a.endswith(b"left over"),
    "gzip_members": lambda a, p: (
        gzip.decompress(body(a)) == p and zlib.decompressobj(31).decompress(body(a)) == p[:1000]
    ),
    "gzip_old_name": lambda a, p: value(a, "Content-Encoding") == "x-gzip" and gzip.decompress(body(a)) == p,
    "gzip_upper": lambda a, p: value(a, "Content-Encoding") == "GZIP" and gzip.decompress(body(a)) == p,
    "gzip_bomb": lambda a, p: len(a) < 500_000 and len(gzip.decompress(body(a))) > 300 << 20,
    "deflate_zlib": lambda a, p: zlib.decompress(body(a)) == p,
    "deflate_raw": lambda a, p: zlib.decompress(body(a), -15) == p,
    "coding_identity": lambda a, p: value(a, "Content-Encoding") == "identity" and body(a) == p,
    "coding_utf8": lambda a, p: value(a, "Content-Encoding") == "UTF-8" and body(a) == p,
    "coding_unknown": lambda a, p: value(a, "Content-Encoding") == "rot13" and body(a) == p,
    "coding_empty": lambda a, p: value(a, "Content-Encoding") == "" and body(a) == p,
    "charset_wrong": lambda a, p: korean(a, "euc_kr") and "UTF-8" in value(a, "Content-Type"),
    "charset_latin1": lambda a, p: body(a) == p and "ISO-8859-1" in value(a, "Content-Type"),
    "charset_unknown": lambda a, p: body(a) == p and "x-juche" in value(a, "Content-Type"),
    "charset_quoted": lambda a, p: body(a) == p and "charset='utf8'" in value(a, "Content-Type"),
    "charset_none": lambda a, p: korean(a, "utf-8") and b"charset" not in a.lower(),
    "charset_euc_kr": lambda a, p: korean(a, "euc_kr") and b'<meta charset="euc-kr">' in a,
    "charset_cp949_as_euc": lambda a, p: korean(a, "cp949") and "ks_c_5601" in value(a, "Content-Type"),
    "charset_header_wins": lambda a, p: korean(a, "euc_kr") and "EUC-KR" in value(a, "Content-Type"),
    "bom": lambda a, p: body(a).startswith(b"\xef\xbb\xbf") and b"charset" not in a.lower(),
    "utf16": lambda a, p: text(a, "utf-16").encode() == p,
    "bytes_broken": lambda a, p: b"\xc3\xff</footer>" in a,
    "nul_bytes": lambda a, p: body(a).count(b"\0") == 3,
    "type_missing": lambda a, p: b"Content-Type" not in a and body(a) == p,
    "type_plain": lambda a, p: value(a, "Content-Type").startswith("text/plain") and body(a) == p,
    "type_binary": lambda a, p: value(a, "Content-Type") == "application/octet-stream" and body(a) == p,
    "type_image": lambda a, p: value(a, "Content-Type") == "image/png" and body(a) == p,
    "type_nonsense": lambda a, p: value(a, "Content-Type") == ";;html" and body(a) == p,
    "xhtml": lambda a, p: "xhtml" in value(a, "Content-Type") and body(a) == p,
    "body_empty": lambda a, p: status(a) == 200 and body(a) == b"",
    "body_spaces": lambda a, p: status(a) == 200 and len(body(a)) == 1000 and not body(a).strip(),
    "json": lambda a, p: value(a, "Content-Type") == "application/json",
    "database_error": lambda a, p: status(a) == 200 and "database connection" in text(a),
    "html_unclosed": lambda a, p: "</body>" not in text(a) and "조선중앙통신" in text(a),
    "html_deep": lambda a, p: text(a).count("<div>") > 5000,
    "html_large": lambda a, p: len(body(a)) > 5_000_000,
    "redirect_loop": lambda a, p: value(a, "Location") == "/bad/redirect_loop",
    "redirect_pair": lambda a, p: value(a, "Location") == "/bad/redirect_pair?again",
    "redirect_chain": lambda a, p: value(a, "Location") == "/bad/redirect_chain?hop=1",
    "redirect_no_location": lambda a, p: status(a) == 302 and b"Location" not in a,
    "redirect_empty": lambda a, p: status(a) == 302 and value(a, "Location") == "",
    "redirect_nonsense": lambda a, p: value(a, "Location") == "http://[half",
    "redirect_bad_port": lambda a, p: value(a, "Location") == "http://127.0.0.1:99999/",
    "redirect_refused": lambda a, p: value(a, "Location") == "http://127.0.0.1:1/",
    "redirect_unknown_host": lambda a, p: ".invalid/" in value(a, "Location"),
    "redirect_scheme": lambda a, p: value(a, "Location").startswith("ftp:"),
    "redirect_javascript": lambda a, p: value(a, "Location").startswith("javascript:"),
    "redirect_file": lambda a, p: value(a, "Location").startswith("file:"),
    "redirect_with_body": lambda a, p: status(a) == 302 and body(a) == p,
    "redirect_300": lambda a, p: status(a) == 300 and body(a) == p,
}
RESET = ("reset", "reset_at_once")


def test_no_route_without_a_check(site: Replica) -> None:
    assert set(site.bad_routes()) == {*CHECKS, *RESET, *HELD_OPEN}
    assert all(what and not what.endswith(".") for what in site.bad_routes().values())


@pytest.mark.parametrize("name", CHECKS)
def test_route_does_what_it_says(site: Replica, name: str) -> None:
    answer = fetch(f"{site.url}/bad/{name}", limit=600_000 if name in ENDLESS else 1 << 23)
    assert CHECKS[name](answer, site.bad_page()), BAD[name].what


@pytest.mark.parametrize("name", RESET)
def test_route_resets(site: Replica, name: str) -> None:
    with pytest.raises(ConnectionResetError):
        fetch(f"{site.url}/bad/{name}")


@pytest.mark.parametrize("name", HELD_OPEN)
def test_route_leaves_the_connection_open(site: Replica, name: str) -> None:
    port = int(site.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=0.5) as connection:
        connection.sendall(f"GET /bad/{name} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        received = until_silence(connection)
    assert received == b"" if name == "silent" else 0 < len(body(received)) < length(received)


@pytest.mark.parametrize(("name", "seconds"), [("slow", 2.0), ("slow_body", 1.0)])
def test_slow_routes_take_their_time(site: Replica, name: str, seconds: float) -> None:
    before = time.monotonic()
    fetch(f"{site.url}/bad/{name}")
    assert time.monotonic() - before >= seconds  # a lower bound only: a busy machine cannot make it fail


def until_silence(connection: socket.socket) -> bytes:
    """What comes until the connection is silent for its time-out; it must not be closed."""
    received = b""
    try:
        while data := connection.recv(65_536):
            received += data
    except TimeoutError:
        return received
    raise AssertionError("the server closed the connection")


def test_redirect_chain_ends_and_pair_returns(site: Replica) -> None:
    url, hops = f"{site.url}/bad/redirect_chain", 0
    while (answer := split(fetch(url)))[0] == 302:
        url, hops = site.url + answer[1]["location"], hops + 1
    assert (hops, answer[2]) == (30, site.bad_page())
    there = split(fetch(f"{site.url}/bad/redirect_pair?again"))
    assert there[1]["location"] == "/bad/redirect_pair"


def test_unknown_name(site: Replica) -> None:
    assert split(fetch(f"{site.url}/bad/nothing"))[0] == 404


def test_the_server_lives_on_while_an_endless_answer_runs(site: Replica) -> None:
    port = int(site.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as endless:
        endless.sendall(b"GET /bad/endless_plain HTTP/1.1\r\nHost: x\r\n\r\n")
        assert endless.recv(1000)
        assert split(fetch(f"{site.url}/robots.txt"))[0] == 200
