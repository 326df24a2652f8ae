"""Article pages in two layouts. The readers know neither; what is here must stay out of them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from html import escape

from kcnacrawl.replica.addresses import canonical
from kcnacrawl.replica.chrome import THEME, page
from kcnacrawl.replica.related import Pointer, related_cards, related_plain
from kcnacrawl.replica.story import Story


def article_page(story: Story, pointers: list[Pointer], today: date) -> str:
    """The page of an article, between 18 and 30 kB."""
    draw = _layout_a if story.layout == "A" else _layout_b
    return draw(story, pointers, today)


def _layout_a(story: Story, pointers: list[Pointer], today: date) -> str:
    """As the site was seen: ``div.article-content``, a ``p`` per paragraph, the trailer last; Open Graph."""
    label = escape(story.source.label)
    original = ""
    if story.original_url:
        href = escape(story.original_url)
        original = f' | <a href="{href}" target="_blank" rel="nofollow">Read original version at source</a>'
    photos = "".join(
        f'<figure class="photo"><a href="{src}"><img src="{src}" alt="" width="640"></a>'
        + (f"<figcaption>{escape(caption)}</figcaption>" if caption else "")
        + "</figure>\n"
        for src, caption in story.photos
    )
    lines = [*story.printed, *([story.trailer[0]] if story.trailer else [])]
    paragraphs = "\n".join(f"<p>{_marked(line, story.n)}</p>" for line in lines)
    body = (
        f'<div class="container article-page"><div class="source-name">{_logo(story)} {label}</div>\n'
        f'<h1 class="article-title">{escape(story.title)}</h1>\n'
        f'<div class="article-meta">Date: {story.published:%d/%m/%Y} | Source: {label}{original}</div>\n'
        f'<div class="article-content">\n{photos}{paragraphs}\n</div>\n{_sections(story)}'
        f'<div class="more-from"><h3>More From {label}</h3>\n{related_plain(pointers)}</div>\n'
        '<a class="more-full-link" href="/newstream/">More Articles</a></div>\n'
    )
    return page(f"{story.title} | KCNA Watch", body, today=today, head=_open_graph(story), body_class="single single-a")


def _layout_b(story: Story, pointers: list[Pointer], today: date) -> str:
    """Other tags and classes, the date line split over spans, the trailer outside the text, JSON-LD."""
    label = escape(story.source.label)
    original = ""
    if story.original_url:
        original = (
            f'<span class="bar">&nbsp;|&nbsp;</span><a class="nk-story__link" href="{escape(story.original_url)}">'
            "<span>Read original version</span> at source</a>"
        )
    photos = "".join(
        f'<div class="nk-slide"><img src="{src}" alt="{escape(caption or "")}" loading="lazy">'
        + (f'<div class="nk-slide__caption">{escape(caption)}</div>' if caption else "")
        + "</div>\n"
        for src, caption in story.photos
    )
    paragraphs = "\n".join(f'<div class="par">{_marked(line, story.n)}</div>' for line in story.printed)
    trailer = f'<div class="nk-story__foot"><em>{story.trailer[0]}</em></div>\n' if story.trailer else ""
    body = (
        f'<main><article class="nk-story"><div class="nk-story__paper">{_logo(story)} <em>{label}</em></div>\n'
        f'<h2 class="nk-story__headline">{escape(story.title)}</h2>\n'
        f'<div class="nk-story__facts"><span>Date:</span>&nbsp;<b>{story.published:%d/%m/%Y}</b>'
        f'<span class="bar">&nbsp;|&nbsp;</span><span>Source:</span>&nbsp;<b>{label}</b>{original}</div>\n'
        + (f'<div class="nk-slides">{photos}</div>\n' if photos else "")
        + f'<section class="nk-story__text">\n{paragraphs}\n</section>\n{trailer}</article>\n'
        f'<aside class="nk-more"><h5 class="nk-more__title">More From <span>{label}</span></h5><ul>\n'
        f'{related_cards(pointers)}</ul><button class="nk-more__all">More Articles</button></aside></main>\n'
    )
    return page(
        f"{story.title} | KCNA Watch", body, today=today, head=_linked_data(story), body_class="single single-b"
    )


def _logo(story: Story) -> str:
    return f'<img src="{THEME}/images/{story.source.logo}.png" alt="KCNA">'


def _marked(text: str, n: int) -> str:
    """The paragraph escaped; in some articles its second word is set in bold as the agency sets names."""
    words = escape(text, quote=False).split(" ")
    if n % 3 == 0 and len(words) > 4:
        words[2] = f'<nobr><span class="fSpecCs">{words[2]}</span></nobr>'
    return " ".join(words)


def _sections(story: Story) -> str:
    links = ", ".join(f'<a href="/newstream/#" rel="category tag">{escape(name)}</a>' for name in story.sections)
    return f'<div class="article-sections">Filed under: {links}</div>\n'


def _open_graph(story: Story) -> str:
    meta = {
        "og:type": "article",
        "og:site_name": "KCNA Watch",
        "og:title": story.title,
        "og:description": story.excerpt,
        "og:url": canonical(story),
        "article:section": story.sections[0],
        "article:published_time": f"{story.listed.isoformat()}T00:00:00+00:00",
        "article:modified_time": _ingested(story),
    }
    tags = "".join(f'<meta property="{name}" content="{escape(value)}">\n' for name, value in meta.items())
    return f'{tags}<link rel="canonical" href="{canonical(story)}">\n'


def _linked_data(story: Story) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "description": story.excerpt,
        "mainEntityOfPage": canonical(story),
        "articleSection": list(story.sections),
        "datePublished": story.listed.isoformat(),
        "dateModified": _ingested(story),
        "publisher": {"@type": "Organization", "name": "KCNA Watch"},
    }
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{text}</script>\n<link rel="canonical" href="{canonical(story)}">\n'


def _ingested(story: Story) -> str:
    return datetime.fromtimestamp(story.epoch, UTC).isoformat()
