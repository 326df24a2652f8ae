"""Secrets never reach a file, however a header is written; whatever is taken out is said to be."""

from __future__ import annotations

import json

import pytest

from kcnacrawl.archive.redact import Redaction, without_userinfo
from tests.archive.samples import exchange
from tests.archive.test_records import written

SECRET = b"s3cr3t"
REQUESTS = {
    "cookie": b"Cookie: a=%s\r\n",
    "lower case": b"cookie: a=%s\r\n",
    "mixed case": b"CoOkIe: a=%s\r\n",
    "no space": b"Cookie:%s\r\n",
    "space before the colon": b"Cookie : %s\r\n",
    "tabs": b"Cookie\t:\t%s\r\n",
    "line feed only": b"Cookie: %s\n",
    "folded": b"Cookie: a=1;\r\n b=%s;\r\n\tc=%s\r\n",
    "folded at once": b"Cookie:\r\n %s\r\n",
    "folded, line feed only": b"Cookie: a=1;\n b=%s\n",
    "twice": b"Cookie: a=%s\r\nX: y\r\nCookie: b=%s\r\n",
    "basic": b"Authorization: Basic %s\r\n",
    "proxy": b"Proxy-Authorization: Basic %s\r\n",
    "all": b"Proxy-Authorization: %s\r\nAuthorization: %s\r\nCookie: %s\r\n",
    "after a bare carriage return": b"X: y\rCookie: %s\r\n",
    "carriage return in the value": b"Cookie: a=1\r%s\r\n",
    "two carriage returns": b"Cookie: a=1\r\r\n %s\r\n",
}


@pytest.mark.parametrize("header", REQUESTS.values(), ids=REQUESTS.keys())
def test_request_secrets_are_not_written(header: bytes) -> None:
    sent = b"GET / HTTP/1.1\r\nHost: a\r\n" + header.replace(b"%s", SECRET) + b"Accept: b\r\n\r\n"
    for end in range(len(sent) + 1):
        records = written(exchange(sent=sent[:end]))
        assert SECRET not in b"".join(records)
    _, request, metadata = records
    assert b" [redacted]" in request
    assert b"GET / HTTP/1.1\r\nHost: a\r\n" in request
    assert b"Accept: b\r\n\r\n" in request
    names = [name for name in ("authorization", "cookie", "proxy-authorization") if name.encode() in header.lower()]
    if "authorization" in names and header.lower().startswith(b"proxy") and header.count(b"%s") == 1:
        names.remove("authorization")
    said = [f"request/{name}" for name in names]
    assert f"WARC-JSON-Metadata: {json.dumps({'redacted': said})}\r\n".encode() in request
    assert f"redacted: {', '.join(said)}\r\n".encode() in metadata


def test_a_setting_keeps_request_secrets() -> None:
    sent = b"GET / HTTP/1.1\r\nCookie: a\r\n\r\n"
    records = written(exchange(sent=sent), Redaction(keep_request_secrets=True))
    assert len(records) == 2
    assert sent in records[1]


def test_words_elsewhere_are_left_alone() -> None:
    sent = b"POST /cookie: HTTP/1.1\r\nX-Cookie: a\r\nCookies: b\r\nCookie:\r\n\r\nCookie: the body\r\nReferer: http://a:b@c/"
    assert Redaction().of_request(sent) == (sent, ())


def test_passwords_in_addresses_are_not_written() -> None:
    sent = b"GET http://user:s3cr3t@mirror.example/a?u=b@c HTTP/1.1\r\nREFERER: https://u:s3cr3t@x/\r\nX: a@b\r\n\r\n"
    records = written(
        exchange(
            sent=sent,
            url="http://user:s3cr3t@mirror.example/a@b",
            via="http://user:s3cr3t@mirror.example/",
            error="http://user:s3cr3t@mirror.example/ is gone.",
        )
    )
    assert SECRET not in b"".join(records)
    assert b"\r\nWARC-Target-URI: http://mirror.example/a@b\r\n" in records[0]
    assert b"GET http://mirror.example/a?u=b@c HTTP/1.1\r\nREFERER: https://x/\r\nX: a@b\r\n\r\n" in records[1]
    assert b"redacted: request/userinfo, uri/userinfo\r\n" in records[2]


def test_set_cookie_is_kept_unless_named() -> None:
    received = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=s3cr3t\r\nContent-Length: 0\r\n\r\n"
    assert received in written(exchange(received))[0]
    response, _, metadata = written(exchange(received), Redaction(response_headers=("SET-COOKIE", "X-Token")))
    assert SECRET not in response + metadata
    assert b"HTTP/1.1 200 OK\r\nSet-Cookie: [redacted]\r\nContent-Length: 0\r\n\r\n" in response
    assert b'WARC-JSON-Metadata: {"redacted": ["response/set-cookie"]}\r\n' in response
    assert b"redacted: response/set-cookie\r\n" in metadata


RESPONSES = {
    "plain": b"HTTP/1.1 200 OK\r\nset-cookie : s3cr3t\r\nContent-Length: 2\r\n\r\nok",
    "twice and folded": b"HTTP/1.1 200 OK\nSet-Cookie: s3cr3t\nX: y\nSet-Cookie:\n s3cr3t\n\nok",
    "interim": b"HTTP/1.1 103 Early\r\nSet-Cookie: s3cr3t\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "trailer": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nSet-Cookie2: s3cr3t\r\n\r\n",
    "surplus": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nSet-Cookie: s3cr3t\r\n\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nSet-Cookie: s3cr3t",
    "not HTTP": b"hello\r\nSet-Cookie: s3cr3t\r\n\r\nSet-Cookie: s3cr3t",
}


@pytest.mark.parametrize("received", RESPONSES.values(), ids=RESPONSES.keys())
def test_cookies_of_a_login_are_not_written(received: bytes) -> None:
    for end in range(len(received) + 1):
        records = written(exchange(received[:end], hide_set_cookie=True))
        # In a framing the surplus stands in Base64.
        clean, names = Redaction().of_response(received[:end], "GET", hide_set_cookie=True)
        assert SECRET not in b"".join(records) + clean
    assert names
    assert b"redacted: response/set-cookie" in records[-1]


def test_a_body_is_not_searched_for_headers() -> None:
    received = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n\r\nSet-Cookie: a=b;c\r\n"
    assert Redaction().of_response(received, "GET", hide_set_cookie=True) == (received, ())


@pytest.mark.parametrize(
    ("text", "clean"),
    [("http://a:b@c/d@e", "http://c/d@e"), ("http://c/?q=a@b", "http://c/?q=a@b"), ("mail a@b", "mail a@b"),
     ("see http://a:b@c:d@e/ and http://f:g@h", "see http://e/ and http://h")],
)  # fmt: skip
def test_userinfo_is_told_from_other_signs(text: str, clean: str) -> None:
    assert without_userinfo(text) == clean
