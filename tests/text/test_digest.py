"""Digests of texts."""

from __future__ import annotations

import hashlib

import pytest

from kcnacrawl.text.digest import text_digest

BODY = "The river froze.\n\nChildren skated in the café's yard."


def test_form() -> None:
    known = hashlib.sha256(b"New Rink\nThe river froze.").hexdigest()
    assert text_digest("New Rink", "The river froze.") == f"sha256:{known}"


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("New Rink", BODY),
        ("·New Rink", BODY),
        ("· New\xa0Rink ", BODY),
        ("New Rink", BODY.replace("\n\n", "\r\n")),
        ("New Rink", BODY.replace("\n\n", " ")),
        ("New Rink", "\u3000" + BODY.replace(" ", "\xa0\u200b ")),
        ("New Rink", BODY.replace("é", "e\u0301")),
    ],
)
def test_equal_text_in_other_layouts(title: str, body: str) -> None:
    assert text_digest(title, body) == text_digest("New Rink", BODY)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("New rink", BODY),
        ("New Rink", BODY.replace("froze", "frozen")),
        ("New Rink", BODY.replace("The river", "Theriver")),
        ("New Rink", BODY.replace(".", "．")),
        ("New Rink The river froze.", "Children skated in the café's yard."),
        (None, "New Rink " + BODY),
        ("New Rink", None),
    ],
)
def test_other_text(title: str | None, body: str | None) -> None:
    assert text_digest(title, body) != text_digest("New Rink", BODY)


def test_lone_surrogate_has_a_digest() -> None:
    assert text_digest("\ud83d", "\udc00") == text_digest("\ufffd", "\ufffd")
