"""Packages as people open them: two nights of a crawl, packed, in pywb and in ReplayWeb.page, with Korean search."""

from __future__ import annotations

import json
import subprocess
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kcnacrawl.archive.pywb import Wayback, make_config
from kcnacrawl.replica import Replica
from tests.crawl.running import crawl, scrapy
from tests.replay.browser import replayed, shown, turned_to
from tests.replay.tools import PYWB


@dataclass
class Nights:
    """What two nights left."""

    folder: Path
    package: Path
    """Of the second night alone."""

    articles: list[dict[str, Any]]
    """Of the second night."""


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    folder = tmp_path_factory.mktemp("nights")
    with Replica(articles=16) as site:
        for _ in range(2):
            run = crawl(folder, site.url)
            assert run.status == 0, run.err
    second = sorted((folder / "output/articles").glob("*.jsonl"))[-1]
    articles = [json.loads(line) for line in second.read_text("utf-8").splitlines()]
    name = second.stem.removeprefix("kcnawatch-")
    packed = scrapy(folder, "wacz", "--crawl", name, "-o", "night.wacz")
    assert packed.status == 0, packed.err
    return Nights(folder, folder / "night.wacz", articles)


def test_the_second_night_is_revisits(nights: Nights) -> None:
    assert all(article["receipt"]["revisit"] for article in nights.articles)


def test_pywb_shows_every_article_of_the_package(nights: Nights, tmp_path: Path) -> None:
    manager = PYWB.with_name("wb-manager")
    for command in (["init", "night"], ["add", "--unpack-wacz", "night", str(nights.package)]):
        subprocess.run([manager, *command], cwd=tmp_path, check=True, capture_output=True)
    collection = tmp_path / "collections/night"
    with Wayback(PYWB, collection / "indexes/index.cdxj", [collection / "archive"], 0) as wayback:
        for article in nights.articles:
            stamp = "".join(mark for mark in article["fetched_at"][:19] if mark.isdigit())
            with urllib.request.urlopen(wayback.address(article["url"], f"{stamp}mp_"), timeout=60) as answer:
                assert article["title"] in answer.read().decode()


def test_replaywebpage_shows_text_style_and_photo(nights: Nights, tmp_path: Path) -> None:
    article = next(it for it in nights.articles if it["photos"] and it["language"] == "ko")
    photo = article["photos"][0]["url"]
    with shown(tmp_path, nights.package, article["url"]) as page:
        frame = replayed(page, "img")
        text = frame.inner_text("body")
        width = frame.wait_for_function(
            "end => [...document.images].find(it => it.src.endsWith(end) && it.complete)?.naturalWidth",
            arg=photo.rpartition("/")[2],
        ).json_value()
        family = frame.evaluate("[...document.styleSheets].map(it => it.cssRules.length)")
    assert article["title"].strip("· ") in text
    assert article["body"].split("\n\n")[0][:30] in text
    assert width > 100
    assert family
    assert min(family) > 0


LOOK = """() => ({
    text: document.body.innerText,
    sheets: [...document.styleSheets].map(it => it.cssRules.length),
    links: document.querySelectorAll("link[rel=stylesheet]").length,
    images: [...document.images].map(it => [it.src.replace(/^.*\\//, ""), it.naturalWidth]),
    font: [...document.fonts].map(it => it.status),
})"""


def pages_of(package: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(package) as archive:
        lines = archive.read("pages/pages.jsonl").decode().splitlines()
    return [json.loads(line) for line in lines[1:]]


def test_replaywebpage_shows_every_page_of_the_list_with_style_and_photos(nights: Nights, tmp_path: Path) -> None:
    articles = {article["url"]: article for article in nights.articles}
    pages = pages_of(nights.package)
    assert {page["url"] for page in pages} > set(articles)
    assert "from=0&" in str(pages)
    assert "from=10&" not in str(pages), "what the site says behind the end of a listing shows nothing"
    with shown(tmp_path, nights.package, pages[0]["url"]) as page:
        replayed(page, "body")
        for entry in pages:
            stamp = "".join(mark for mark in entry["ts"] if mark.isdigit())
            seen = turned_to(page, entry["url"], stamp).evaluate(LOOK)
            assert len(seen["sheets"]) >= seen["links"], entry
            assert all(seen["sheets"]), entry
            assert all(width > 0 for _, width in seen["images"]), (entry, seen["images"])
            if "admin-ajax" not in entry["url"]:
                assert seen["links"], entry
            if (article := articles.pop(entry["url"], None)) is None:
                assert seen["text"].strip(), entry
                continue
            assert article["title"].strip("· ") in seen["text"]
            assert article["body"].split("\n\n")[0][:30] in seen["text"]
            assert {photo["url"].rpartition("/")[2] for photo in article["photos"]} <= {
                name for name, _ in seen["images"]
            }
    assert articles == {}


def rare_part(articles: list[dict[str, Any]]) -> tuple[str, str]:
    """The first two syllables of a longer Korean word that one article alone has, and the title of that article."""
    texts = [f"{it['title']} {it['body']}" for it in articles]
    for article in (it for it in articles if it["language"] == "ko"):
        for word in article["body"].split():
            if len(word) > 3 and word[:2].isalpha() and sum(word[:2] in text for text in texts) == 1:
                return word[:2], article["title"].strip("· ")
    raise AssertionError("every word is in several articles")


def test_replaywebpage_finds_korean_words(nights: Nights, tmp_path: Path) -> None:
    word, title = rare_part(nights.articles)
    with shown(tmp_path, nights.package, "", embed="full", place="#view=pages") as page:
        page.wait_for_timeout(2000)
        frame = next(frame for frame in page.frames if "/replay/" in frame.url)
        field = frame.get_by_placeholder("Search by Page URL, Title, or Text")
        field.wait_for(timeout=60_000)
        entries = frame.locator("wr-page-entry")
        entries.first.wait_for(timeout=60_000)
        everything = entries.count()
        field.fill(word)
        for _ in range(240):
            if entries.count() < everything:
                break
            page.wait_for_timeout(250)
        found, right = entries.count(), entries.filter(has_text=title).count()
    assert everything > len(nights.articles)
    assert (found, right) == (1, 1), word


def test_configuration_names_what_is_served(nights: Nights) -> None:
    config = make_config(nights.folder / "i.cdxj", [nights.folder / "a", nights.folder / "b"])
    (collection,) = config["collections"].values()
    assert collection["archive_paths"] == [f"{nights.folder}/a/", f"{nights.folder}/b/"]
