"""pywb finds pages in an index in blocks, and answers to POST where it looks for them."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from kcnacrawl.archive.cdxj import IndexFolder
from kcnacrawl.archive.pywb import Wayback
from tests.cdxj.reference import record, write
from tests.cdxj.test_method import ANSWER, FORM, request
from tests.replay.tools import PYWB

PAGES = 7000
"""More than two blocks of lines."""


@pytest.fixture(scope="module")
def wayback(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wayback]:
    folder = tmp_path_factory.mktemp("pywb")
    (folder / "warc").mkdir()
    records = [page(f"http://a.kp/{number}", f"page {number}.") for number in range(PAGES)]
    records += [page("http://a.kp/search", "the form."), page("http://a.kp/search", "found.", WARC_Record_ID=ANSWER)]
    records.append(request(b'{"a": true, "b": [1, 2.0]}', "application/json", url="http://a.kp/search"))
    again = {"WARC_Record_ID": ANSWER[:-2] + "c>"}
    records.append(page("http://a.kp/search", "not found.", **again))
    records.append(
        request(b"q=%EA%B0%80+b", FORM, url="http://a.kp/search", WARC_Concurrent_To=again["WARC_Record_ID"])
    )
    write(folder / "warc/a.warc", records)
    index = IndexFolder(folder / "warc", folder / "cdxj", zipnum=True).update().path
    with Wayback(PYWB, index, [folder / "warc"], 0) as running:
        yield running


def page(url: str, text: str, **more: str) -> bytes:
    body = text.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
    return record(block=head.encode() + body, url=url, **more)


def replayed(wayback: Wayback, url: str, body: bytes | None = None, kind: str = FORM) -> str:
    """What pywb shows for an address, unchanged."""
    asked = urllib.request.Request(f"{wayback.url}/20260301id_/{url}", body, {"Content-Type": kind})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        shown: bytes = answer.read()
    return shown.decode()


@pytest.mark.parametrize("number", [0, 1, 2999, 3000, 3001, 5000, PAGES - 1])
def test_pages_are_found_in_every_block(wayback: Wayback, number: int) -> None:
    assert replayed(wayback, f"http://a.kp/{number}") == f"page {number}."


def test_what_is_not_there_is_not_found(wayback: Wayback) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        replayed(wayback, f"http://a.kp/{PAGES}")


def test_answers_to_post_do_not_hide_the_page_and_are_found_by_their_body(wayback: Wayback) -> None:
    assert replayed(wayback, "http://a.kp/search") == "the form."
    assert replayed(wayback, "http://a.kp/search", b'{"a": true, "b": [1, 2.0]}', "application/json") == "found."
    assert replayed(wayback, "http://a.kp/search", b"q=%EA%B0%80+b") == "not found."
