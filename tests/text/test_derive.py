"""From raw fields to a finished article."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcnacrawl.derive import derive
from kcnacrawl.items import Article, Dateline, Trailer
from kcnacrawl.text.digest import text_digest

RAW = (
    "Pyongyang, April\xa017 (KCNA) -- Beekeepers of the Rangrim area have set out their hives.\r\n\r\n"
    "The hives stand by the lake, and the bees fly to the lime trees.\u200b -0-\n\nwww.kcna.kp (2025.04.17.)"
)


def raw_article(**fields: Any) -> Article:
    raw = {
        "id": "kcnawatch:1744871216-8404287",
        "site": "kcnawatch",
        "url": "https://kcnawatch.org/newstream/1744871216-8404287/hives-set-out/",
        "title": "Hives\xa0Set Out ",
        "body_raw": RAW,
        "source_label": "KCNA.kp (En)",
        "published": "2025-04-18",
        "published_raw": "18/04/2025",
        "published_from": "page",
    }
    return Article(**{**raw, **fields})


def derived(**fields: Any) -> Article:
    article = raw_article(**fields)
    derive(article)
    return article


def test_every_derived_field() -> None:
    article = derived()
    assert article.title == "Hives Set Out"
    assert article.body == (
        "Pyongyang, April 17 (KCNA) -- Beekeepers of the Rangrim area have set out their hives.\n\n"
        "The hives stand by the lake, and the bees fly to the lime trees."
    )
    assert article.dateline == Dateline(
        place="Pyongyang", month=4, day=17, agency="KCNA", text="Pyongyang, April 17 (KCNA) --"
    )
    assert article.trailer == Trailer(text="www.kcna.kp (2025.04.17.)", site="www.kcna.kp", date="2025-04-17")
    assert article.language == "en"
    assert article.source == "kcna.kp"
    assert article.kind == "article"
    assert article.ingested_at == "2025-04-17T06:26:56Z"
    assert article.text_digest == text_digest("Hives Set Out", article.body)
    assert (article.published, article.published_raw, article.published_from) == ("2025-04-18", "18/04/2025", "page")


def test_raw_fields_stay() -> None:
    before, after = raw_article(), derived()
    for name in ("id", "site", "url", "urls", "original_url", "body_raw", "source_label", "sections", "problems"):
        assert getattr(after, name) == getattr(before, name)


@pytest.mark.parametrize(
    ("label", "source"),
    [
        ("KCNA.kp (En)", "kcna.kp"),
        ("KCNA.kp\xa0(Kr)", "kcna.kp"),
        ("Rodong Sinmun (En)", "rodong sinmun"),
        ("KCNA.co.jp（Es）", "kcna.co.jp"),
        ("Naenara", "naenara"),
        ("Minju Choson (Korean)", "minju choson"),
        ("Pyongyang Times (Weekly)", "pyongyang times (weekly)"),
        (None, "kcna.kp"),
        ("", "kcna.kp"),
    ],
)
def test_source(label: str | None, source: str) -> None:
    assert derived(source_label=label).source == source


def test_nothing_tells_the_source() -> None:
    assert derived(source_label=None, body_raw="The bees fly.").source is None


def test_day_of_the_trailer_where_the_page_gives_none() -> None:
    article = derived(published=None, published_raw=None, published_from=None)
    assert (article.published, article.published_raw, article.published_from) == (
        "2025-04-17",
        "2025.04.17.",
        "trailer",
    )


@pytest.mark.parametrize(
    "body", ["Pyongyang, April 17 (KCNA) -- Bees. -0-", "Bees.\n\nwww.kcna.kp (2025.02.30.)", None]
)
def test_a_day_is_never_made_up(body: str | None) -> None:
    article = derived(body_raw=body, published=None, published_raw=None, published_from=None)
    assert (article.published, article.published_raw, article.published_from) == (None, None, None)


def test_language_is_that_of_the_text_not_of_dateline_title_or_label() -> None:
    body = "Pyongyang, 17 de abril (ACNC) -- Las abejas vuelan a los tilos de la ribera. -0-"
    assert derived(body_raw=body).language == "es"
    assert derived(title="벌통을 내놓았다", body_raw="Pyongyang, April 17 (KCNA) -- 1, 2, 3. -0-").language == "ko"


def test_dateline_after_a_repeated_title() -> None:
    article = derived(
        title="·벌통을 내놓았다", body_raw="벌통을 내놓았다\n\n(평양 4월 17일발 조선중앙통신)벌들이 난다.(끝)"
    )
    assert article.dateline is not None
    assert article.dateline.text == "(평양 4월 17일발 조선중앙통신)"
    assert article.language == "ko"


@pytest.mark.parametrize("kind", ["photo", "video"])
def test_kind_known_from_the_layout_stays(kind: str) -> None:
    assert derived(kind=kind, title="KCNA Commentary on Bees").kind == kind


def test_kind_is_told_from_the_text() -> None:
    assert derived(title="KCNA Commentary on Bees").kind == "commentary"
    assert derived(title="Bees", kind="statement").kind == "article"


@pytest.mark.parametrize("body", [None, "", " \xa0\n", "-0-", "(끝)\n\nwww.kcna.kp (2025.04.17.)"])
def test_no_text(body: str | None) -> None:
    assert derived(body_raw=body).body is None


def test_no_title() -> None:
    assert derived(title="\u3000\u200b", subtitle="").title is None


def test_other_sites_have_no_ingest_time() -> None:
    assert derived(id="kcna:44ca48a2ef94965a8f09eb6659d1ebcd").ingested_at is None


PRINTED = st.text(
    st.sampled_from("ab가。.-－0끝()完Pyongyang, 1April(KCNA)-www.kcna.kp (2025.04.17.)\n\u200b\xa0"), max_size=120
)


@given(PRINTED, PRINTED, st.none() | st.just("2025-04-18"))
def test_deriving_again_changes_nothing(title: str, body: str, published: str | None) -> None:
    once = derived(title=title, body_raw=body, published=published, published_from="page" if published else None)
    twice = deepcopy(once)
    derive(twice)
    assert twice == once
