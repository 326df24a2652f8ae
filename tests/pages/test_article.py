"""What articles may hold besides the plain case: other frames, metadata alone, photographs, traps."""

from __future__ import annotations

import json

import pytest

from kcnacrawl.items import Article, Photo
from kcnacrawl.pages import open_page
from kcnacrawl.pages.page import ArticlePage

URL = "https://kcnawatch.org/newstream/1744885366-665971553/a-slug/"
LINE = "<p>Date: 17/04/2025 | Source: KCNA.kp (En) | <a href='/o'>Read original version at source</a></p>"
TEXT = "<p>Blue Rock, April 17 (KCNA) -- The mill turns.</p><p>It turned all night. -0-</p>"
BODY = "Blue Rock, April 17 (KCNA) -- The mill turns.\n\nIt turned all night. -0-"


def read(html: str, url: str = URL) -> Article:
    page = open_page(html.encode(), url, "text/html; charset=utf-8")
    assert isinstance(page, ArticlePage), page
    return page.article


@pytest.mark.parametrize(
    ("line", "raw"),
    [
        ("날짜: 17/04/2025 | 출처: KCNA.kp (Kr) | 원문 보기", "17/04/2025"),
        ("Fecha: 17/04/2025 | Fuente: KCNA.kp (Kr) | Leer versión original en la fuente", "17/04/2025"),
        ("日期：2025年4月17日 | 来源：KCNA.kp (Kr) | 阅读原文", "2025年4月17日"),
        ("日付: 2025-04-17 ｜ 出典: KCNA.kp (Kr) ｜ 原文を読む", "2025-04-17"),
        ("Дата: 17.04.2025 | Источник: KCNA.kp (Kr) | Читать оригинал", "17.04.2025"),
        ("DATE: 17/04/2025 | SOURCE: KCNA.kp (Kr) | READ ORIGINAL VERSION AT SOURCE", "17/04/2025"),
        ("Source: KCNA.kp (Kr) | Date: April 17, 2025", "April 17, 2025"),
    ],
)
def test_other_frames(line: str, raw: str) -> None:
    article = read(f"<h1>Mill</h1><p>{line}</p>{TEXT}<h3>More From KCNA.kp (Kr)</h3>")
    assert (article.published, article.published_raw, article.source_label) == ("2025-04-17", raw, "KCNA.kp (Kr)")
    assert article.body_raw == BODY


def test_a_day_that_does_not_exist_is_kept_as_printed_alone() -> None:
    article = read(f"<h1>Mill</h1>{LINE.replace('17/04', '31/02')}{TEXT}")
    assert (article.published, article.published_raw, article.published_from) == (None, "31/02/2025", None)


def test_a_search_form_with_a_date_in_the_frame_is_not_the_info_line() -> None:
    form = "<div>Date: November 25, 2025 | Source: All sources</div>"
    article = read(f"{form}<h1>Mill</h1>{LINE}{TEXT}")
    assert (article.title, article.published, article.source_label) == ("Mill", "2025-04-17", "KCNA.kp (En)")


@pytest.mark.parametrize(
    ("frame", "title"),
    [
        ("<h1>Mill of<br>Blue Rock</h1>", "Mill of Blue Rock"),
        ("<h1><span>Mill</span> <em>of</em> <span>Blue Rock</span></h1>", "Mill of Blue Rock"),
        ("November 25, 2025Nov 25, 2025 <b>KCNA KCNA.kp (En)</b> <i>Mill</i> ", "Mill"),
        ("<p>Mill</p><p>Share | Print</p>", "Mill"),
        (
            "<h2>Mill</h2><p><a href=/>Home</a></p><p>KCNA KCNA.kp (En)</p><p>Tuesday, November 25, 2025</p>",
            "Mill",
        ),
        ("<p>·방앗간</p>", "·방앗간"),
        ("<h1>Mill &amp; &lt;Miller&gt;</h1>", "Mill & <Miller>"),
    ],
)
def test_titles(frame: str, title: str) -> None:
    assert read(frame + LINE + TEXT).title == title


def test_the_head_names_the_title_among_other_lines() -> None:
    head = '<head><meta property="og:title" content="Mill"></head>'
    assert read(f"{head}<p>Mill</p><p>A line about nothing</p>{LINE}{TEXT}").title == "Mill"


def test_subtitle() -> None:
    article = read(f"<h1>Mill</h1><h2>It turned all night</h2>{LINE}{TEXT}")
    assert (article.title, article.subtitle) == ("Mill", "It turned all night")


SIDEBAR = "<div><h4><a href='/newstream/1744885300-1/x/'>Kiln fired</a></h4><span>November 25, 2025</span></div>" * 2
MORE = "<h3>More From KCNA.kp (En)</h3><h4><a href='/newstream/1744885300-2/y/'>Ferry</a></h4><p>November 24, 2025</p>"


@pytest.mark.parametrize(
    "text",
    [
        f"{SIDEBAR}{TEXT}",
        f"{TEXT}<div>Filed under: mills</div><div>Leave a comment</div>",
        f"{TEXT}<div style='display:none'><h2>Mill</h2>{TEXT}</div>",
        f"<div class=wide>{TEXT}</div><div class=narrow>{TEXT}</div>",
        f"<p>Share this article</p>{TEXT}<p>Subscribe to our newsletter for more mills</p>",
        f"<div class=article-content></div>{TEXT}",
        f"<div class=article-content><p>Advertisement</p></div>{TEXT}",
        f"<div class='article-content'>{TEXT}</div><p>Written by our mill correspondent.</p>",
        f"<form action=/ id=aspnet>{TEXT}</form>",
        f"<aside>{TEXT}</aside>",
    ],
)
def test_texts_among_other_things(text: str) -> None:
    article = read(f"<h1>Mill</h1>{LINE}{text}{MORE}")
    assert article.body_raw == BODY
    assert [related.title for related in article.related] == ["Ferry"]


def test_other_articles_end_the_text_where_no_heading_does() -> None:
    article = read(f"<h1>Mill</h1>{LINE}<p>The mill turns.</p><h4><a href='/newstream/1744885300-2/y/'>Ferry</a></h4>")
    assert article.body_raw == "The mill turns."


def test_photographs_and_films() -> None:
    media = (
        "<img src='/logo.png'><figure><img src='/1.jpg'><figcaption>First <b>mill</b></figcaption></figure>"
        "<img src='data:image/gif;base64,R0' data-src='/2.jpg'><img src='/2.jpg'>"
        "<div class='wp-caption'><img srcset='/3s.jpg 300w, /3.jpg 900w'><p class='wp-caption-text'>Third</p></div>"
        "<div class='ad-slot'><img src='/ad.jpg'></div><img src='/t.gif' width=1 height=1>"
        "<noscript><img src='/n.jpg'></noscript><video src='/v.mp4'></video>"
        "<iframe src='https://www.youtube.com/embed/x'></iframe><iframe src='/ads'></iframe>"
    )
    article = read(f"<img src='/icon.png'><h1>Mill</h1>{LINE}{media}{TEXT}{MORE}<img src='/related.jpg'>")
    host = "https://kcnawatch.org"
    assert article.photos == [
        Photo(url=f"{host}/1.jpg", caption="First mill", order=1),
        Photo(url=f"{host}/2.jpg", order=2),
        Photo(url=f"{host}/3.jpg", caption="Third", order=3),
    ]
    assert article.videos == [f"{host}/v.mp4", "https://www.youtube.com/embed/x"]
    assert article.body_raw == BODY


@pytest.mark.parametrize(
    ("head", "text", "sections"),
    [
        ("", "<a rel='category tag' href=/c>Mills</a>, <a rel=tag href=/t>Rivers</a>", ["Mills", "Rivers"]),
        ("<meta property='article:section' content='Mills'>", "", ["Mills"]),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","articleSection":["Mills"]}</script>',
            "",
            ["Mills"],
        ),
    ],
)
def test_sections(head: str, text: str, sections: list[str]) -> None:
    assert read(f"<head>{head}</head><h1>Mill</h1>{LINE}{TEXT}{text}{MORE}").sections == sections


def test_all_addresses_of_the_article() -> None:
    other = "https://kcnawatch.xyz/newstream/1744885366-665971553/another-slug"
    article = read(f"<head><link rel=canonical href={other}></head><h1>Mill</h1>{LINE}{TEXT}", URL + "#top")
    assert (article.id, article.url, article.urls) == ("kcnawatch:1744885366-665971553", URL, [URL, other])


def test_the_base_of_links() -> None:
    article = read(f"<head><base href='https://example.org/x/'></head><h1>Mill</h1>{LINE}{TEXT}")
    assert article.original_url == "https://example.org/o"


def test_an_article_told_by_its_metadata_alone() -> None:
    data = {
        "@type": "NewsArticle",
        "headline": "Mill",
        "datePublished": "2025-04-17T01:00:00+09:00",
        "articleBody": BODY,
    }
    head = f'<script type="application/ld+json">{json.dumps({"@graph": [data]})}</script>'
    article = read(f"<html><head>{head}</head><body><p>Nothing printed.</p></body></html>")
    assert article.extractor == "KcnaWatchArticle/1:metadata"
    assert (article.title, article.body_raw) == ("Mill", BODY)
    assert (article.published, article.published_from) == ("2025-04-17", "metadata")


def test_an_unknown_layout_is_left_to_a_general_extractor() -> None:
    sentence = "<p>The mill turned # times that night, and the miller counted every turn of it.</p>"
    story = "".join(sentence.replace("#", str(n)) for n in range(20, 40))
    head = '<meta property="og:type" content="article"><meta property="og:title" content="Mill | KCNA Watch">'
    article = read(f"<html><head>{head}</head><body><article><h1>Mill</h1>{story}</article></body></html>")
    assert article.extractor == "GenericArticle/1:trafilatura"
    assert (article.title, article.published, article.published_from) == ("Mill", None, None)
    assert article.body_raw is not None
    assert "turned 27 times" in article.body_raw


@pytest.mark.parametrize(("box", "extractor"), [("article-content", "article-content"), ("story", "text")])
def test_the_extractor_says_what_found_the_text(box: str, extractor: str) -> None:
    assert read(f"<h1>Mill</h1>{LINE}<div class={box}>{TEXT}</div>").extractor == f"KcnaWatchArticle/1:{extractor}"
