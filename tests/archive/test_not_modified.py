"""Which 304 is believed, and becomes a revisit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.archive.checklist import check_file, check_originals
from tests.archive.nights import BODY, UNCHANGED, Night, original
from tests.archive.samples import STARTED, exchange

REFUSED: dict[str, bytes] = {
    "another etag": UNCHANGED.replace(b'"a"', b'"b"'),
    "a body": UNCHANGED + b"<p>But here it is.</p>",
    "another date": UNCHANGED.replace(b'ETag: "a"', b"Last-Modified: Tue, 02 Dec 2025 01:02:03 GMT"),
    "half a head": UNCHANGED[:-3],
}
ACCEPTED: dict[str, bytes] = {
    "same etag": UNCHANGED,
    "weak etag": UNCHANGED.replace(b'"a"', b'W/"a"'),
    "no validators": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "a length that is that of the page": UNCHANGED.replace(b"X: 1", b"Content-Length: %d" % len(BODY)),
    "interim head": b"HTTP/1.1 103 Early Hints\r\n\r\n" + UNCHANGED,
    "another date, same etag": UNCHANGED.replace(b"X: 1", b"Last-Modified: Tue, 02 Dec 2025 01:02:03 GMT"),
    "same date": UNCHANGED.replace(b'ETag: "a"', b"Last-Modified: Mon, 01 Dec 2025 01:02:03 GMT"),
}


@pytest.mark.parametrize("name", [*REFUSED, *ACCEPTED])
def test_which_304_is_believed(tmp_path: Path, name: str) -> None:
    night = Night(tmp_path)
    known = replace(original(night.fetch()), last_modified="Mon, 01 Dec 2025 01:02:03 GMT")
    received = (REFUSED | ACCEPTED)[name]
    receipt = night.writer.write(replace(exchange(received, not_modified=known), started=STARTED + timedelta(1)))
    path = night.close()
    records = check_file(path)[3:]
    if name in REFUSED:
        assert "revisit" not in [one.type for one in records]
        return
    assert receipt is not None
    assert receipt.revisit is not None
    assert (receipt.warc, receipt.offset, receipt.date) == (known.warc, known.offset, known.date)
    assert [one.type for one in records] == ["revisit", "request", "metadata"]
    assert len(check_originals(path)) == 1


def test_a_304_nobody_asked_for_is_a_response(tmp_path: Path) -> None:
    night = Night(tmp_path)
    night.fetch()
    assert night.fetch(UNCHANGED).revisit is None
