"""Spider arguments: what is accepted, and the sentence for what is not."""

from __future__ import annotations

from datetime import date

import pytest

from kcnacrawl.arguments import ArgumentError, Arguments, parse_arguments

TODAY = date(2026, 11, 23)


def test_all_arguments_get_their_types() -> None:
    arguments = parse_arguments(
        {
            "since": "2025-04-01",
            "until": "2025-04-17",
            "source": "kcna.kp (en)",
            "query": " paddy ",
            "limit": "12",
            "base_url": "http://127.0.0.1:8000/mirror/",
        },
        TODAY,
    )
    assert arguments == Arguments(
        since=date(2025, 4, 1),
        until=date(2025, 4, 17),
        source="KCNA.kp (En)",
        query="paddy",
        limit=12,
        base_url="http://127.0.0.1:8000/mirror",
    )


def test_start_urls_are_split_at_commas_and_white_space_and_kept_once() -> None:
    one = "https://kcnawatch.org/newstream/1451890016-8404287/a-b"
    two = "https://www.kcnawatch.xyz/newstream/1451995007-68908309/"
    assert parse_arguments({"start_urls": f" {one},{two}\n{one} "}, TODAY).start_urls == (one, two)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"sinse": "2025-01-01"}, "There is no argument 'sinse'"),
        ({"since": "17/04/2025"}, "since='17/04/2025' is not a day"),
        ({"since": "2025-02-30"}, "since='2025-02-30' is not a day"),
        ({"until": "20250417"}, "until='20250417' is not a day"),
        ({"since": ""}, "since='' is not a day"),
        ({"since": "2025-05-01", "until": "2025-04-01"}, "since=2025-05-01 is after until=2025-04-01."),
        ({"since": "2027-01-01"}, "since=2027-01-01 is in the future."),
        ({"limit": "0"}, "limit='0' is not a whole number above 0."),
        ({"limit": "-3"}, "limit='-3'"),
        ({"limit": "ten"}, "limit='ten'"),
        ({"limit": "１２"}, "limit='１２'"),
        ({"query": "  "}, "query is empty"),
        ({"source": "Morning Star"}, "source='Morning Star' is unknown"),
        ({"base_url": "kcnawatch.org"}, "base_url='kcnawatch.org' is not an address"),
        ({"base_url": "ftp://kcnawatch.org"}, "is not an address"),
        ({"base_url": "http://u:p@127.0.0.1"}, "is not an address"),
        ({"base_url": "http://[::1"}, "is not an address"),
        ({"base_url": "http://127.0.0.1:99999"}, "is not an address"),
        ({"base_url": "http://127.0.0.1/?a=1"}, "is not an address"),
        ({"start_urls": ""}, "is not an article of KCNA Watch"),
        ({"start_urls": "https://kcnawatch.org/about/"}, "is not an article of KCNA Watch"),
        ({"start_urls": "https://example.com/newstream/1451890016-8404287/a"}, "is on another host"),
        (
            {"start_urls": "https://kcnawatch.org/newstream/1451890016-8404287/a", "since": "2025-01-01"},
            "since cannot be given with it",
        ),
    ],
)
def test_what_cannot_be_used_is_one_sentence(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(ArgumentError) as error:
        parse_arguments(given, TODAY)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")


def test_an_unknown_source_names_the_known_ones() -> None:
    with pytest.raises(ArgumentError, match=r"KCNA\.kp \(En\), KCNA\.kp \(Kr\)"):
        parse_arguments({"source": "nobody"}, TODAY)


def test_source_ids_of_labels_and_of_numbers() -> None:
    assert parse_arguments({"source": "Rodong Sinmun (Kr)"}, TODAY).source_ids == ("189661",)
    assert parse_arguments({"source": "4711"}, TODAY).source_ids == ("4711",)
    assert parse_arguments({}, TODAY).source_ids == ()


@pytest.mark.parametrize(
    ("day", "grace", "wanted"),
    [
        ("2025-04-10", 0, True),
        ("2025-04-20", 0, True),
        ("2025-04-09", 0, False),
        ("2025-04-09", 1, True),
        ("2025-04-21", 0, False),
        ("2025-04-21", 1, True),
        ("2025-04-22", 1, False),
        (None, 0, True),
    ],
)
def test_days_inside_the_request(day: str | None, grace: int, wanted: bool) -> None:
    arguments = Arguments(since=date(2025, 4, 10), until=date(2025, 4, 20))
    assert arguments.wants_day(day, grace) is wanted


def test_labels_are_compared_without_case_and_spacing() -> None:
    arguments = Arguments(source="KCNA.kp (En)")
    assert arguments.wants_source("kcna.kp  (EN)")
    assert arguments.wants_source(None)
    assert not arguments.wants_source("KCNA.kp (Kr)")
    assert Arguments(source="156").wants_source("anything")
