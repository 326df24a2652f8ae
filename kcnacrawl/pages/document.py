"""A document as it came: address, type, bytes; text and tree are made when somebody asks for them."""

from __future__ import annotations

from functools import cached_property
from html import unescape
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from kcnacrawl.pages.charset import decode_text
from kcnacrawl.pages.limits import refuse_traps
from kcnacrawl.pages.page import PageError

_MAGIC = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b\x08", "a gzip file"),
    (b"RIFF", "an image, a sound or a film"),
    (b"\x00\x00\x00\x18ftyp", "a film"),
    (b"\x00\x00\x00\x20ftyp", "a film"),
)
_LARGEST = 32 << 20
_HEAD = 8000
"""Characters within which a page names the base of its links, if it does."""


class Document:
    """The decoded body of a response."""

    def __init__(self, body: bytes, url: str, content_type: str, status: int) -> None:
        self.body = body
        self.url = url
        self.status = status
        self.content_type = content_type
        self.media_type = content_type.partition(";")[0].strip().lower()

    @cached_property
    def text(self) -> str:
        """The document decoded, whatever it is."""
        return decode_text(self.body, self.content_type)

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The document parsed as a browser does; ``PageError`` when it is a trap or nothing a browser would show."""
        if foreign := self.foreign:
            raise PageError("not_html", f"The answer is {foreign}, not a page.")
        if len(self.body) > _LARGEST:
            raise PageError("too_large", f"The page has {len(self.body)} bytes; pages up to {_LARGEST} are read.")
        refuse_traps(self.body)
        # Without its events, which copy the chosen option of a select over and over, the parser takes linear time.
        return LexborHTMLParser(self.text, scripting=True, options=LexborDocumentOptions.WO_EVENTS)

    @cached_property
    def foreign(self) -> str | None:
        """What the body is when it is surely no markup and no JSON, in words, or ``None``."""
        for magic, name in _MAGIC:
            if self.body.startswith(magic):
                return name
        head = self.body[:1024]
        if (
            b"\0" in head
            and not head.startswith((b"\xff\xfe", b"\xfe\xff"))
            and "utf-16" not in self.content_type.lower()
        ):
            return "binary data"
        return None

    @cached_property
    def base(self) -> str:
        """The address that relative links start from."""
        head = self.text[:_HEAD]
        element = self.tree.css_first("base[href]") if "<base" in head or "<BASE" in head else None
        return join(self.url, attribute(element, "href")) if element else self.url

    @cached_property
    def origin(self) -> str:
        """Scheme and host of ``base``, no closing slash."""
        parts = urlsplit(self.base)
        return f"{parts.scheme}://{parts.netloc}"

    def absolute(self, href: str) -> str | None:
        """Give a link of this document as an absolute http(s) address, or ``None`` when it leads to no page."""
        href = href.strip()
        if href.startswith(("https://", "http://")):
            return href
        if href.startswith("/") and not href.startswith("//"):
            return self.origin + href
        if not href or href.startswith("#"):
            return None
        joined = join(self.base, href)
        return joined if joined.startswith(("https://", "http://")) else None


def join(base: str, href: str) -> str:
    """Join as ``urljoin`` does; a link that is no address at all gives an empty string."""
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""


def attribute(node: LexborNode | None, name: str) -> str:
    """An attribute's value, or an empty string."""
    return (node.attributes.get(name) or "") if node is not None else ""


def plain(text: str) -> str:
    """Text that was escaped once too often, as text."""
    return unescape(text) if "&" in text else text
