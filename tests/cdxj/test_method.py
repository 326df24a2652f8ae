"""Answers to POST and the like have keys of their own: those that pywb looks up."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from kcnacrawl.archive.cdxj import index_lines, sorted_lines
from tests.cdxj.reference import record, reference, write

URL = "http://example.org/form?b=1"
ANSWER = "<urn:uuid:00000000-0000-4000-8000-00000000000a>"
REQUEST = "<urn:uuid:00000000-0000-4000-8000-00000000000b>"
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def answer(url: str = URL, block: bytes = HTTP + b"thanks", kind: str = "response", **more: str) -> bytes:
    return record(kind, block, url=url, WARC_Payload_Digest="sha1:A", **{"WARC_Record_ID": ANSWER} | more)


def request(body: bytes, kind: str, method: str = "POST", url: str = URL, **more: str) -> bytes:
    head = f"{method} /form HTTP/1.1\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    more = {"WARC_Record_ID": REQUEST, "WARC_Concurrent_To": ANSWER} | more
    return record("request", head.encode() + body, url=url, **more)


def only(path: Path, records: Sequence[bytes], **options: Any) -> tuple[str, dict[str, Any]]:
    """Key and fields of the only line."""
    (line,) = index_lines(write(path / "a.warc.gz", records), **options)
    key, _, fields = line.decode().split(" ", 2)
    return key, json.loads(fields)


FORM = "application/x-www-form-urlencoded"
PARTS = (
    b'--cut\r\nContent-Disposition: form-data; name="a"\r\n\r\none two\r\n'
    b'--cut\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n\xff\x00\r\n--cut--\r\n'
)
SAME: dict[str, tuple[bytes, str]] = {
    "form": (b"q=a+b%20c&q=%EA%B0%80&empty=", FORM),
    "form, not in UTF-8": (b"q=\xff", FORM),
    "no body": (b"", FORM),
    "parts": (PARTS, "multipart/form-data; boundary=cut"),
    "parts without boundary": (PARTS, "multipart/form-data"),
    "JSON": (b'{"a": "x y", "b": {"c": ["1", "2"], "a": "again"}, "e": []}', "application/json"),
    "JSON, whole numbers": (b'{"a": 12, "b": -1}', "application/json; charset=utf-8"),
    "JSON, torn": (b'{"a": ', "application/json"),
    "JSON as text": (b'{"a": "1"}', "text/plain"),
    "JSON by lines": (b'{"a": "1"}\n{"b": "2"}', "text/plain"),
    "text": (b"just words", "text/plain"),
    "bytes": (b"\x00\xff", "application/octet-stream"),
    "long": (b"q=" + b"x" * 5000, FORM),
}


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("name", SAME)
def test_lines_are_those_of_the_reference_that_appends_bodies(tmp_path: Path, name: str, method: str) -> None:
    body, kind = SAME[name]
    path = write(tmp_path / "a.warc.gz", [answer(), request(body, kind, method)])
    lines = list(sorted_lines([path]))
    assert b"__wb_method=" in lines[0]
    assert lines == reference([path], post_append=True)


def test_without_them_lines_are_those_of_the_reference_at_its_defaults(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", [answer(), request(b"q=1", FORM)])
    assert list(sorted_lines([path], post=False)) == reference([path])


def test_a_line_field_by_field(tmp_path: Path) -> None:
    key, fields = only(tmp_path, [answer(), request(b"q=1", FORM)])
    assert key == "org,example)/form?__wb_method=post&b=1&q=1"
    assert list(fields)[-2:] == ["requestBody", "method"]
    assert (fields["url"], fields["requestBody"], fields["method"]) == (URL, "q=1", "POST")


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (b'{"a": true, "b": null, "c": 1.0, "d": 1.5}', "a=true&b=null&c=1&d=1.5"),
        (b'{"a": ' * 100_000, ""),
        (b'{"a": 1e999}', ""),
    ],
)
def test_values_of_json_are_shown_as_pywb_shows_them(tmp_path: Path, body: bytes, query: str) -> None:
    assert only(tmp_path, [answer(), request(body, "application/json")])[1]["requestBody"] == query


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "DELETE", "PATCH"])
def test_answers_to_other_methods_do_not_hide_the_page(tmp_path: Path, method: str) -> None:
    key, fields = only(tmp_path, [answer(), request(b"", FORM, method)])
    assert key == f"org,example)/form?__wb_method={method.lower()}&b=1"
    assert (fields["requestBody"], fields["method"]) == ("", method)


def test_a_digest_is_that_of_the_answer(tmp_path: Path) -> None:
    # The reference has read the answer before it computes the digest, and takes that of nothing.
    unlabelled = record(block=HTTP + b"hello", url=URL, WARC_Record_ID=ANSWER)
    assert only(tmp_path, [unlabelled, request(b"q=1", FORM)])[1]["digest"] == "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N"


NO_LINK = {"WARC_Concurrent_To": "<urn:uuid:00000000-0000-4000-8000-00000000000c>"}


@pytest.mark.parametrize(
    ("records", "appended"),
    [
        ([answer(), request(b"q=1", FORM)], True),
        ([request(b"q=1", FORM), answer()], True),
        ([request(b"q=1", FORM, **NO_LINK), answer(WARC_Concurrent_To=REQUEST)], True),
        ([answer(kind="revisit", block=HTTP), request(b"q=1", FORM)], True),
        ([answer(), request(b"q=1", FORM, **NO_LINK)], False),
        ([answer(), request(b"q=1", FORM, url=URL + "2")], False),
        ([answer(), request(b"q=1", FORM, method="GET")], False),
        ([answer(), request(b"", FORM, method="\x16\x03")], False),
        ([answer(), record("metadata", b"a: b", Content_Type="application/warc-fields"), request(b"q=1", FORM)], False),
    ],
)
def test_request_and_answer_belong_together_when_they_say_so(
    tmp_path: Path, records: list[bytes], appended: bool
) -> None:
    key, fields = only(tmp_path, records)
    assert ("__wb_method" in key, "method" in fields) == (appended, appended)


@pytest.mark.parametrize("is_first", [True, False])
def test_they_do_so_across_parts_of_a_file(tmp_path: Path, is_first: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kcnacrawl.archive.ranges.RANGE", 1)  # every record is a part of its own
    pair = [answer(), request(b"q=1", FORM)]
    page = record(url="http://example.org/page")
    for name in ("a.warc.gz", "a.warc"):
        path = write(tmp_path / name, [page, *(pair[::-1] if is_first else pair), page])
        lines = list(sorted_lines([path]))
        assert len(lines) == 3
        assert lines == sorted(index_lines(path))
        assert sum(b"__wb_method=post" in line for line in lines) == 1


def test_bytes_are_in_base64(tmp_path: Path) -> None:
    _, fields = only(tmp_path, [answer(), request(b"\x00\xff", "image/png")])
    assert fields["requestBody"] == "__wb_post_data=" + base64.b64encode(b"\x00\xff").decode()
