"""One article in hundreds of markups: whatever the tags and classes, the same fields come out."""

from __future__ import annotations

from collections import defaultdict

import pytest

from kcnacrawl.items import Article
from kcnacrawl.pages import open_page
from kcnacrawl.pages.document import Document
from kcnacrawl.pages.page import ArticlePage
from kcnacrawl.pages.sites.kcnawatch import view
from kcnacrawl.pages.sites.kcnawatch.article import ArticleReader
from kcnacrawl.pages.sites.kcnawatch.infoline import find_info_line
from tests.pages import markup
from tests.pages.markup import Wrapper
from tests.pages.story import STORIES, facts

URL = "https://kcnawatch.org/newstream/1744885366-665971553/a-slug/"
SEEDS = range(320)


def wrap(seed: int) -> Wrapper:
    return Wrapper(STORIES[seed % len(STORIES)], seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_markup_gives_the_same_article(seed: int) -> None:
    wrapper = wrap(seed)
    page = open_page(wrapper.page().encode(), URL, "text/html; charset=utf-8")
    assert isinstance(page, ArticlePage), page
    assert facts(page.article) == wrapper.story.facts(), wrapper.drawn


def test_every_way_to_mark_up_a_part_is_drawn() -> None:
    drawn: dict[str, set[str]] = defaultdict(set)
    for seed in SEEDS:
        wrapper = wrap(seed)
        wrapper.page()
        for name, option in wrapper.drawn.items():
            drawn[name].add(option)
    for name, options in drawn.items():
        offered = getattr(markup, name.upper(), None)
        assert offered is None or options == set(offered), name


def read_view(document: Document, seen: view.View) -> Article | None:
    info = find_info_line(seen.flat)
    return ArticleReader(document)._read_view(seen, info) if info else None


def test_a_part_read_from_the_source_says_what_the_whole_page_says() -> None:
    parts = sure = 0
    for seed in SEEDS:
        document = Document(wrap(seed).page().encode(), URL, "text/html; charset=utf-8", 200)
        *part, whole = view.views(document)
        parts += len(part)
        article = read_view(document, part[0]) if part else None
        if article is not None:
            sure += 1
            assert article == read_view(document, whole), seed
    assert parts > 40
    assert sure > 20
