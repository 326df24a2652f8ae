"""The truth and the pages say the same, by plain search in the page's text."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest

from kcnacrawl.replica import Replica
from tests.replica.wire import page


def text_of(markup: str) -> str:
    """Text of a page: tags gone, entities resolved, white space single."""
    without = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]+>", " ", markup)
    return " ".join(html.unescape(without).split())


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def pages(site: Replica) -> dict[str, str]:
    return {path: page(site.url + path) for path in site.paths()}


def test_every_page_holds_its_true_article(site: Replica, pages: dict[str, str]) -> None:
    assert len(pages) == 320
    for truth, markup in zip(site.truth(), pages.values(), strict=True):
        text = squeezed(text_of(markup))
        assert squeezed(truth["title"]) in text
        for paragraph in truth["body_raw"].split("\n\n"):
            assert squeezed(paragraph) in text, truth["id"]
        day, month, year = truth["published_raw"].split("/")
        assert (year, month, day) == tuple(truth["published"].split("-"))
        assert squeezed(f"Date: {truth['published_raw']} | Source: {truth['source_label']}") in text
        if truth["original_url"]:
            assert f'href="{html.escape(truth["original_url"])}"' in markup
            assert "Read original version at source" in " ".join(text_of(markup).split())
        else:
            assert "Read original" not in text_of(markup)


def test_pages_hold_their_photos_and_related_articles(site: Replica, pages: dict[str, str]) -> None:
    with_photos = 0
    for truth, markup in zip(site.truth(), pages.values(), strict=True):
        for photo in truth["photos"]:
            with_photos += 1
            assert f'src="{photo["url"].removeprefix(site.url)}"' in markup
            assert photo["caption"] is None or html.escape(photo["caption"]) in markup
        more = squeezed(text_of(markup).partition("More From")[2])
        assert len(truth["related"]) == 16 or truth["source_label"] == "Minju Choson"
        for other in truth["related"]:
            assert more.count(squeezed(other["title"])) >= 2
            assert more.count(squeezed(other["excerpt"])) >= 2
            day = f"{date.fromisoformat(other['published']):%B %d, %Y}"
            assert squeezed(day) in more
            assert html.escape(other["url"].removeprefix(site.url)) in markup
            assert len(other["excerpt"]) <= 130
            assert other["url"].find(truth["id"].removeprefix("kcnawatch:")) == -1
    assert with_photos > 100


def test_today_stands_in_the_header_and_is_no_article_date(pages: dict[str, str]) -> None:
    for markup in pages.values():
        assert 'inline">November 25, 2025</span><span class="d-md-none">Nov 25, 2025</span>' in markup
        assert "Date: 25/11/2025" not in text_of(markup)


def test_pages_have_the_size_of_real_ones(pages: dict[str, str]) -> None:
    sizes = [len(markup) for markup in pages.values()]
    assert min(sizes) > 14_000
    assert max(sizes) < 40_000


def test_variety(site: Replica, pages: dict[str, str]) -> None:
    truths = list(site.truth())
    languages = Counter(truth["language"] for truth in truths)
    assert set(languages) == {"en", "ko", "es", "zh", "ja", "ru"}
    assert min(languages.values()) >= 15
    layouts = Counter("article-content" in markup for markup in pages.values())
    assert min(layouts.values()) > 100
    assert len({truth["id"] for truth in truths}) == 320
    assert len({truth["body"] for truth in truths}) == 320
    assert len({truth["title"] for truth in truths}) < 320, "some headlines come back, as on the site"
    assert all(3 <= len(truth["body"].split("\n\n")) <= 9 for truth in truths)
    assert {truth["kind"] for truth in truths} == {"article", "commentary", "statement"}
    assert all(truth["title"].startswith("·") == (truth["language"] == "ko") for truth in truths)
    assert sum(truth["dateline"] is None for truth in truths) > 50
    assert sum(truth["dateline"] is not None for truth in truths) > 100


def test_marks_follow_the_agency(site: Replica) -> None:
    seen = set()
    for truth in site.truth():
        last = truth["body_raw"].split("\n\n")[-2 if truth["trailer"] else -1]
        if truth["source_label"].startswith("KCNA"):
            mark = {"en": " -0-", "es": " -0-", "ko": "(끝)"}[truth["language"]]
            assert last == truth["body"].split("\n\n")[-1] + mark
            juche = "Juche" in truth["trailer"]["text"] or "주체" in truth["trailer"]["text"]
            assert juche == (truth["published"] < "2024-10-28")
            assert truth["trailer"]["date"] == truth["published"]
            seen.add((truth["language"], juche))
        assert not truth["body"].endswith(("-0-", "(끝)", "－－－", "（完）"))
        if truth["dateline"]:
            assert truth["body"].startswith(truth["dateline"]["text"])
    assert seen >= {("en", True), ("en", False), ("ko", True), ("ko", False)}


def test_ids_follow_the_grammar_of_the_site(site: Replica) -> None:
    for path in site.paths():
        match = re.fullmatch(r"/newstream/\d{10}-\d{1,9}/((?:[a-z0-9-]|%[0-9a-f]{2})+)", path)
        assert match, path
        assert len(match[1]) <= 200


def test_another_process_tells_the_same_truth() -> None:
    code = "import json; from kcnacrawl.replica import Replica; print(json.dumps(list(Replica(40, 2).truth())))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert json.loads(run.stdout) == json.loads(json.dumps(list(Replica(40, 2).truth())))


def test_articles_do_not_depend_on_how_many_there_are() -> None:
    small, large = (list(Replica(n).truth())[:50] for n in (320, 640))
    assert [truth["body"] for truth in small] == [truth["body"] for truth in large]
