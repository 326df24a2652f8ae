"""The list of pages: titles, texts and dates, and what a search by whole words finds in them."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest

from kcnacrawl.archive.wacz.words import search_words
from tests.wacz.nights import Archive
from tests.wacz.packing import Packed, pack


def words_of(text: str) -> set[str]:
    """The words that flexsearch 0.7 makes of a text when nothing is set, as ReplayWeb.page uses it."""
    return set("".join(mark if unicodedata.category(mark)[0] not in "ZSPC" else " " for mark in text.lower()).split())


def test_first_line_is_the_header_and_pages_have_what_the_format_demands(whole: Packed) -> None:
    header = json.loads(whole.read("pages/pages.jsonl").splitlines()[0])
    assert header == {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
    assert [page["ts"] for page in whole.pages()] == sorted(page["ts"] for page in whole.pages())
    for page in whole.pages():
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", page["ts"])
    assert len({page["id"] for page in whole.pages()}) == len(whole.pages())


def test_every_article_of_every_night_is_a_page_with_its_text(archive: Archive, whole: Packed) -> None:
    pages = {(page["url"], page["ts"]): page for page in whole.pages()}
    files = (archive.output / "articles").glob("*.jsonl")
    lines = [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()]
    assert len(lines) == 12
    for line in lines:
        place = line["receipt"]["revisit"] or line["receipt"]
        page = pages[line["url"], place["date"][:19] + "Z"]
        assert page["title"] == line["title"]
        words = search_words(f"{line['title']}\n{line['body']}")
        assert page["text"] == line["body"] + (f"\n\n{words}" if words else "")
        assert page["id"] in place["record_id"]


def test_pages_without_lines_are_read_from_their_records(archive: Archive, whole: Packed, tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "output/warc").symlink_to(archive.warcs)
    packed = pack(tmp_path / "output", tmp_path / "bare.wacz")
    assert packed.pages() == whole.pages()
    assert packed.made.articles == 19


def test_revisits_of_tonight_are_pages_of_tonight(archive: Archive, second: Packed) -> None:
    found = {page["url"]: page["ts"] for page in second.pages()}
    assert set(found) == set(archive.articles[:7])
    assert {ts[:10] for ts in found.values()} == {"2026-11-21"}


def test_each_page_is_in_the_index_in_its_second(whole: Packed) -> None:
    captured = {(fields["url"], stamp[:14]) for _, stamp, fields in whole.index()}
    for page in whole.pages():
        assert (page["url"], re.sub(r"\D", "", page["ts"])) in captured


def test_listing_has_its_title_and_no_text_and_missing_pages_and_pictures_are_none(
    archive: Archive, whole: Packed
) -> None:
    by_url = {page["url"]: page for page in whole.pages()}
    listing = by_url[f"{archive.site}/newstream/"]
    assert listing["title"] == "Newstream | KCNA Watch"
    assert "text" not in listing
    assert set(by_url) == {f"{archive.site}/newstream/", *archive.articles}


def test_texts_may_be_left_out(archive: Archive, tmp_path: Path) -> None:
    packed = pack(archive.output, tmp_path / "short.wacz", wanted={"with_text": False})
    assert {frozenset(page) for page in packed.pages()} == {frozenset({"id", "url", "ts", "title"})}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("손님들은 평양에서 공연을 관람하였다.", "평양"),
        ("조선중앙통신은 이렇게 전하였다.", "중앙통신"),
        ("조선중앙통신은 이렇게 전하였다.", "조선중앙통신"),
        ("최우등졸업증수여식이 진행되였다.", "졸업증"),
        ("北京的代表团参观了工厂。", "参观"),
        ("代表団が新しい工場を見学した。", "工場"),
    ],
)
def test_a_word_is_found_inside_a_longer_one(text: str, word: str) -> None:
    assert word not in words_of(text)
    assert word in words_of(f"{text}\n\n{search_words(text)}")


def test_texts_in_letters_get_no_search_words() -> None:
    assert search_words("Farmers of Sonbong County harvested maize. Крестьяне собрали урожай.") == ""
