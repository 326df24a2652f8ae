"""Every way to write a Retry-After."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kcnacrawl.middlewares.retry_after import wait_asked_for

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
DATE = b"Mon, 23 Nov 2026 06:00:00 GMT"
"""The server's clock, six hours behind ours."""


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120.0),
        (b" 120 ", 120.0),
        (b"0", 0.0),
        (b"1.5", 1.5),
        (b"99999999999", 99999999999.0),
        (b"Mon, 23 Nov 2026 06:01:00 GMT", 60.0),
        (b"Monday, 23-Nov-26 06:01:00 GMT", 60.0),
        (b"Mon Nov 23 06:01:00 2026", 60.0),
        (b"Mon, 23 Nov 2026 05:00:00 GMT", 0.0),
        (b"Wed, 01 Jan 9999 00:00:00 GMT", (datetime(9999, 1, 1) - datetime(2026, 11, 23, 6)).total_seconds()),
        (None, None),
        (b"", None),
        (b"-5", None),
        (b"soon", None),
        (b"120 seconds", None),
        (b"1" * 400, None),
        (b"\xff\xfe", None),
        ("１２０".encode(), None),
        (b"Mon, 99 Nov 2026 06:01:00 GMT", None),
    ],
)
def test_wait_is_measured_by_the_clock_of_the_server(value: bytes | None, seconds: float | None) -> None:
    assert wait_asked_for(value, DATE, NOW) == seconds


@pytest.mark.parametrize("date", [None, b"", b"yesterday"])
def test_without_a_date_of_the_server_ours_counts(date: bytes | None) -> None:
    assert wait_asked_for(b"Mon, 23 Nov 2026 12:00:30 GMT", date, NOW) == 30.0
