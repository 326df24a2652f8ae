"""Page readers: bytes, address and content type in, page out. Pure: no network, clock, settings or logger."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from kcnacrawl.pages import sites
from kcnacrawl.pages.blocked import recognise_block
from kcnacrawl.pages.document import Document
from kcnacrawl.pages.entity import decode_entity
from kcnacrawl.pages.page import Page, PageError


class Site(Protocol):
    """What a module in ``sites/`` has."""

    def recognises(self, url: str, text: str) -> bool:
        """Whether this site's readers read the page."""

    def read(self, document: Document) -> Page:
        """Read it; :raises PageError: with a code and one sentence."""


@cache
def find_sites() -> tuple[Site, ...]:
    """All modules in ``sites/``: a new file there is a new source."""
    names = sorted(module.name for module in iter_modules(sites.__path__))
    return tuple(cast(Site, import_module(f"{sites.__name__}.{name}")) for name in names)


def open_page(body: bytes, url: str, content_type: str = "", *, content_encoding: str = "", status: int = 200) -> Page:
    """Open a page from the body as it was served.

    :param content_encoding: the ``Content-Encoding`` header: the codings still on the body
    :raises PageError: the page cannot be read; its ``code`` says why in one word
    """
    document = Document(decode_entity(body, content_encoding) if content_encoding else body, url, content_type, status)
    site = next((site for site in find_sites() if site.recognises(url, document.text)), None)
    if site is not None:
        return site.read(document)
    # A redirect may have led anywhere.
    if blocked := recognise_block(document):
        return blocked
    raise PageError("unknown_site", "No page reader knows this address.")
