"""White space and invisible characters."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kcnacrawl.text.clean import clean_line, clean_text

PRINTED = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "a가é \n\r\t\x00\x0b\x1c\x85\xa0\xad\u0301\u1161\u1100\u11a8\u200b\u200d\u2028\u2029\u3000\ufeff"
        ),
    )
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        (" \xa0\u3000\u200b\r\n\t", ""),
        ("Comrade\xa0An Ok\xa0Sun  Visits\r\nFarm ", "Comrade An Ok Sun Visits Farm"),
        ("two  spaces", "two spaces"),
        ("·새\u3000양어장\u200b에서", "·새 양어장에서"),
        ("\ufeffTitle\u00ad with soft\u200d marks\u2060", "Title with soft marks"),
        ("nul\x00 bell\x07 escape\x1b[1m delete\x7f c1\x92", "nul bell escape[1m delete c1"),
        ("\u202eright to left\u202c", "right to left"),
        ("cafe\u0301", "café"),
        ("\u1111\u1167\u11bc\u110b\u1163\u11bc", "평양"),  # letters of a syllable, as some file systems write them
        ("\u1111\u200b\u1167", "펴"),  # composes only after the mark between has gone
        ("１２月 ﾊﾝ ㎏ …", "１２月 ﾊﾝ ㎏ …"),  # NFC, not NFKC: width and ligatures are the printer's
        ("half \ud83d surrogate", "half \ufffd surrogate"),
        ("line\x85break\x0bform\x0cfeed\x1cfile", "line break form feed file"),
    ],
)
def test_line(text: str, line: str) -> None:
    assert clean_line(text) == line


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("", []),
        ("\n\n \r\n\u3000\n", []),
        ("one\n\ntwo", ["one", "two"]),
        ("one\r\n\r\ntwo\r\rthree", ["one", "two", "three"]),
        ("one\n \xa0 \ntwo\n\n\n\nthree\u2029four", ["one", "two", "three", "four"]),
        ("one\n\u200b\n\x00\ntwo", ["one", "two"]),
        ("a line\nof a paragraph\n\nanother", ["a line of a paragraph", "another"]),
        ("\u3000字下げ段落。\n\n\u3000次の段落。", ["字下げ段落。", "次の段落。"]),
    ],
)
def test_paragraphs(text: str, paragraphs: list[str]) -> None:
    assert clean_text(text) == "\n\n".join(paragraphs)


@given(PRINTED)
@example("e\u200b\u0301")
@example("\n\x00\n")
def test_cleaning_again_changes_nothing(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_text(clean_text(text)) == clean_text(text)


@given(PRINTED)
def test_what_is_clean_can_be_written_and_holds_no_odd_space(text: str) -> None:
    clean = clean_text(text)
    json.dumps(clean, ensure_ascii=False).encode("utf-8")
    assert unicodedata.is_normalized("NFC", clean)
    for paragraph in clean.split("\n\n"):
        assert paragraph.split() == [word for word in paragraph.split(" ") if word]
        assert paragraph == paragraph.strip()


@given(PRINTED)
def test_no_letter_is_lost(text: str) -> None:
    assert letters(clean_text(text)) == letters(text)


def letters(text: str) -> list[str]:
    return [character for character in unicodedata.normalize("NFD", text) if character.isalnum()]
