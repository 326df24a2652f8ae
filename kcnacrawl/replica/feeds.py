"""Feeds as unreliable as the site's own, and the sitemap."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from kcnacrawl.replica.addresses import MAIN_HOST, canonical, card_href
from kcnacrawl.replica.answer import Answer
from kcnacrawl.replica.story import Story

SITEMAP_SIZE = 1000


def rss(stories: Iterable[Story]) -> Answer:
    """A well-formed RSS 2.0 feed."""
    return _xml(_rss(stories), "application/rss+xml")


def malformed_rss(stories: Iterable[Story]) -> Answer:
    """RSS no strict parser reads: a bare ``&``, an attribute without quotes, an HTML entity, a tag left open."""
    text = _rss(stories, bare=True)
    text = text.replace('<guid isPermaLink="false">', "<guid isPermaLink=false>")
    text = text.replace("<description>", "<description>KCNA&nbsp;Watch & others: ", 1)
    return _xml(text.replace("</channel>", "<image>"), "text/xml")


def _rss(stories: Iterable[Story], *, bare: bool = False) -> str:
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{_link(story, bare=bare)}</link>"
        f"<pubDate>{format_datetime(_taken_in(story))}</pubDate>"
        f'<guid isPermaLink="false">{MAIN_HOST}/?post_type=newstream&amp;p={story.number}</guid>'
        f"<description>{escape(story.excerpt)}</description></item>\n"
        for story in stories
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>KCNA Watch</title>\n'
        f"<link>{MAIN_HOST}/</link><description>Newstream</description>\n{items}</channel></rss>\n"
    )


def _link(story: Story, *, bare: bool) -> str:
    return canonical(story) + ("?utm_source=rss&utm_medium=feed" if bare else "")


def atom(stories: Iterable[Story]) -> Answer:
    """A well-formed Atom feed whose links are those of listings, hosts mixed."""
    entries = "".join(
        f"<entry><title>{escape(story.title)}</title><id>urn:kcnawatch:{story.key}</id>"
        f'<link rel="alternate" href="{escape(card_href(story, "feed"))}"/>'
        f"<updated>{_taken_in(story).isoformat()}</updated><summary>{escape(story.excerpt)}</summary></entry>\n"
        for story in stories
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>KCNA Watch</title>\n'
        f"<id>{MAIN_HOST}/newstream/atom/</id>\n{entries}</feed>\n"
    )
    return _xml(text, "application/atom+xml")


def sitemap_index(total: int) -> Answer:
    """The index of as many sitemaps as ``total`` articles need."""
    maps = "".join(
        f"<sitemap><loc>{MAIN_HOST}/newstream-sitemap{i + 1}.xml</loc></sitemap>\n"
        for i in range((total + SITEMAP_SIZE - 1) // SITEMAP_SIZE)
    )
    return _xml(_sitemap("sitemapindex", maps), "text/xml")


def sitemap(stories: Iterable[Story]) -> Answer:
    """One sitemap of at most SITEMAP_SIZE articles."""
    places = "".join(f"<url><loc>{escape(canonical(story))}</loc></url>\n" for story in stories)
    return _xml(_sitemap("urlset", places), "text/xml")


def _sitemap(tag: str, content: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{tag} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{content}</{tag}>\n'
    )


def _taken_in(story: Story) -> datetime:
    return datetime.fromtimestamp(story.epoch, UTC)


def _xml(text: str, kind: str) -> Answer:
    return Answer(text.encode("utf-8"), content_type=f"{kind}; charset=UTF-8")
