"""Received bytes to normal form and back: nothing is lost, whatever the server did and wherever it broke off."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcnacrawl.archive.framing import apply_framing
from kcnacrawl.archive.wire import NotHttpError, Response, parse_response
from tests.archive.samples import CHUNKED, NASTY, PLAIN


def check_normal_form(received: bytes, method: str = "GET") -> Response:
    """The properties that every response has, told by other means than the parser's own."""
    response = parse_response(received, method)
    block = response.head + bytes(response.body)
    if response.as_received:
        assert block == received
    else:
        assert response.framing is not None
        assert apply_framing(block, response.framing) == received
    assert re.search(rb"\n\r?\n\Z", response.head)
    names = [line.partition(b":")[0].strip().lower() for line in response.head.splitlines()[1:]]
    assert b"transfer-encoding" not in names
    lengths = re.findall(rb"(?im)^content-length[ \t]*:[ \t]*(.*?)\r?$", response.head)
    bodyless = method == "HEAD" or response.status in (101, 204, 304)
    assert [int(length) for length in lengths] == [len(response.body)] or (bodyless and not lengths)
    return response


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_cut_comes_back(name: str, method: str) -> None:
    whole = NASTY[name]
    ends = range(len(whole) + 1)
    whole_heads = [end for end in ends if has_head(whole[:end], method)]
    # Once the head is whole it stays so.
    assert whole_heads == list(range(whole_heads[0], len(whole) + 1))
    for end in whole_heads:
        check_normal_form(whole[:end], method)


def has_head(received: bytes, method: str) -> bool:
    try:
        parse_response(received, method)
    except NotHttpError as error:
        told = str(error), error.truncated
    else:
        return True
    return told != ("The connection ended before the response head was whole.", "disconnect")


BODIES = {
    "plain": (b"hello", None),
    "chunked": (b"hello world", None),
    "line feeds only": (b"hello", None),
    "chunked, line feeds only": (b"hello", None),
    "until close": (b"hello\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", None),
    "interim heads": (b"hello", None),
    "blank lines first": (b"hello", None),
    "switching protocols": (b"", None),
    "no content": (b"", None),
    "no content, with a length": (b"", None),
    "not modified": (b"", None),
    "surplus": (b"hello", None),
    "surplus after chunks": (b"hello world", None),
    "same length twice": (b"hello", None),
    "list of one length": (b"hello", None),
    "lengths that differ": (b"hello", None),
    "no number": (b"hello", None),
    "negative": (b"hello", None),
    "plus sign": (b"hello", None),
    "empty length": (b"hello", None),
    "huge length": (b"hello", None),
    "leading zeros": (b"hello", None),
    "too long": (b"hello", "disconnect"),
    "chunked and a length": (b"abc", None),
    "chunked and the right length": (b"abc", None),
    "chunked in name only": (b"<html>hello</html>", None),
    "size malformed later": (b"abc", "unspecified"),
    "chunk longer than said": (b"abc", "unspecified"),
    "size of 500 digits": (b"a", "unspecified"),
    "size beyond all": (b"aabc", "disconnect"),
    "no last chunk": (b"abc", "disconnect"),
    "only the last chunk": (b"", None),
    "gzip, chunked": (b"abc", None),
    "two lines of codings": (b"abc", None),
    "identity": (b"hello", None),
    "coding unknown": (b"hello", None),
    "folded": (b"abc", None),
    "space before the colon": (b"abc", None),
    "line without a colon": (b"abc", None),
    "no reason": (b"", None),
    "odd version": (b"abc", None),
    "bare carriage returns": (b"abcdef", None),
    "names that look like ours": (b"abcdef", None),
}


def test_bodies_are_named_for_all_samples() -> None:
    assert BODIES.keys() == NASTY.keys()


@pytest.mark.parametrize("name", NASTY)
def test_body_follows_the_rules_of_http(name: str) -> None:
    response = parse_response(NASTY[name])
    assert (bytes(response.body), response.truncated) == BODIES[name]


def test_a_well_framed_response_is_stored_as_it_came() -> None:
    assert parse_response(PLAIN).as_received


def test_a_chunked_head_changes_only_where_it_must() -> None:
    response = parse_response(CHUNKED)
    assert response.head == (
        b"HTTP/1.1 200 OK\r\nX-Archive-Orig-transfer-encoding: chunked\r\nX: 1\r\nContent-Length: 11\r\n\r\n"
    )
    # Copy the status line, leave out the prefix, copy up to the empty line, leave out the length, copy that line; then
    # "5;name=value", "hello", an end and "06", " world", an end, the last chunk and the trailer.
    assert response.framing == (
        "=17 -15 =34 -20 =2 +NTtuYW1lPXZhbHVlDQo= =5 +DQowNg0K =6 +DQowDQpUcmFpbGVyOiB5ZXMNCg0K"
    )


def test_the_response_to_head_has_no_body() -> None:
    response = check_normal_form(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", "HEAD")
    assert response.body == b""
    assert response.head == b"HTTP/1.1 200 OK\r\nX-Archive-Orig-Content-Length: 5000\r\n\r\n"
    assert response.flaw is None


@pytest.mark.parametrize(
    "received",
    [b"<html>hello</html>", b"ICY 200 OK\r\n\r\n", b"HTTP/1.1 2000 OK\r\n\r\n", b"HTTP/1.1 99 X\r\n\r\n",
     b"\x16\x03\x01\x02\x00\x01", b"HTTP/1.1\r\n\r\n", b"http/1.1 200 ok\r\n\r\n", b"HTTP/x 200\r\n\r\n",
     b"HTTP/2 200 OK\r\n\r\n", b"HTTP/1.1  200 OK\r\n\r\n", b"HTTP/1.1\t200 OK\r\n\r\n", b"HTTP/1.1 200\tOK\r\n\r\n"],
)  # fmt: skip
def test_what_is_not_http_is_no_response(received: bytes) -> None:
    with pytest.raises(NotHttpError, match=r"^What the server sent is not an HTTP/1 response\.$") as caught:
        parse_response(received)
    assert caught.value.truncated is None


@pytest.mark.parametrize("count", [4_000, 5_000, 5_001, 60_000])
def test_many_chunks_are_decoded_and_their_framing_given_up(count: int) -> None:
    received = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * count + b"0\r\n\r\n"
    response = parse_response(received)
    assert bytes(response.body) == b"a" * count
    assert not response.as_received
    assert (response.framing is None) == (count >= 5_000)


def test_a_large_surplus_is_not_written_into_the_framing() -> None:
    response = parse_response(PLAIN + b"x" * 300_000)
    assert bytes(response.body) == b"hello"
    assert response.framing is None


SIZES = st.integers(min_value=1, max_value=40)
EXTENSIONS = st.sampled_from([b"", b";a", b";a=b", b'; a="b;\\"c"', b" ", b"\t;x"])
LINE_ENDS = st.sampled_from([b"\r\n", b"\n"])


@st.composite
def chunked_bodies(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A body, and how a server might send it in chunks."""
    body, wire = b"", b""
    for size in draw(st.lists(SIZES, max_size=6)):
        data = draw(st.binary(min_size=size, max_size=size))
        digits = draw(st.sampled_from([b"%x", b"%X", b"00%x"])) % size
        wire += digits + draw(EXTENSIONS) + draw(LINE_ENDS) + data + draw(LINE_ENDS)
        body += data
    trailers = draw(st.sampled_from([b"", b"A: b\r\n", b"A: b\r\nSet-Cookie: c\r\n"]))
    return body, wire + b"0" + draw(EXTENSIONS) + b"\r\n" + trailers + draw(LINE_ENDS)


@given(chunked=chunked_bodies(), surplus=st.binary(max_size=20), cut=st.integers(min_value=0, max_value=400))
def test_any_chunked_body_comes_back(chunked: tuple[bytes, bytes], surplus: bytes, cut: int) -> None:
    body, wire = chunked
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    response = check_normal_form(head + wire + surplus)
    assert bytes(response.body) == body
    assert response.flaw is None
    short = check_normal_form(head + (wire + surplus)[:cut])
    assert body.startswith(bytes(short.body))


LINES = st.sampled_from(
    [b"Content-Length: 3", b"content-length:\t7", b"Content-Length: 3, 3", b"Content-Length: x", b"CONTENT-LENGTH : 0",
     b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip", b"transfer-encoding:\r\n chunked", b"X: y", b" folded",
     b"no colon", b"X:", b"\xff\xfe: \xe9", b"Content-Length"]
)  # fmt: skip


@given(
    lines=st.lists(LINES, max_size=6),
    line_end=LINE_ENDS,
    status=st.sampled_from([b"100", b"101", b"200", b"204", b"301", b"304", b"404", b"999"]),
    body=st.one_of(st.binary(max_size=30), chunked_bodies().map(lambda pair: pair[1])),
    method=st.sampled_from(["GET", "HEAD", "POST"]),
)
def test_any_head_comes_back(lines: list[bytes], line_end: bytes, status: bytes, body: bytes, method: str) -> None:
    received = line_end.join([b"HTTP/1.1 " + status + b" x", *lines, b"", b""]) + body
    try:
        check_normal_form(received, method)
    except NotHttpError:
        assert status == b"100"


@pytest.mark.parametrize(
    ("framing", "sentence"),
    [("=3", "the framing covers 3 bytes, the block has 5"), ("=3 -9", "the framing covers 12 bytes, the block has 5"),
     ("*3 =2", "'*3' is not a framing operation"), ("=x", "'=x' is not a framing operation"),
     ("=5 +ab", "Incorrect padding")],
)  # fmt: skip
def test_a_wrong_framing_is_refused(framing: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        apply_framing(b"hello", framing)
