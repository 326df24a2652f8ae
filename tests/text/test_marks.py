"""Closings of agency texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcnacrawl.items import Trailer
from kcnacrawl.text.clean import clean_text
from kcnacrawl.text.marks import ends_with_mark, take_marks

KCNA = Trailer(text="www.kcna.kp (2025.04.17.)", site="www.kcna.kp", date="2025-04-17")


@pytest.mark.parametrize(
    ("closed", "text", "end_mark"),
    [
        ("They sowed early. -0-", "They sowed early.", "-0-"),
        ("They sowed early.-0-", "They sowed early.", "-0-"),
        ("They sowed early-0-", "They sowed early", "-0-"),
        ("They sowed early. - 0 -", "They sowed early.", "- 0 -"),
        ("They sowed early. –0–", "They sowed early.", "–0–"),
        ("They sowed early. --0--", "They sowed early.", "--0--"),
        ("They sowed early. －０－", "They sowed early.", "－０－"),
        ("They sowed early. -O-", "They sowed early.", "-O-"),
        ("They sowed early. -0-.", "They sowed early.", "-0-."),
        ("They sowed early. -0- -0-", "They sowed early.", "-0-"),
        ("They sowed early.\n\n-0-", "They sowed early.", "-0-"),
        ('He said "early". -0-', 'He said "early".', "-0-"),
        ("The share rose to 40%-0-", "The share rose to 40%", "-0-"),
        ("In 2024. -0-", "In 2024.", "-0-"),
        ("일찍 씨를 뿌렸다.(끝)", "일찍 씨를 뿌렸다.", "(끝)"),
        ("일찍 씨를 뿌렸다. （ 끝 ）", "일찍 씨를 뿌렸다.", "（ 끝 ）"),
        ("일찍 씨를 뿌렸다.\n\n(끝)", "일찍 씨를 뿌렸다.", "(끝)"),
        ("일찍 씨를 뿌렸다.\n\n끝", "일찍 씨를 뿌렸다.", "끝"),
        ("早く種をまいた。－－－", "早く種をまいた。", "－－－"),
        ("早く種をまいた。‐‐‐", "早く種をまいた。", "‐‐‐"),
        ("早く種をまいた。\n\n―――", "早く種をまいた。", "―――"),
        ("早く種をまいた。 － － －", "早く種をまいた。", "－ － －"),
        ("他们早早播种。（完）", "他们早早播种。", "（完）"),
        ("-0-", "", "-0-"),
        ("끝", "", "끝"),
    ],
)
def test_end_mark(closed: str, text: str, end_mark: str) -> None:
    marked = take_marks(closed)
    assert (marked.text, marked.end_mark, marked.trailer) == (text, end_mark, None)
    assert ends_with_mark(closed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "They sowed early.",
        "The team won 3-0-1.",
        "The team won 3-0-",
        "The mark -0- closes a text; this sentence follows it.",
        "-0- comes first here.",
        "A jack-o-",
        "He hesitated --",
        "말을 끝",
        "일이 끝났다",
        "彼は言った――",
        "ラーーー",
        "A list (end)",
        "Readers write to www.kcna.kp",
        "Readers write to www.kcna.kp.",
        "The site is www.kcna.kp (2025)",
        "It was founded then (2025.04.17.)",
        "See paper.example (2025.04.17.)",
        "See mykcna.kpx (2025.04.17.)",
    ],
)
def test_text_is_left_alone(text: str) -> None:
    marked = take_marks(text)
    assert (marked.text, marked.end_mark, marked.trailer) == (text, None, None)


@pytest.mark.parametrize(
    "closing",
    [
        " -0-\n\nwww.kcna.kp (2025.04.17.)",
        " -0- www.kcna.kp (2025.04.17.)",
        "-0-www.kcna.kp (2025.04.17.)",
        "\n\n-0-\n\nwww.kcna.kp (2025.04.17.)",
        "\n\nwww.kcna.kp (2025.04.17.)\n\n-0-",
        " www.kcna.kp (2025.04.17.) -0-",
        " -0-\n\nwww.kcna.kp (2025.04.17.)\n\nwww.kcna.kp (2025.04.17.)",
    ],
)
def test_end_mark_and_trailer_in_any_order(closing: str) -> None:
    marked = take_marks("They sowed early." + closing)
    assert (marked.text, marked.end_mark, marked.trailer) == ("They sowed early.", "-0-", KCNA)
    assert marked.trailer_day == "2025.04.17."


@pytest.mark.parametrize(
    ("closing", "trailer", "day"),
    [
        (" www.kcna.kp (2025.04.17.)", KCNA, "2025.04.17."),
        ("www.kcna.kp (2025.04.17.)", KCNA, "2025.04.17."),
        (
            "\n\nwww.kcna.kp (Juche108.12.10.)",
            Trailer(text="www.kcna.kp (Juche108.12.10.)", site="www.kcna.kp", date="2019-12-10"),
            "Juche108.12.10.",
        ),
        (
            "\n\nwww.kcna.kp(주체113.8.4.)",
            Trailer(text="www.kcna.kp(주체113.8.4.)", site="www.kcna.kp", date="2024-08-04"),
            "주체113.8.4.",
        ),
        (
            "\n\nHTTP://WWW.Rodong.rep.kp/ （2025.4.17）",
            Trailer(text="HTTP://WWW.Rodong.rep.kp/ （2025.4.17）", site="www.rodong.rep.kp", date="2025-04-17"),
            "2025.4.17",
        ),
        (
            "\n\nkcna.kp (2025.04.17.)",
            Trailer(text="kcna.kp (2025.04.17.)", site="kcna.kp", date="2025-04-17"),
            "2025.04.17.",
        ),
        (
            "\n\nwww.kcna.kp\n\n(2025.04.17.)",
            Trailer(text="www.kcna.kp\n\n(2025.04.17.)", site="www.kcna.kp", date="2025-04-17"),
            "2025.04.17.",
        ),
        (
            "\n\nwww.kcna.kp (2025.02.30.)",
            Trailer(text="www.kcna.kp (2025.02.30.)", site="www.kcna.kp", date=None),
            "2025.02.30.",
        ),
        ("\n\nwww.kcna.kp", Trailer(text="www.kcna.kp", site="www.kcna.kp", date=None), None),
    ],
)
def test_trailer(closing: str, trailer: Trailer, day: str | None) -> None:
    marked = take_marks("They sowed early." + closing)
    assert (marked.text, marked.trailer, marked.trailer_day) == ("They sowed early.", trailer, day)


def test_end_mark_is_found_behind_any_length_of_text() -> None:
    assert take_marks("가" * 5000 + "(끝)").text == "가" * 5000
    assert take_marks("x" * 28 + "-0-").text == "x" * 28


def test_missing_end_mark_is_noticed_in_raw_text() -> None:
    assert ends_with_mark("Sown.\xa0-0-\r\n\r\nwww.kcna.kp (2025.04.17.)\n")
    assert not ends_with_mark("Sown.\n\nwww.kcna.kp (2025.04.17.)\n")


CLOSINGS = st.text(alphabet="ab.。-－‐―0끝()（）完Ow.kcna.kp2025 1\n", max_size=80)


@given(CLOSINGS)
def test_only_the_end_is_taken_and_taking_again_takes_nothing(text: str) -> None:
    clean = clean_text(text)
    marked = take_marks(clean)
    assert clean.startswith(marked.text)
    assert take_marks(marked.text).text == marked.text
    assert clean_text(marked.text) == marked.text
