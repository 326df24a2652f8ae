"""What is said about odd articles."""

from __future__ import annotations

from typing import Any

import pytest

from kcnacrawl.checks import FATAL, RULES, problems
from kcnacrawl.derive import derive
from kcnacrawl.items import Article

BODY = (
    "Pyongyang, April 17 (KCNA) -- Beekeepers of the Rangrim area have set out their hives by the lake.\n\n"
    "The bees fly to the lime trees on the opposite bank and come back at dusk. -0-\n\nwww.kcna.kp (2025.04.17.)"
)
KOREAN = "(평양 4월 17일발 조선중앙통신)랑림지구의 벌치는 사람들이 호수가에 벌통을 내놓았다.(끝)"


def codes(**fields: Any) -> list[str]:
    raw = {
        "id": "kcnawatch:1744871216-8404287",
        "site": "kcnawatch",
        "url": "https://kcnawatch.org/newstream/1744871216-8404287/",
        "title": "Hives Set Out",
        "body_raw": BODY,
        "source_label": "KCNA.kp (En)",
        "published": "2025-04-17",
        "fetched_at": "2025-11-25T01:02:03.000004Z",
    }
    article = Article(**{**raw, **fields})
    derive(article)
    return [problem.code for problem in problems(article)]


def test_sound_articles_have_no_problem() -> None:
    assert codes() == []
    assert codes(title="·벌통을 내놓았다", body_raw=KOREAN) == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"id": ""}, "no_id"),
        ({"title": " "}, "no_title"),
        ({"title": None}, "no_title"),
        ({"body_raw": None}, "no_body"),
        ({"body_raw": "\xa0\n-0-"}, "no_body"),
    ],
)
def test_fatal(fields: dict[str, Any], code: str) -> None:
    assert code in codes(**fields)
    assert code in FATAL


def test_only_these_are_fatal() -> None:
    assert frozenset({"no_id", "no_title", "no_body"}) == FATAL


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"published": None, "body_raw": BODY.replace("(2025.04.17.)", "")}, ["no_date"]),
        ({"published": "17/04/2025"}, ["no_date"]),
        (
            {
                "source_label": None,
                "body_raw": "Bees fly to the lime trees on the opposite bank and come back at dusk.",
            },
            ["no_source"],
        ),
        (
            {"body_raw": "12 345 678 90; 11 22 33 44 55 66 77 88 99; 12 345 678 90; 11 22 33 44 55 66.", "title": "7"},
            ["no_language"],
        ),
        ({"title": "벌통을 내놓았다", "body_raw": "벌통을 내놓았다\n\n" + KOREAN}, ["title_repeated_in_body"]),
        ({"title": "·벌통을 내놓았다", "body_raw": "벌통을 내놓았다\n\n" + KOREAN}, ["title_repeated_in_body"]),
        ({"body_raw": BODY.replace(" -0-", "")}, ["no_end_mark"]),
        ({"body_raw": BODY + "\n\nA line that does not belong here at all."}, ["text_after_end_mark"]),
        ({"body_raw": KOREAN + "\n\n다른 기사의 첫 문장이다."}, ["text_after_end_mark"]),
        (
            {
                "body_raw": BODY.replace(
                    "\n\n", "\n\n" + "The lake is deep and cold even in summer, say the beekeepers.\n\n" * 2, 1
                )
            },
            ["paragraph_repeated"],
        ),
        ({"body_raw": "The bees fly to the trees. -0-"}, ["very_short_body"]),
        ({"body_raw": "Pyongyang, April 17 (KCNA) -- The bees fly to the trees. -0-"}, ["very_short_body"]),
        ({"body_raw": BODY.replace("\n\nThe", "\n\nMore From KCNA.kp (En)\n\nThe")}, ["page_text_in_body"]),
        ({"body_raw": BODY.replace("hives", "<b>hives</b>")}, ["html_in_text"]),
        ({"title": "Hives&nbsp;Set Out"}, ["html_in_text"]),
        ({"body_raw": BODY.replace("hives", "hiv\ufffds")}, ["replacement_characters"]),
        ({"body_raw": BODY.replace("The bees", "Itâ€™s said that bees")}, ["wrong_charset"]),
        ({"title": "벌통".encode().decode("latin-1")}, ["wrong_charset"]),
        ({"title": "벌통 내놓는다".encode().decode("cp1252")}, ["wrong_charset"]),
        ({"title": "ミツバチ".encode().decode("cp1252", "replace")}, ["replacement_characters", "wrong_charset"]),
        ({"title": "Вот пчёлы".encode().decode("latin-1")}, ["wrong_charset"]),
    ],
)
def test_problem(fields: dict[str, Any], expected: list[str]) -> None:
    assert codes(**fields) == expected


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2025-04-14", []),
        ("2025-04-18", []),
        ("2025-04-19", ["date_after_ingest"]),
        ("2025-04-13", ["dateline_far_from_published", "trailer_far_from_published"]),
        ("2025-11-26", ["date_after_ingest", "dateline_far_from_published", "trailer_far_from_published"]),
        (
            "2025-11-27",
            ["date_in_future", "date_after_ingest", "dateline_far_from_published", "trailer_far_from_published"],
        ),
        ("2024-04-17", ["trailer_far_from_published"]),
        ("1945-04-17", ["date_before_1946", "trailer_far_from_published"]),
    ],
)
def test_date(published: str, expected: list[str]) -> None:
    assert codes(published=published) == expected


@pytest.mark.parametrize(("fetched", "late"), [("2025-04-17T14:59:59Z", True), ("2025-04-17T15:00:00Z", False)])
def test_future_begins_a_day_after_the_day_of_the_fetch_in_korea(fetched: str, late: bool) -> None:
    body = "Beekeepers of the Rangrim area have set out their hives by the lake in the valley."
    assert ("date_in_future" in codes(body_raw=body, published="2025-04-19", fetched_at=fetched)) is late


@pytest.mark.parametrize(
    ("published", "dateline", "far"),
    [
        ("2025-01-01", "December 31", False),
        ("2024-12-31", "January 2", False),
        ("2024-02-29", "March 1", False),
        ("2025-03-01", "February 29", False),
        ("2025-01-05", "December 31", True),
        ("2025-04-17", "February 30", False),
    ],
)
def test_dateline_around_the_turn_of_year_and_month(published: str, dateline: str, far: bool) -> None:
    body = BODY.replace("April 17", dateline).replace("www.kcna.kp (2025.04.17.)", "")
    assert ("dateline_far_from_published" in codes(published=published, body_raw=body)) is far


@pytest.mark.parametrize(
    "fields",
    [
        {"body_raw": BODY.replace("lime trees", "AT&T tower, where x < y and a > b")},
        {"body_raw": BODY.replace("lime trees", "café «Größe» of São Tomé, 100 m² € 3")},
        {"body_raw": BODY.replace("lime trees", "trees of “Saint-André”—“Así”—and «Qué»")},
        {"body_raw": BODY.replace("The bees", "More from the bees: they")},
        {"body_raw": BODY.replace("lime trees", "trees after a 3-0-1 win")},
        {"source_label": "KCNA.co.jp (En)", "body_raw": BODY.partition(" -0-")[0]},
        {"kind": "photo", "body_raw": "Hives set out at last"},
        {"fetched_at": None},
        {"fetched_at": "yesterday"},
        {"id": "kcna:44ca48a2ef94965a8f09eb6659d1ebcd"},
    ],
)
def test_what_is_normal_is_no_problem(fields: dict[str, Any]) -> None:
    assert codes(**fields) == []


def test_rules_read_well() -> None:
    names = [rule.code for rule in RULES]
    assert len(set(names)) == len(names)
    for rule in RULES:
        assert rule.code == rule.code.lower().replace(" ", "_")
        assert rule.message.endswith(".")


def test_messages_come_with_the_codes() -> None:
    article = Article(id="", site="kcnawatch", url="https://kcnawatch.org/")
    assert {(problem.code, problem.message) for problem in problems(article)} <= {(r.code, r.message) for r in RULES}
