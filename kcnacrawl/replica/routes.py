"""Addresses of the site and what answers them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from urllib.parse import parse_qsl

from kcnacrawl.replica.answer import Answer, Request, html, redirect
from kcnacrawl.replica.articles import article_page
from kcnacrawl.replica.assets import asset
from kcnacrawl.replica.blocked import sign_up_form
from kcnacrawl.replica.chrome import page
from kcnacrawl.replica.corpus import Corpus
from kcnacrawl.replica.feeds import SITEMAP_SIZE, atom, malformed_rss, rss, sitemap, sitemap_index
from kcnacrawl.replica.listings import (
    PAGE_SIZE,
    broadcast_page,
    fragment,
    newstream_page,
    search_page,
    shuffled,
    source_page,
)
from kcnacrawl.replica.related import related
from kcnacrawl.replica.sources import SOURCES
from kcnacrawl.replica.story import Story

_ARTICLE = re.compile(r"/newstream/(\d{1,12})-(\d{1,12})(?:/(.*))?$", re.I | re.S)
_BY_ID = {source.id: source for source in SOURCES}


class Routes:
    """The site itself: pure answers from the corpus; the switches live with the caller."""

    def __init__(self, corpus: Corpus, today: date, robots: str) -> None:
        self.corpus = corpus
        self.today = today
        self.robots = robots
        self.edition = 1
        self._feeds_asked = 0
        self._fixed: dict[str, Callable[[], Answer]] = {
            "/": self.home,
            "/newstream": self._newstream,
            "/feed": self._feed,
            "/newstream/feed": lambda: malformed_rss(self._newest()),
            "/newstream/rss": lambda: rss(self._newest()),
            "/newstream/atom": lambda: atom(self._newest()),
            "/free-member-form": lambda: sign_up_form(self.today),
            "/sitemap_index.xml": lambda: sitemap_index(len(self.corpus.select(self.edition))),
            "/robots.txt": lambda: Answer(self.robots.encode(), content_type="text/plain; charset=utf-8"),
        }

    def answer(self, request: Request) -> Answer:
        """The answer to a request for a page of the site."""
        path = request.path
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        if match := _ARTICLE.match(path):
            return self._article(int(match[1]), int(match[2]), match[3] or "")
        if path == "/wp-admin/admin-ajax.php":
            return self._ajax(query)
        if "s" in query and (match := re.fullmatch(r"/(?:page/(\d{1,6})/?)?", path)):
            return self._search(query, int(match[1] or query.get("paged") or 1))
        if match := re.fullmatch(r"/article/(\d{1,9})/?", path):
            return self._source(int(match[1]))
        if path.rstrip("/") == "/kctv-archive":
            end = _day(query.get("end")) or self.today
            return html(broadcast_page(_day(query.get("start")) or end, end, self.today))
        if match := re.fullmatch(r"/newstream-sitemap([1-9]\d{0,5})\.xml", path):
            return self._sitemap(int(match[1]))
        fixed = self._fixed.get(path if path == "/" else path.rstrip("/"))
        return fixed() if fixed else asset(path) or self.not_found()

    def not_found(self) -> Answer:
        body = '<div class="container"><h1>Page not found</h1><p>The page you asked for does not exist.</p></div>\n'
        return html(page("Page not found | KCNA Watch", body, today=self.today), 404)

    def home(self) -> Answer:
        return html(newstream_page(self._newest(), self.today, "KCNA Watch | Database of North Korean Propaganda"))

    def _newstream(self) -> Answer:
        return html(newstream_page(self._newest(), self.today))

    def _newest(self) -> list[Story]:
        return self._stories(self.corpus.select(self.edition)[:PAGE_SIZE])

    def _stories(self, numbers: list[int]) -> list[Story]:
        return [self.corpus.story(n, self.edition) for n in numbers]

    def article(self, n: int) -> bytes:
        """The page of article ``n`` in the present edition."""
        story = self.corpus.story(n, self.edition)
        return article_page(story, related(self.corpus, story, self.edition), self.today).encode("utf-8")

    def _article(self, epoch: int, number: int, slug: str) -> Answer:
        n = self.corpus.find(epoch, number)
        fate = "unknown" if n is None else self.corpus.fate(n, self.edition)
        if n is None or fate in ("unknown", "gone"):
            return self.not_found()
        if fate == "home":
            return self.home()
        story = self.corpus.story(n, self.edition)
        # With and without a slash at the end are both the page; any other slug, or another case, leads to it.
        if slug.rstrip("/") != story.slug:
            return redirect(f"{story.path}/")
        return Answer(self.article(n), headers=(("Set-Cookie", "kw_visits=1; Path=/; HttpOnly"),))

    def _ajax(self, query: dict[str, str]) -> Answer:
        if query.get("action") != "get_cat_by_source":
            return Answer(b"0", 400)
        source, start, count = query.get("id", ""), query.get("from", ""), query.get("to", "10")
        if not (source.isdecimal() and start.isdecimal() and count.isdecimal()):
            return Answer(b"")
        numbers = self.corpus.select(self.edition, int(source))
        return html(fragment(self._stories(numbers[int(start) : int(start) + min(int(count), 100)])))

    def _search(self, query: dict[str, str], number: int) -> Answer:
        source = query.get("source", "")
        chosen = int(source) if source.isdecimal() else None
        numbers = self.corpus.select(self.edition, chosen, _day(query.get("start")), _day(query.get("end")))
        text = query["s"].strip(' "').casefold()
        matching: Sequence[int] = [n for n in numbers if text in self._text(n)] if text else numbers
        at = matching.__getitem__ if query.get("sort") == "recent" else lambda i: shuffled(matching, i)
        first = (max(1, number) - 1) * PAGE_SIZE
        if number > 1 and first >= len(matching):
            return self.not_found()
        wanted = [at(i) for i in range(first, min(first + PAGE_SIZE, len(matching)))]
        asked = {name: value for name, value in query.items() if name != "paged"}
        return html(search_page(self._stories(wanted), len(matching), number, asked, self.today))

    def _text(self, n: int) -> str:
        story = self.corpus.story(n, self.edition)
        return f"{story.title}\n{' '.join(story.paragraphs)}".casefold()

    def _feed(self) -> Answer:
        """In turn: away to the sign-up form, a feed, a feed without items."""
        self._feeds_asked += 1
        if self._feeds_asked % 3 == 1:
            return redirect("/free-member-form/?redirect_to=/feed/", 302)
        return rss(self._newest() if self._feeds_asked % 3 == 2 else [])

    def _sitemap(self, number: int) -> Answer:
        first = (number - 1) * SITEMAP_SIZE
        numbers = self.corpus.select(self.edition)[first : first + SITEMAP_SIZE]
        return sitemap(self._stories(numbers)) if numbers else self.not_found()

    def _source(self, source_id: int) -> Answer:
        source = _BY_ID.get(source_id)
        if source is None:
            return self.not_found()
        numbers = self.corpus.select(self.edition, source_id)[:PAGE_SIZE]
        return html(source_page(source, self._stories(numbers), self.today))


def _day(text: str | None) -> date | None:
    """A day written DD-MM-YYYY, or null when it is none: the site ignores what it cannot read."""
    try:
        return datetime.strptime(text or "", "%d-%m-%Y").date()
    except ValueError:
        return None
