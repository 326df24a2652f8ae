"""Days as printed."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcnacrawl.text.dates import parse_date


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("July 01, 2011", "2011-07-01"),
        (" November 03, 2022", "2022-11-03"),
        ("Friday September 11, 2026", "2026-09-11"),
        ("Friday, September 11, 2026", "2026-09-11"),
        ("Sept. 3, 2025", "2025-09-03"),
        ("Sep 3 2025", "2025-09-03"),
        ("Feb. 19, 2026 Thursday [Photo]", "2026-02-19"),
        ("Feb. 11,\xa0Juche 111 (2022)\xa0\xa0Friday", "2022-02-11"),
        ("17 April 2025", "2025-04-17"),
        ("[2024.06.15]", "2024-06-15"),
        ("[2026.7.19.]", "2026-07-19"),
        ("(2025.04.17.)", "2025-04-17"),
        ("2017.07.05", "2017-07-05"),
        ("[2025-04-17]", "2025-04-17"),
        ("[Juche113.8.4.]", "2024-08-04"),
        ("(Juche108.12.10.)", "2019-12-10"),
        ("Juche 113. 8. 4.", "2024-08-04"),
        ("주체113(2024).8.4.", "2024-08-04"),
        ("주체113(2024)년 8월 4일", "2024-08-04"),
        ("주체113년 8월 4일", "2024-08-04"),
        ("主体113（2024）年8月4日", "2024-08-04"),
        ("チュチェ113（2024）年８月４日", "2024-08-04"),
        ("2025년 4월 17일", "2025-04-17"),
        ("2025년 4월 17일 목요일", "2025-04-17"),
        ("２０２５年４月１７日（木曜日）", "2025-04-17"),
        ("2025年4月17日 星期四", "2025-04-17"),
        ("17 de abril de 2025", "2025-04-17"),
        ("1er avril 2025", "2025-04-01"),
        ("3. März 2025", "2025-03-03"),
        ("17 апреля 2025 г.", "2025-04-17"),
        ("2025-04-17T23:30:00", "2025-04-17"),
        ("2025-04-16T15:00:00Z", "2025-04-17"),
        ("2025-04-16T14:59:59+00:00", "2025-04-16"),
        ("2025-04-17T08:00:00+0900", "2025-04-17"),
        ("2024-02-29", "2024-02-29"),
    ],
)
def test_day(text: str, day: str) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Yesterday",
        "2025",
        "April 17",
        "2025-02-29",
        "2025.13.01",
        "2025.00.10",
        "April 31, 2025",
        "Smarch 3, 2025",
        "0000-01-01",
        "Juche 112 (2024) 8 4",
        "주체112(2024)년 8월 4일",  # the two years contradict each other
        "November 25, 2025Nov 25, 2025",  # two days
        "July 01, 2011 July 02, 2011",
        "2025.04/17",
        "1700000000",
        "2025-04-17T25:00:00Z",
        "9999-12-31T23:00:00Z",  # the next day in Korea is past the calendar
        "(" * 40 + "2025.04.17" + ")" * 39,
        "(" * 1_000_000 + "2025.04.17" + ")" * 1_000_000,
    ],
)
def test_no_day(text: str) -> None:
    assert parse_date(text) is None
    assert parse_date(text, day_first=True) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("17/04/2025", "2025-04-17"),
        ("Date: 17/04/2025", "2025-04-17"),
        ("03/04/2025", "2025-04-03"),
        ("1-7-2011", "2011-07-01"),
        ("31/04/2025", None),
        ("04/17/2025", None),
        ("17/04-2025", None),
        ("17/04/25", None),
    ],
)
def test_day_first_is_read_only_where_the_site_says_so(text: str, day: str | None) -> None:
    assert parse_date(text, day_first=True) == day
    assert parse_date(text) is None


@given(st.dates(min_value=datetime.date(1912, 1, 1)))
def test_every_day_is_read_in_every_form(day: datetime.date) -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    for text in (
        f"[{day.year:04}.{day.month}.{day.day}.]",
        f"[{day.year:04}.{day.month:02}.{day.day:02}]",
        f"{day:%B} {day.day:02}, {day.year:04}",
        f"{day:%A} {day:%B} {day.day:02}, {day.year:04}",
        f"{day.year:04}년 {day.month}월 {day.day}일",
        f"{day.year:04}年{day.month}月{day.day}日".translate(wide),
    ):
        assert parse_date(text) == day.isoformat(), text


@given(st.text())
def test_any_text_is_a_day_or_none(text: str) -> None:
    day = parse_date(text, day_first=True)
    assert day is None or datetime.date.fromisoformat(day)
