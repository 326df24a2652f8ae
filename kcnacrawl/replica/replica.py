"""The replica: an offline stand-in for KCNA Watch with invented articles, and the truth about each of them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kcnacrawl.replica.answer import Answer, RawAnswer, Request
from kcnacrawl.replica.bad import BAD, Sample
from kcnacrawl.replica.blocked import BLOCKS
from kcnacrawl.replica.corpus import Corpus
from kcnacrawl.replica.related import related
from kcnacrawl.replica.routes import Routes
from kcnacrawl.replica.server import Seen, Server
from kcnacrawl.replica.static import write_static
from kcnacrawl.replica.switches import Switches
from kcnacrawl.replica.tls import make_context
from kcnacrawl.replica.truth import true_article
from kcnacrawl.replica.validators import revalidate

TODAY = date(2025, 11, 25)
"""The date in the site header unless told otherwise: fixed, so pages do not change from day to day."""
_KOREAN = 190036
"""Pages under ``/bad/`` are of this paper: wrong charsets show in Korean text."""


class Replica:
    """Serves ``articles`` invented articles on loopback while used as a context manager.

    ``crawl_delay`` (seconds) goes into robots.txt, ``robots`` replaces it whole. ``gzip`` and ``chunked`` say how pages
    are sent to clients that take it so. Static files carry ``ETag`` and ``Last-Modified`` as on the site; with
    ``validators`` pages have an ``ETag``, too. ``keep_bytes`` keeps every answer byte for byte in ``requests``.
    Raises ValueError for numbers out of range, OSError when the port is taken.
    """

    def __init__(
        self,
        articles: int = 320,
        edition: int = 1,
        *,
        tls: bool = False,
        port: int = 0,
        today: date = TODAY,
        crawl_delay: float | None = None,
        robots: str | None = None,
        gzip: bool = True,
        chunked: bool = True,
        validators: bool = False,
        keep_bytes: bool = False,
    ) -> None:
        self.corpus = Corpus(articles)
        self.certificate: bytes | None = None
        """Certificate of the https side in PEM, while serving."""
        self._routes = Routes(self.corpus, today, _robots(crawl_delay) if robots is None else robots)
        self.edition = edition
        self._switches = Switches()
        self._tls = tls
        self._port = port
        self._gzip_level = 6 if gzip else 0
        self._chunked = chunked
        self._validators = validators
        self._keep_bytes = keep_bytes
        self._server: Server | None = None

    @property
    def edition(self) -> int:
        """1, or 2 with articles edited, dropped and added; may be set while serving."""
        return self._routes.edition

    @edition.setter
    def edition(self, edition: int) -> None:
        if edition not in (1, 2):
            raise ValueError(f"the edition must be 1 or 2, not {edition}")
        self._routes.edition = edition

    @property
    def url(self) -> str:
        """``http://127.0.0.1:<port>`` (or https), without a slash at the end."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._running.port}"

    @property
    def requests(self) -> deque[Seen]:
        """Requests received, oldest first, with their times as the server saw them; the last 200,000."""
        return self._running.requests

    def truth(self, edition: int | None = None) -> Iterator[dict[str, Any]]:
        """The true article of every page of an edition (the present one unless given), newest first."""
        wanted = self.edition if edition is None else edition
        base_url = self.url if self._server else "https://kcnawatch.org"
        for story in self.corpus.stories(wanted):
            yield true_article(story, related(self.corpus, story, wanted), base_url)

    def paths(self, edition: int | None = None) -> Iterator[str]:
        """Path of every article of an edition, newest first, without a slash at the end."""
        return (story.path for story in self.corpus.stories(self.edition if edition is None else edition))

    def lost(self) -> dict[str, str]:
        """Articles of edition 1 that edition 2 dropped: id to ``gone`` (404) or ``home`` (home page in its place)."""
        fates = ((n, self.corpus.fate(n, 2)) for n in self.corpus.select(1))
        return {f"kcnawatch:{self.corpus.story(n, 1).key}": fate for n, fate in fates if fate in ("gone", "home")}

    def edited(self) -> dict[str, str]:
        """Articles that edition 2 changed: id to ``sentence``, ``headline`` or ``date``."""
        fates = ((n, self.corpus.fate(n, 2)) for n in self.corpus.select(2))
        kinds = ("sentence", "headline", "date")
        return {f"kcnawatch:{self.corpus.story(n, 2).key}": fate for n, fate in fates if fate in kinds}

    def block(self, reason: str, *targets: str, times: int | None = None) -> None:
        """Put a blocked page (``block_reasons``) in place of ``targets``: ids, addresses or paths; none: every page."""
        if reason not in BLOCKS:
            raise ValueError(f"no block is called {reason!r}; there are {', '.join(BLOCKS)}")
        today = self._routes.today
        self._switches.add(lambda request: BLOCKS[reason](request.path, today), targets, times)

    def misbehave(self, name: str, *targets: str, times: int | None = None) -> None:
        """Answer ``targets`` (none: every page) like ``/bad/<name>`` does, for the first ``times`` requests."""
        if name not in BAD:
            raise ValueError(f"no misbehaviour is called {name!r}; see bad_routes()")
        self._switches.add(lambda request: self._bad(name, request), targets, times)

    def amend(self, remark: str, *targets: str) -> None:
        """Add a remark to the first paragraph of ``targets`` (ids, addresses or paths), as a silent edit would."""
        mark = f" {remark}</p>".encode()

        def amended(request: Request) -> Answer:
            answer = self._routes.answer(request)
            return replace(answer, body=answer.body.replace(b"</p>", mark, 1))

        self._switches.add(amended, targets, None)

    def behave(self) -> None:
        """Switch all blocks, misbehaviours and amendments off."""
        self._switches.clear()

    @staticmethod
    def block_reasons() -> list[str]:
        return list(BLOCKS)

    @staticmethod
    def bad_routes() -> dict[str, str]:
        """Names under ``/bad/`` and what each does, in one sentence."""
        return {name: bad.what for name, bad in BAD.items()}

    def bad_page(self) -> bytes:
        """The page that the routes under ``/bad/`` serve badly."""
        return self._routes.article(self.corpus.select(self.edition, _KOREAN)[0])

    def write_static(self, folder: str | Path, pages: int = 2000) -> list[str]:
        """Write pages and listings as files for another server; see kcnacrawl.replica.static."""
        return write_static(self._routes, Path(folder), pages)

    @property
    def _running(self) -> Server:
        if self._server is None:
            raise RuntimeError("the replica is not serving; use it in a with statement")
        return self._server

    def _respond(self, request: Request) -> Answer | RawAnswer:
        switched = self._switches.answer(request)
        if switched is not None:
            return switched
        if match := re.fullmatch(r"/bad/([a-z0-9_]+)/?", request.path):
            return self._bad(match[1], request) if match[1] in BAD else self._routes.not_found()
        return revalidate(request, self._routes.answer(request), pages=self._validators)

    def _bad(self, name: str, request: Request) -> Answer | RawAnswer:
        honest = self.bad_page() if request.path.startswith("/bad/") else self._routes.answer(request).body
        return BAD[name].answer(Sample(honest, request.target))

    def __enter__(self) -> Self:
        context, self.certificate = make_context() if self._tls else (None, None)
        self._server = Server(
            self._respond,
            port=self._port,
            context=context,
            gzip_level=self._gzip_level,
            chunked=self._chunked,
            keep_bytes=self._keep_bytes,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()
        self._server = None


def _robots(crawl_delay: float | None) -> str:
    delay = "" if crawl_delay is None else f"Crawl-delay: {crawl_delay:g}\n"
    return f"User-agent: *\nDisallow: /wp-login.php\nDisallow: /private/\n{delay}\nSitemap: /sitemap_index.xml\n"
