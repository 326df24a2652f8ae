"""What a page or a style sheet needs to be seen: style sheets, scripts, images, fonts. Addresses only, nothing fetched.

Pages are scanned for the tags that matter, not parsed: that takes a third of a parser's time, and a tag taken too many
costs one request for a file that is not there. Films, frames and what scripts load by themselves are not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from kcnacrawl.pages.charset import decode_text
from kcnacrawl.pages.stylesheet import sheet_needs


class Need(NamedTuple):
    """One file that a document needs."""

    url: str
    """Absolute, http or https, without fragment."""

    kind: str
    """``style``, ``script``, ``image`` or ``font``."""


PER_DOCUMENT = 200
"""Needs taken of one document unless the caller says otherwise."""

LONGEST_URL = 8192
"""Characters; servers take no longer addresses."""

_LONGEST_SHEET = 1 << 21
_LONGEST_SET = 1 << 14
_MOST_CANDIDATES = 8
"""Candidates taken of one ``srcset``. All are wanted, because which of them a browser takes depends on the screen and
the window of whoever looks, and it falls back on no other."""

_CACHED = 500
"""Characters of a tag or an inline sheet that is read only once: the frame of a site is the same on all its pages."""

# The letters after "<" are looked at first: most tags of a page end there.
_START = re.compile(
    r"<(?=[!lLiIsSvVbBuUoOtT])(?:(!--)|([lL][iI][nN][kK]|[iI](?:[mM][gG]|[mM][aA][gG][eE]|[nN][pP][uU][tT])"
    r"|[sS](?:[cC][rR][iI][pP][tT]|[tT][yY][lL][eE]|[oO][uU][rR][cC][eE])|[vV][iI][dD][eE][oO]|[uU][sS][eE]"
    r"|[bB](?:[aA][sS][eE]|[oO][dD][yY])|[oO][bB][jJ][eE][cC][tT]|[tT](?:[aA][bB][lL][eE]|[dDhH]))(?=[\s/>]))"
)
# A quote counts behind "=" only; one that is never closed is taken for a part of the value.
_TAG_END = re.compile(r"(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+'|))*+>")
_ATTRIBUTE = re.compile(r"([^\s=>\"'/]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"'][^\s>]*+))")
_ENDS = {"script": re.compile(r"</script[\s/>]", re.IGNORECASE), "style": re.compile(r"</style[\s/>]", re.IGNORECASE)}
_STYLE_ATTRIBUTE = re.compile(r"\sstyle\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"']++))", re.IGNORECASE)
_WORD = re.compile(r"[\s,]*+(\S++)")
_ROOTED = re.compile(r"/(?!/)[!$-.0-;=?-\[\]_a-z~/]*+")  # no "\", no "#", nothing to escape
_LAZY = ("src", "data-src", "data-lazy-src", "data-original", "data-lazy", "data-full-url", "data-bg")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_BACKGROUND = ("background",)
_PLAIN: dict[str, tuple[tuple[str, ...], str]] = {
    "script": (("src",), "script"),
    "img": (_LAZY, "image"),
    "image": (("href", "xlink:href"), "image"),
    "use": (("href", "xlink:href"), "image"),
    "video": (("poster",), "image"),
    **dict.fromkeys(("body", "table", "td", "th"), (_BACKGROUND, "image")),
}
_PRELOADED = frozenset({"style", "script", "image", "font"})

Found = tuple[str, str]
"""An address as written, and its kind."""


def needs(body: bytes, url: str, content_type: str, *, limit: int = PER_DOCUMENT) -> list[Need]:
    """Each file that a page or a style sheet needs once, in the order of the document; none of any other document.

    :param body: without content codings
    :param url: where the document was served from
    :param limit: most needs given
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "text/css":
        found = sheet_needs(decode_text(body, content_type)[:_LONGEST_SHEET])
        base = url
    elif "html" in media_type or (not media_type and body[:64].lstrip()[:1] == b"<"):
        page = _Page(decode_text(body, content_type), url)
        found = page.found()
        base = ""
    else:
        return []
    resolved: dict[str, str] = {}
    for address, kind in found:
        absolute = resolve(address, base or page.base)
        if absolute is not None:
            resolved.setdefault(absolute, kind)
            if len(resolved) >= limit:
                break
    return [Need(*pair) for pair in resolved.items()]


def resolve(address: str, base: str) -> str | None:
    """The absolute address that a browser would ask for, or ``None`` when it would not ask a web server."""
    if len(address) > LONGEST_URL:
        return None
    if _ROOTED.fullmatch(address) and "/." not in address:
        return _origin(base) + address
    address = address.strip(" \t\r\n\f").partition("#")[0]
    if "\n" in address or "\t" in address or "\r" in address:
        address = address.translate({9: None, 10: None, 13: None})
    if not address:
        return None
    try:
        absolute = urljoin(base, address.replace("\\", "/"))
        parts = urlsplit(absolute)
        parts.port  # noqa: B018 - raises ValueError when it is no number
        if "/." in parts.path:
            absolute = urljoin(absolute, parts.path) + (f"?{parts.query}" if parts.query else "")
    except ValueError:
        return None
    return absolute if parts.scheme in ("http", "https") and parts.hostname else None


@lru_cache(maxsize=4)
def _origin(base: str) -> str:
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}"


class _Page:
    """A page being scanned."""

    def __init__(self, text: str, url: str) -> None:
        self.text = text
        self.base = url
        self._based = False

    def found(self) -> Iterator[Found]:
        """Addresses of the page; ``base`` is what those given so far are relative to."""
        text, position = self.text, 0
        while (start := _START.search(text, position)) is not None:
            if start[1]:
                position = text.find("-->", start.end() - 2)  # "<!-->" is a whole comment
                if position < 0:
                    break
                continue
            end = _TAG_END.match(text, start.end())
            if end is None:
                break  # as in browsers: a tag without end is none, and takes all that follows with it
            position = end.end()
            name, tag = start[2].lower(), text[start.end() : position]
            if name == "base":
                self._rebase(tag)
            elif name != "style":
                yield from _tag_needs(name, tag) if len(tag) <= _CACHED else _tag_needs.__wrapped__(name, tag)
            if name in _ENDS:
                close = _ENDS[name].search(text, position)
                if close is None:
                    break
                if name == "style":
                    yield from _inline_needs(text[position : close.start()])
                position = close.end()
        if "url(" in text or "URL(" in text:
            for value in _STYLE_ATTRIBUTE.finditer(text):
                yield from _inline_needs(unescape(value[value.lastindex or 1]))

    def _rebase(self, tag: str) -> None:
        href = _attributes(tag).get("href")
        if href is not None and not self._based:
            self._based = True
            self.base = resolve(href, self.base) or self.base


def _inline_needs(text: str) -> Iterator[Found] | tuple[Found, ...]:
    return _short_sheet_needs(text) if len(text) <= 8 * _CACHED else sheet_needs(text[:_LONGEST_SHEET])


@lru_cache(maxsize=128)
def _short_sheet_needs(text: str) -> tuple[Found, ...]:
    return tuple(sheet_needs(text))


@lru_cache(maxsize=512)
def _tag_needs(name: str, tag: str) -> tuple[Found, ...]:
    attributes = _attributes(tag)
    if name in _PLAIN:
        names, kind = _PLAIN[name]
        found = [(attributes[attribute], kind) for attribute in names if attribute in attributes]
    elif name == "link":
        found = list(_link_needs(attributes))
    elif name == "input":
        found = [(attributes["src"], "image")] if _says(attributes, "type", "image") and "src" in attributes else []
    elif name == "object":
        is_image = attributes.get("type", "").lower().startswith("image/")
        found = [(attributes["data"], "image")] if is_image and "data" in attributes else []
    else:
        found = []
    if name in ("img", "source"):
        found += [(url, "image") for name in _SETS if name in attributes for url in _candidates(attributes[name])]
    return tuple(pair for pair in found if pair[0].lstrip()[:5].lower() != "data:")


def _link_needs(attributes: dict[str, str]) -> Iterator[Found]:
    relations = attributes.get("rel", "").lower().split()
    href = attributes.get("href", "")
    if "stylesheet" in relations:
        if "alternate" not in relations:
            yield href, "style"
    elif "icon" in relations:
        yield href, "image"
    elif "modulepreload" in relations:
        yield href, "script"
    elif "preload" in relations and (kind := attributes.get("as", "").lower()) in _PRELOADED:
        yield href, kind
        yield from ((url, kind) for url in _candidates(attributes.get("imagesrcset", "")))


def _says(attributes: dict[str, str], name: str, value: str) -> bool:
    return attributes.get(name, "").strip().lower() == value


def _candidates(srcset: str) -> list[str]:
    """The addresses in a ``srcset``; commas end one at its end only, for they may stand within."""
    found: list[str] = []
    position, srcset = 0, srcset[:_LONGEST_SET]
    while len(found) < _MOST_CANDIDATES and (word := _WORD.match(srcset, position)) is not None:
        found.append(word[1].rstrip(","))
        comma = word.end() if word[1].endswith(",") else srcset.find(",", word.end())
        if comma < 0:
            break
        position = comma
    return found


def _attributes(tag: str) -> dict[str, str]:
    """Names in lower case and values of a tag's attributes; the first of a name counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(tag):
        value = double or single or bare
        found.setdefault(name.lower(), unescape(value) if "&" in value else value)
    return found
