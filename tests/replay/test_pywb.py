"""pywb shows every kind of record as it was served."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from kcnacrawl.archive.pywb import Wayback
from kcnacrawl.archive.reader import iter_records
from tests.replay.site import ARTICLE, CASES, ENGLISH, HOST, PHOTO, STYLE, Case


def get(wayback: Wayback, case: Case, modifier: str = "mp_") -> tuple[int, bytes, str]:
    """Status, body and final address of a capture as pywb gives it; redirects are followed inside the archive."""
    address = f"{wayback.url}/{case.timestamp}{modifier}/{case.url}"
    request = urllib.request.Request(address, data=case.form or None)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read(), answer.url
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.url


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.shows])
def test_text_of_each_kind(wayback: Wayback, name: str) -> None:
    case = CASES[name]
    status, body, _ = get(wayback, case)
    assert status == (200 if case.status in (301, 302) else case.status)
    assert case.shows in body.decode("euc-kr" if "euc-kr" in case.content_type else "utf-8", "replace")


@pytest.mark.parametrize(("name", "expected"), [("photo", PHOTO), ("style", STYLE), ("gzip", CASES["gzip"].body)])
def test_bodies_as_served(wayback: Wayback, name: str, expected: bytes) -> None:
    assert get(wayback, CASES[name], "id_")[1] == expected


def test_a_redirect_leads_to_the_captured_page(wayback: Wayback) -> None:
    assert get(wayback, CASES["redirect"])[2].endswith(HOST + ARTICLE)


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing."""

    def redirect_request(self, *_: object) -> None:
        return


@pytest.mark.parametrize("name", ["redirect with a page", "same redirect"])
def test_the_page_of_a_redirect_is_there_every_night(wayback: Wayback, name: str) -> None:
    case = CASES[name]
    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.build_opener(Stay).open(f"{wayback.url}/{case.timestamp}id_/{case.url}", timeout=60)
    with told.value as answer:
        assert (answer.code, answer.read()) == (302, case.body)


def test_second_night_is_shown_under_its_own_date(wayback: Wayback) -> None:
    status, body, address = get(wayback, CASES["same again"])
    assert (status, ENGLISH.encode() in body) == (200, True)
    assert f"/{CASES['same again'].timestamp}mp_/" in address


def test_not_modified_is_shown_with_the_original_body(wayback: Wayback) -> None:
    assert get(wayback, CASES["not modified"], "id_")[:2] == (200, CASES["plain"].body)


def test_both_profiles_are_in_the_archive(archive: Path) -> None:
    records = [record for path in sorted(archive.glob("*.warc.gz")) for record in iter_records(path)]
    profiles = {(record.get("WARC-Profile") or "").rpartition("/")[2] for record in records if record.type == "revisit"}
    assert profiles == {"identical-payload-digest", "server-not-modified"}
