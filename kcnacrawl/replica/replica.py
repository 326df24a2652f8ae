"""The replica: an offline stand-in for KCNA Watch with invented articles, and the truth about each of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import date
from types import TracebackType
from typing import Any, Self

from kcnacrawl.replica.answer import Answer, RawAnswer, Request
from kcnacrawl.replica.corpus import Corpus
from kcnacrawl.replica.related import related
from kcnacrawl.replica.routes import Routes
from kcnacrawl.replica.server import Seen, Server
from kcnacrawl.replica.truth import true_article

TODAY = date(2025, 11, 25)
"""The date in the site header unless told otherwise: fixed, so pages do not change from day to day."""


class Replica:
    """Serves ``articles`` invented articles on loopback while used as a context manager."""

    def __init__(
        self,
        articles: int = 320,
        edition: int = 1,
        *,
        port: int = 0,
        today: date = TODAY,
        crawl_delay: float | None = None,
        robots: str | None = None,
        gzip: bool = True,
        chunked: bool = True,
        keep_bytes: bool = False,
    ) -> None:
        self.corpus = Corpus(articles)
        self._routes = Routes(self.corpus, today, _robots(crawl_delay) if robots is None else robots)
        self.edition = edition
        self._port = port
        self._options = {"gzip_level": 6 if gzip else 0, "chunked": chunked, "keep_bytes": keep_bytes}
        self._server: Server | None = None

    @property
    def edition(self) -> int:
        """1 or 2; may be set while serving."""
        return self._routes.edition

    @edition.setter
    def edition(self, edition: int) -> None:
        if edition not in (1, 2):
            raise ValueError(f"the edition must be 1 or 2, not {edition}")
        self._routes.edition = edition

    @property
    def url(self) -> str:
        """``http://127.0.0.1:<port>``, without a slash at the end."""
        return f"http://127.0.0.1:{self._running.port}"

    @property
    def requests(self) -> deque[Seen]:
        """Requests received, oldest first."""
        return self._running.requests

    def truth(self, edition: int | None = None) -> Iterator[dict[str, Any]]:
        """The true article of every page of an edition (the present one unless given), newest first."""
        wanted = self.edition if edition is None else edition
        base_url = self.url if self._server else "https://kcnawatch.org"
        for story in self.corpus.stories(wanted):
            yield true_article(story, related(self.corpus, story, wanted), base_url)

    @property
    def _running(self) -> Server:
        if self._server is None:
            raise RuntimeError("the replica is not serving; use it in a with statement")
        return self._server

    def _respond(self, request: Request) -> Answer | RawAnswer:
        return self._routes.answer(request)

    def __enter__(self) -> Self:
        self._server = Server(self._respond, port=self._port, **self._options)  # type: ignore[arg-type]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()
        self._server = None


def _robots(crawl_delay: float | None) -> str:
    delay = "" if crawl_delay is None else f"Crawl-delay: {crawl_delay:g}\n"
    return f"User-agent: *\nDisallow: /wp-login.php\nDisallow: /private/\n{delay}\nSitemap: /sitemap_index.xml\n"
