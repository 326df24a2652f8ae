"""The "More From …" block of an article page: the newest articles of the same paper."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from kcnacrawl.replica.addresses import card_href
from kcnacrawl.replica.chrome import long_day
from kcnacrawl.replica.corpus import Corpus
from kcnacrawl.replica.story import Story

COUNT = 16


@dataclass(frozen=True, slots=True)
class Pointer:
    """One related article as the page describes it."""

    story: Story
    href: str
    """As written in the page; it may be relative or on another host."""


def related(corpus: Corpus, story: Story, edition: int) -> list[Pointer]:
    """The newest sixteen articles of the story's paper, newest first, without the story itself."""
    newest = corpus.select(edition, story.source.id)[: COUNT + 1]
    others = [corpus.story(n, edition) for n in newest if n != story.n][:COUNT]
    return [Pointer(other, card_href(other, "related")) for other in others]


def related_plain(pointers: list[Pointer]) -> str:
    """Layout A: the title and the excerpt occur twice, for wide and for narrow screens."""
    return "".join(
        f'<div class="more-item"><h4><a href="{escape(p.href)}">{escape(p.story.title)}</a></h4>'
        f'<h4 class="mobile"><a href="{escape(p.href)}">{escape(p.story.title)}</a></h4>'
        f"<p>{escape(p.story.excerpt)}</p><p>{long_day(p.story.listed)}</p>"
        f'<p class="mobile">{escape(p.story.excerpt)}</p></div>\n'
        for p in pointers
    )


def related_cards(pointers: list[Pointer]) -> str:
    """Layout B: the same five lines in other tags."""
    return "".join(
        f'<li class="nk-more__card"><a class="nk-more__head" href="{escape(p.href)}">'
        f"<strong>{escape(p.story.title)}</strong></a>"
        f'<div><a href="{escape(p.href)}" tabindex="-1"><span>{escape(p.story.title)}</span></a></div>'
        f'<div class="nk-more__text">{escape(p.story.excerpt)}</div><time>{long_day(p.story.listed)}</time>'
        f'<div class="nk-more__text nk-more__text--small">{escape(p.story.excerpt)}</div></li>\n'
        for p in pointers
    )
