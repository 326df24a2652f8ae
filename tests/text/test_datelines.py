"""Openings of agency texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcnacrawl.items import Dateline
from kcnacrawl.text.datelines import find_dateline, parse_dateline


@pytest.mark.parametrize(
    ("text", "place", "month", "day", "agency"),
    [
        ("Pyongyang, April 17 (KCNA) --", "Pyongyang", 4, 17, "KCNA"),
        ("Pyongyang, April 17 (KCNA) –", "Pyongyang", 4, 17, "KCNA"),
        ("Pyongyang, April 17 (KCNA) —", "Pyongyang", 4, 17, "KCNA"),
        ("PYONGYANG, APRIL 17 (KCNA) --", "PYONGYANG", 4, 17, "KCNA"),
        ("Pyongyang, April 17(KCNA)", "Pyongyang", 4, 17, "KCNA"),
        ("Pyongyang, April 17, (KCNA)", "Pyongyang", 4, 17, "KCNA"),
        ("St. Petersburg, 17 April 2025 (KCNA) --", "St. Petersburg", 4, 17, "KCNA"),
        ("New York, Sept. 3 (KCNA via TASS) --", "New York", 9, 3, "KCNA via TASS"),
        ("Wonsan, Kangwon Province, May 3 (KCNA) --", "Wonsan, Kangwon Province", 5, 3, "KCNA"),
        ("Pyongyang, 17 de abril (ACNC) --", "Pyongyang", 4, 17, "ACNC"),
        ("Pyongyang, 17 de abril de 2025 (ACNC) --", "Pyongyang", 4, 17, "ACNC"),
        ("Pyongyang, 1er avril (ACNC) --", "Pyongyang", 4, 1, "ACNC"),
        ("Pjöngjang, 17. März (KCNA) --", "Pjöngjang", 3, 17, "KCNA"),
        ("Пхеньян, 17 апреля. /ЦТАК/--", "Пхеньян", 4, 17, "ЦТАК"),
        ("Пхеньян, 17 апреля. /ЦТАК/", "Пхеньян", 4, 17, "ЦТАК"),
        ("(평양 8월 21일발 조선중앙통신)", "평양", 8, 21, "조선중앙통신"),
        ("（평양 2026년 8월 21일발 조선중앙통신）", "평양", 8, 21, "조선중앙통신"),
        ("【평양 8월 21일 조선중앙통신】", "평양", 8, 21, "조선중앙통신"),
        ("【平壌７月５日発朝鮮中央通信】", "平壌", 7, 5, "朝鮮中央通信"),
        ("朝中社平壤4月17日电", "平壤", 4, 17, "朝中社"),
        ("平壤4月17日发朝鲜中央通讯社", "平壤", 4, 17, "朝鲜中央通讯社"),
        ("（朝中社平壤4月17日电）", "平壤", 4, 17, "朝中社"),
        ("Pyongyang, February 29 (KCNA) --", "Pyongyang", 2, 29, "KCNA"),
        ("Pyongyang, February 30 (KCNA) --", "Pyongyang", None, None, "KCNA"),
        ("(평양 13월 1일발 조선중앙통신)", "평양", None, None, "조선중앙통신"),
    ],
)
@pytest.mark.parametrize("rest", ["", " A new bridge opened.", "A new bridge opened."])
def test_dateline(text: str, place: str, month: int | None, day: int | None, agency: str, rest: str) -> None:
    assert parse_dateline(text + rest) == Dateline(place=place, month=month, day=day, agency=agency, text=text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "One day in July Juche 107 (2018), a farmer came to the field.",
        "Workers met on May 3 (Sunday) -- rain fell.",
        "In Pyongyang, May 3 (a holiday) was spent in the parks.",
        "A letter said: Pyongyang, April 17 (KCNA) -- the rest was missing.",
        "The session was held in the hall on April 17 (SPA) -- all came.",
        "평양 8월 21일 날씨가 좋았다.",
        "8月21日、平壌で大会が開かれた。",
        "4月17日电影院开门。",
    ],
)
def test_no_dateline(text: str) -> None:
    assert parse_dateline(text) is None


def test_dateline_is_looked_for_after_a_repeated_headline_only() -> None:
    dateline, title = "(평양 8월 21일발 조선중앙통신)", "새 다리가 놓이였다"
    found = find_dateline(f"{title}\n\n{dateline}강에 다리가 놓이였다.", title)
    assert found is not None
    assert found.text == dateline
    assert find_dateline(f"다른 말\n\n{dateline}강에 다리가 놓이였다.", title) is None


@given(st.text(alphabet="Pyongyang, 17aprilKCNA()-/[]【】월일발平壌月日発电 \n", max_size=400))
def test_what_is_found_opens_the_text(text: str) -> None:
    dateline = parse_dateline(text)
    assert dateline is None or text.startswith(dateline.text)
