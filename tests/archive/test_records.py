"""Records byte for byte, with fixed ids and date."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from itertools import count

import pytest

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.capture import make_records
from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.records import Draft, make_warcinfo, warc_date, warc_fields
from kcnacrawl.archive.redact import Redaction
from tests.archive.samples import CHUNKED, DATE, PLAIN, SENT, URL, exchange

INFO = "<urn:uuid:00000000-0000-4000-8000-000000000000>"


def record_id(number: int) -> str:
    return f"<urn:uuid:00000000-0000-4000-8000-{number:012}>"


def written(what: Exchange, redaction: Redaction | None = None) -> list[bytes]:
    """The records of an exchange as they go into gzip members."""
    numbers = count(1)
    drafts = make_records(
        what, warcinfo_id=INFO, redaction=redaction or Redaction(), new_id=lambda: record_id(next(numbers))
    )
    return [draft.head() + b"".join(draft.block) + b"\r\n\r\n" for draft in drafts]


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def record(lines: list[str], block: bytes) -> bytes:
    return (
        "\r\n".join(["WARC/1.1", *lines, f"Content-Length: {len(block)}"]).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"
    )


def test_a_page_is_a_response_and_a_request() -> None:
    response, request = written(exchange(ip="192.0.2.7", protocols=("http/1.1", "tls/1.3"), cipher="TLS_X"))
    assert response == record(
        ["WARC-Type: response", f"WARC-Record-ID: {record_id(1)}", f"WARC-Date: {DATE}", f"WARC-Target-URI: {URL}",
         "WARC-IP-Address: 192.0.2.7", "WARC-Protocol: http/1.1", "WARC-Protocol: tls/1.3", "WARC-Cipher-Suite: TLS_X",
         f"WARC-Warcinfo-ID: {INFO}", f"WARC-Concurrent-To: {record_id(2)}",
         f"WARC-Block-Digest: {digest(PLAIN)}", f"WARC-Payload-Digest: {digest(b'hello')}",
         "Content-Type: application/http;msgtype=response"],
        PLAIN,
    )  # fmt: skip
    assert request == record(
        ["WARC-Type: request", f"WARC-Record-ID: {record_id(2)}", f"WARC-Date: {DATE}", f"WARC-Target-URI: {URL}",
         f"WARC-Concurrent-To: {record_id(1)}", "WARC-IP-Address: 192.0.2.7", f"WARC-Warcinfo-ID: {INFO}",
         f"WARC-Block-Digest: {digest(SENT)}", "Content-Type: application/http;msgtype=request"],
        SENT,
    )  # fmt: skip


def test_a_chunked_page_gets_a_metadata_record_that_leads_back_to_the_bytes() -> None:
    response, _, metadata = written(exchange(CHUNKED, via="http://mirror.example/", hops="L", duration_ms=12))
    block = (
        b"HTTP/1.1 200 OK\r\nX-Archive-Orig-transfer-encoding: chunked\r\nX: 1\r\nContent-Length: 11\r\n\r\nhello world"
    )
    assert response.partition(b"\r\n\r\n")[2] == block + b"\r\n\r\n"
    assert f"WARC-Payload-Digest: {digest(b'hello world')}\r\n".encode() in response
    for number in (2, 3):
        assert f"\r\nWARC-Concurrent-To: {record_id(number)}\r\n".encode() in response
    notes = (
        b"via: http://mirror.example/\r\nhopsFromSeed: L\r\nfetchTimeMs: 12\r\n"
        b"wireFraming: =17 -15 =34 -20 =2 +NTtuYW1lPXZhbHVlDQo= =5 +DQowNg0K =6 +DQowDQpUcmFpbGVyOiB5ZXMNCg0K\r\n"
        b"wireLength: %d\r\nwireDigest: %s\r\n"
    ) % (len(CHUNKED), digest(CHUNKED).encode())
    assert metadata == record(
        ["WARC-Type: metadata", f"WARC-Record-ID: {record_id(3)}", f"WARC-Date: {DATE}",
         f"WARC-Concurrent-To: {record_id(1)}", f"WARC-Warcinfo-ID: {INFO}", f"WARC-Block-Digest: {digest(notes)}",
         "Content-Type: application/warc-fields"],
        notes,
    )  # fmt: skip


def test_half_a_head_is_kept_as_a_resource() -> None:
    half = b"HTTP/1.1 200 OK\r\nServ"
    request, resource, metadata = written(exchange(half, cut="disconnect", error="The connection\nwas lost."))
    assert b"\r\nWARC-Type: request\r\n" in request
    assert resource == record(
        ["WARC-Type: resource", f"WARC-Record-ID: {record_id(2)}", f"WARC-Date: {DATE}",
         f"WARC-Target-URI: urn:wire:{URL}", f"WARC-Concurrent-To: {record_id(1)}", f"WARC-Warcinfo-ID: {INFO}",
         "WARC-Truncated: disconnect", f"WARC-Block-Digest: {digest(half)}", f"WARC-Payload-Digest: {digest(half)}",
         "Content-Type: application/octet-stream"],
        half,
    )  # fmt: skip
    assert metadata.endswith(b"\r\n\r\nfetchTimeMs: 0\r\nerror: The connection was lost.\r\n\r\n\r\n")


def test_no_byte_at_all_is_told_by_metadata() -> None:
    (metadata,) = written(exchange(b"", sent=b"", error="The name does not resolve.", attempt=3, hops="LR"))
    assert f"WARC-Target-URI: {URL}\r\n".encode() in metadata
    assert b"WARC-Concurrent-To" not in metadata
    notes = b"hopsFromSeed: LR\r\nattempt: 3\r\nfetchTimeMs: 0\r\nerror: The name does not resolve.\r\n"
    assert metadata.partition(b"\r\n\r\n")[2] == notes + b"\r\n\r\n"


def test_an_exchange_that_says_nothing_of_its_failure_gets_a_sentence() -> None:
    request, metadata = written(exchange(b""))
    assert b"WARC-Type: request" in request
    assert b"error: No byte of a response came.\r\n" in metadata


def test_a_short_body_is_truncated_though_nobody_said_so() -> None:
    response, _, metadata = written(exchange(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"))
    assert b"\r\nWARC-Truncated: disconnect\r\n" in response
    assert b"error: The body ended after 5 of 9 bytes.\r\n" in metadata


@pytest.mark.parametrize("cut", ["length", "time", "disconnect", "unspecified"])
def test_the_reason_for_a_cut_is_that_of_the_exchange(cut: str) -> None:
    response = written(exchange(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", cut=cut))[0]
    assert f"\r\nWARC-Truncated: {cut}\r\n".encode() in response


def test_a_redirect_and_a_retry_say_where_they_come_from() -> None:
    assert len(written(exchange(via="http://mirror.example/", hops="L"))) == 2
    redirected = written(exchange(via="http://mirror.example/old", hops="LR"))[-1]
    assert b"via: http://mirror.example/old\r\nhopsFromSeed: LR\r\n" in redirected
    assert b"attempt: 2\r\n" in written(exchange(attempt=2))[-1]


def test_the_body_of_a_request_is_its_payload() -> None:
    request = written(exchange(sent=b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na=b", method="POST"))[1]
    assert f"WARC-Payload-Digest: {digest(b'a=b')}\r\n".encode() in request


@pytest.mark.parametrize(
    ("address", "noted"),
    [("192.0.2.1", b"192.0.2.1"), ("2001:DB8:0:0::1", b"2001:db8::1"), ("fe80::1%eth0", b"fe80::1")],
)
def test_addresses_are_written_in_their_shortest_form(address: str, noted: bytes) -> None:
    assert b"\r\nWARC-IP-Address: " + noted + b"\r\n" in written(exchange(ip=address))[0]


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ArchiveError, match=r"^'mirror\.example' is not an IP address\.$"):
        written(exchange(ip="mirror.example"))


def test_target_uris_are_ascii() -> None:
    response = written(exchange(url="http://mirror.example/북 한?q=조선#top"))[0]
    assert b"\r\nWARC-Target-URI: http://mirror.example/%EB%B6%81%20%ED%95%9C?q=%EC%A1%B0%EC%84%A0\r\n" in response


def test_an_address_cannot_smuggle_in_a_field() -> None:
    response = written(exchange(url="http://mirror.example/a\r\nWARC-Type: warcinfo"))[0]
    assert response.count(b"WARC-Type: ") == 1


def test_line_breaks_in_values_are_refused() -> None:
    draft = Draft(kind="metadata", id=INFO, fields=[("WARC-Date", "x\r\nA: b")], content_type="a/b", block=())
    with pytest.raises(ArchiveError, match=r"^A WARC field may not hold a line break: 'WARC-Date: x"):
        draft.head()
    with pytest.raises(ArchiveError, match=r"^A field of a WARC block may not hold a line break: 'software'\.$"):
        warc_fields([("software", "a\nb")])
    with pytest.raises(ArchiveError, match="line break"):
        written(exchange(cipher="A\rB"))


@pytest.mark.parametrize("zone", [UTC, None, timezone(timedelta(hours=9))])
def test_dates_are_utc_with_microseconds(zone: timezone | None) -> None:
    instant = datetime(2026, 3, 1, 13, 5, 6, 7, zone)
    assert warc_date(instant) == ("2026-03-01T04" if zone not in (UTC, None) else "2026-03-01T13") + ":05:06.000007Z"


def test_warcinfo() -> None:
    draft = make_warcinfo(
        record_id=INFO, date=DATE, filename="a-00000.warc.gz", info=[("software", "x/1"), ("a", "평양")]
    )
    block = "software: x/1\r\na: 평양\r\n".encode()
    assert draft.head() + b"".join(draft.block) + b"\r\n\r\n" == record(
        ["WARC-Type: warcinfo", f"WARC-Record-ID: {INFO}", f"WARC-Date: {DATE}", "WARC-Filename: a-00000.warc.gz",
         f"WARC-Block-Digest: {digest(block)}", "Content-Type: application/warc-fields"],
        block,
    )  # fmt: skip
