"""ETag, Last-Modified and 304: static files as on the site, pages when told to."""

from __future__ import annotations

import pytest

from kcnacrawl.replica import Replica
from kcnacrawl.replica.validators import LAST_MODIFIED
from tests.replica.wire import fetch, split

STATIC = "/wp-content/themes/kcnawatch/style.css"


def test_static_files_have_validators_and_pages_have_none(site: Replica) -> None:
    _, headers, _ = split(fetch(site.url + STATIC))
    assert headers["etag"].startswith('W/"')
    assert headers["last-modified"] == LAST_MODIFIED
    for path in ("/robots.txt", "/newstream/", next(site.paths()) + "/"):
        assert not {"etag", "last-modified"} & set(split(fetch(site.url + path))[1])


@pytest.mark.parametrize(
    ("asked", "status"),
    [("If-None-Match: {etag}", 304), ('If-None-Match: "x", {etag}', 304), ('If-None-Match: "x"', 200),
     (f"If-Modified-Since: {LAST_MODIFIED}", 304), ("If-Modified-Since: Sun, 02 Mar 2025 04:05:06 GMT", 200),
     ("If-Modified-Since: yesterday", 200), (f'If-None-Match: "x"\r\nIf-Modified-Since: {LAST_MODIFIED}', 200)],
)  # fmt: skip
def test_a_client_that_has_the_file_is_told_so(site: Replica, asked: str, status: int) -> None:
    etag = split(fetch(site.url + STATIC))[1]["etag"]
    answer = fetch(site.url + STATIC, asked.format(etag=etag))
    found, headers, body = split(answer)
    assert found == status
    assert headers["etag"] == etag
    assert bool(body) == (status == 200)
    assert ("content-length" in headers) == (status == 200)


def test_pages_have_an_etag_when_told_to() -> None:
    with Replica(5, validators=True) as site:
        for url in (f"{site.url}{next(site.paths())}/", f"{site.url}/robots.txt"):
            etag = split(fetch(url))[1]["etag"]
            assert split(fetch(url, f"If-None-Match: {etag}"))[0] == 304
