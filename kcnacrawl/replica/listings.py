"""Listing pages: newstream, search, source pages, the ajax fragment, the broadcast archive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from html import escape
from urllib.parse import urlencode

from kcnacrawl.replica.addresses import MAIN_HOST, card_href
from kcnacrawl.replica.chrome import THEME, long_day, page
from kcnacrawl.replica.dice import Dice
from kcnacrawl.replica.sources import Source
from kcnacrawl.replica.story import Story

PAGE_SIZE = 10


def fragment(stories: Iterable[Story]) -> str:
    """What the ajax endpoint answers; empty when the listing is exhausted."""
    return "\n".join(
        f'<div class="article-desc"><h4><a href="{escape(card_href(s, "ajax"))}">{escape(s.title)}</a></h4>'
        f'<div class="articled-date"><span>{long_day(s.listed)}</span></div><p>{escape(s.excerpt)}</p></div>'
        for s in stories
    )


def shuffled(numbers: Sequence[int], index: int) -> int:
    """The article at ``index`` of a search that was not asked to sort: every second one first, then the others."""
    half = (len(numbers) + 1) // 2
    return numbers[2 * index if index < half else 2 * (index - half) + 1]


def search_page(stories: list[Story], total: int, number: int, query: dict[str, str], today: date) -> str:
    """Page ``number`` (from 1) of the results; ``query`` holds the parameters as asked."""
    cards = [_search_card(story, "search") for story in stories]
    if number % 2 == 0 and stories:
        cards.append(_search_card(stories[0], "repeat"))  # the site shows an article again under another address
    more = ""
    if number * PAGE_SIZE < total:
        host = "" if number % 2 else MAIN_HOST
        href = f"{host}/page/{number + 1}/?{urlencode(query)}"
        more = f'<a class="more-full-link" id="more_results" href="{escape(href)}">More Articles</a>\n'
    elif number % 2:
        more = '<a class="more-full-link" id="more_results" href="#" style="display:none">More Articles</a>\n'
    found = f'<p class="found">{total} results</p>' if total else '<p class="found">No articles found.</p>'
    body = (
        f'<div class="container search-page">{found}<div id="search_wrapper">\n{"".join(cards)}</div>\n{more}</div>\n'
    )
    return page("Search Results | KCNA Watch", body, today=today, body_class="search")


def _search_card(story: Story, place: str) -> str:
    return (
        f'<div class="article-desc"><h4><a href="{escape(card_href(story, place))}">{escape(story.title)}</a></h4>'
        f"<p><span>{long_day(story.listed)}</span></p><p>{escape(story.excerpt)}</p></div>\n"
    )


def source_page(source: Source, stories: Iterable[Story], today: date) -> str:
    """``/article/<id>/``: the newest articles of one paper; more come by ajax."""
    cards = "".join(
        f'<div class="article-desc"><h4><a href="{escape(card_href(s, "source"))}">{escape(s.title)}</a></h4>'
        f'<p class="articled-date"> {long_day(s.listed)}</p><p>{escape(s.excerpt)}</p></div>\n'
        for s in stories
    )
    body = (
        f'<div class="container"><h1>{escape(source.label)}</h1>'
        f'<div id="latest_article_wrapper" data-source="{source.id}">\n{cards}</div>'
        f'<a class="more-full-link" href="#" data-from="{PAGE_SIZE}">More Articles</a></div>\n'
    )
    return page(f"{source.label} | KCNA Watch", body, today=today, body_class="archive")


def newstream_page(stories: Iterable[Story], today: date, title: str = "Newstream | KCNA Watch") -> str:
    """``/newstream/`` and, under another title, the home page."""
    cards = "".join(
        f'<article class="stream"><img class="article-thumb" src="{THEME}/images/{s.source.logo}.png" alt="">'
        f'<div class="article-desc"><h4><a href="{escape(card_href(s, "newstream"))}">{escape(s.title)}</a></h4>'
        f"<span>{long_day(s.listed)}</span><p>{escape(s.excerpt)}</p></div></article>\n"
        for s in stories
    )
    more = '<a class="more-full-link" href="#">More Articles</a>'
    body = f'<div class="container"><div class="stream-wrapper">\n{cards}</div>{more}</div>\n'
    return page(title, body, today=today, body_class="newstream")


def broadcast_page(start: date, end: date, today: date) -> str:
    """``/kctv-archive/``: broadcasts from ``start`` to ``end``, at most 31 days, newest first."""
    days = [end - timedelta(days=i) for i in range(min(31, max(0, (end - start).days + 1)))]
    body = (
        f'<div class="container"><div class="archive-list">\n{"".join(_broadcast(day) for day in days)}</div>\n'
        '<a href="/kctv-archive/#" class="load-more">Load More</a></div>\n'
    )
    return page("KCTV Archive | KCNA Watch", body, today=today, body_class="kctv")


def _broadcast(day: date) -> str:
    name = f"{day:%A %B %d, %Y}"
    href = f"/kctv-archive/{Dice(day.toordinal()).hexadecimal(13)}"
    ready = day.toordinal() % 5
    thumb = f"/tvarchive/{day.isoformat()}/thumb.png" if ready else f"{THEME}/images/image-uploading.jpg"
    kind = ("Full Broadcast", "5pm Bulletin", "8pm Bulletin")[day.toordinal() % 3]
    return (
        f'<article class="clearfix"><div class="article-thumb"><a href="{href}">'
        f'<img class="img-fluid" src="{thumb}" alt="{name}"></a></div>'
        f'<div class="article-desc"><h4><a href="{href}">{name}</a></h4><p class="broadcast-head">{kind}</p>'
        '<p class="daily-tv"></p><p class="kctv-light"></p></div></article>\n'
    )
