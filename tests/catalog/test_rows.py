"""Entries survive being stored, and a changed bit shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kcnacrawl.archive.entries import Entry
from kcnacrawl.catalog import rows
from kcnacrawl.catalog.addresses import find_keys, first_key, next_key, normal
from tests.catalog.samples import entry

USUAL = entry(1)

ODD = {
    "usual": USUAL,
    "id that is no UUID": replace(USUAL, record_id="<http://other.example/1>"),
    "id of 15 letters": replace(USUAL, record_id="<urn:abcdefghi>"),
    "id of 16 letters": replace(USUAL, record_id="<urn:abcdefghij>"),
    "id in capitals": replace(USUAL, record_id=USUAL.record_id.upper()),
    "no digest": replace(USUAL, payload_digest=None),
    "SHA-1": replace(USUAL, payload_digest="sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"),
    "SHA-1 in small letters": replace(USUAL, payload_digest="sha1:3i42h3s6nnfq2msvx7xzkyaysct5qbyj"),
    "MD5": replace(USUAL, payload_digest="md5:9e107d9d372bb6826bd81d3542a419d6"),
    "digest of 19 letters": replace(USUAL, payload_digest="x:" + "y" * 17),
    "digest of 31 letters": replace(USUAL, payload_digest="x:" + "y" * 29),
    "digest in capitals": replace(USUAL, payload_digest="SHA256:" + "A" * 64),
    "date to the second": replace(USUAL, date="2026-03-01T04:05:06Z"),
    "date to the nanosecond": replace(USUAL, date="2026-03-01T04:05:06.123456789Z"),
    "date with a zone": replace(USUAL, date="2026-03-01T04:05:06.000001+09:00"),
    "date that is none": replace(USUAL, date="yesterday"),
    "no date": replace(USUAL, date=""),
    "day before 1970": replace(USUAL, date="1957-10-04T19:28:34.000000Z"),
    "POST": replace(USUAL, method="POST"),
    "cut off": replace(USUAL, whole=False),
    "no status": replace(USUAL, status=None, mime=None, etag=None, last_modified=None),
    "revisit": replace(USUAL, kind="revisit", profile="identical-payload-digest", refers_to=entry(2).record_id),
    "not modified": replace(USUAL, kind="revisit", profile="server-not-modified", status=None, payload_size=0),
    "resource": replace(USUAL, kind="resource", url="urn:wire:http://mirror.example/"),
    "Latin-1 in a header": replace(USUAL, etag='"caf\xe9"'),
}


@pytest.mark.parametrize("what", ODD)
def test_an_entry_comes_back_as_it_was(what: str) -> None:
    row = rows.pack_entry(ODD[what], 65_536, first_key(ODD[what].url))
    assert rows.is_sound(row)
    assert rows.unpack_entry(row, ODD[what].warc, ODD[what].url) == ODD[what]


def test_different_ids_and_digests_are_stored_differently() -> None:
    ids = {rows.pack_id(odd.record_id) for odd in ODD.values()}
    assert len(ids) == len({odd.record_id for odd in ODD.values()})
    digests = {rows.pack_digest(odd.payload_digest) for odd in ODD.values() if odd.payload_digest}
    assert len(digests) == len({odd.payload_digest for odd in ODD.values() if odd.payload_digest})


def test_the_usual_row_is_packed() -> None:
    row = rows.pack_entry(USUAL, 65_536, 5)
    assert (len(row[3]), len(row[11])) == (16, 32)
    assert row[7:9] == (None, None)  # date as usual, GET


@pytest.mark.parametrize("column", range(18))
def test_a_change_in_any_column_shows(column: int) -> None:
    row = list(rows.pack_entry(USUAL, 65_536, 5))
    held = row[column]
    if isinstance(held, bytes):
        row[column] = bytes([held[0] ^ 1]) + held[1:]
    elif isinstance(held, str):
        row[column] = chr(ord(held[0]) ^ 1) + held[1:]
    else:
        row[column] = 1 if held is None else held ^ 1
    assert not rows.is_sound(tuple(row))


def test_a_moved_row_is_sound() -> None:
    row = rows.pack_entry(USUAL, 65_536, 5)
    assert rows.move_row(row, 6) == rows.pack_entry(USUAL, 65_536, 6)


def test_addresses_are_told_apart_though_their_hashes_are_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kcnacrawl.catalog.addresses.first_key", lambda url: 7)
    keys, new = find_keys(["a", "b"], lambda keys: {})
    assert keys == {"a": 7, "b": 8}
    assert new == {7: "a", 8: "b"}
    stored = {7: "a", 8: "b"}
    keys, new = find_keys(["c", "b", "a"], lambda wanted: {key: stored[key] for key in wanted if key in stored})
    assert keys == {"a": 7, "b": 8, "c": 9}
    assert new == {9: "c"}


def test_keys_fit_into_eight_bytes() -> None:
    assert next_key(2**63 - 1) == -(2**63)
    assert all(-(2**63) <= first_key(f"http://a/{number}") < 2**63 for number in range(100))


def test_an_address_is_looked_up_as_records_have_it() -> None:
    assert normal("http://user:word@mirror.example/가#part") == "http://mirror.example/%EA%B0%80"


def test_entries_have_no_field_that_is_not_stored() -> None:
    stored = {"warc", "offset", "length", "record_id", "kind", "profile", "url", "date", "method", "status", "mime"}
    stored |= {"payload_digest", "payload_size", "whole", "etag", "last_modified", "refers_to"}
    assert set(Entry.__slots__) == stored
