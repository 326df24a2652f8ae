"""Photographs and films of an article: address, caption, order. Logos, icons and place holders are none."""

from __future__ import annotations

import re

from kcnacrawl.items import Photo
from kcnacrawl.pages.document import Document
from kcnacrawl.pages.flatten import Flat
from kcnacrawl.text.clean import clean_line

_LAZY = ("data-lazy-src", "data-src", "data-original", "data-lazy", "data-full-url")
_FRAME_WORDS = re.compile(
    r"logo|icon|avatar|emoji|sprite|spacer|blank\.|pixel|placeholder|badge|share|social|gravatar|advert|/ads?/"
    r"|kcna-english|kcnakorean|rodong-korean|rodong-english|image-uploading",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"^<figcaption| class=\"[^\"]*caption")
_PLAYERS = re.compile(r"youtube|youtu\.be|vimeo|streamer|player|dailymotion|\.mp4|\.m3u8|/tvarchive/", re.IGNORECASE)


def read_media(flat: Flat, document: Document, first: int, end: int) -> tuple[list[Photo], list[str]]:
    """Give the photographs and the addresses of films between two lines."""
    photos: dict[str, Photo] = {}
    videos: dict[str, None] = {}
    for element, line in flat.media:
        if not first <= line <= end or (line == end and _is_behind(flat, element, end)):
            continue
        if flat.names[element] == "img":
            url = _picture(flat, document, element)
            if url and url not in photos:
                photos[url] = Photo(url=url, caption=_caption(flat, element), order=len(photos) + 1)
        elif url := _film(flat, document, element):
            videos.setdefault(url)
    return list(photos.values()), list(videos)


def _is_behind(flat: Flat, element: int, end: int) -> bool:
    """Whether an element stands at or behind the first piece of a line, not in front of it."""
    if end >= len(flat.lines):
        return False
    return element > flat.lines[end].pieces[0][1] or _near_footer(flat, element)


def _near_footer(flat: Flat, element: int) -> bool:
    return any(flat.names[outer] in ("footer", "nav") for outer in flat.chain(element))


def _picture(flat: Flat, document: Document, element: int) -> str | None:
    if _FRAME_WORDS.search(" ".join(flat.get(element, name) for name in ("src", "class", "id", "alt", *_LAZY))):
        return None
    if any(size in ("0", "1", "2") for size in (flat.get(element, "width"), flat.get(element, "height"))):
        return None
    if any(flat.names[outer] in ("nav", "button", "footer", "form") for outer in flat.chain(element)):
        return None
    named = [flat.get(element, name) for name in _LAZY] + [flat.get(element, "src")]
    source = flat.get(element, "data-srcset") or flat.get(element, "srcset")
    named.append(source.split(",")[-1].strip().split(" ")[0])
    url = next((href for href in named if href and not href.startswith("data:")), "")
    return document.absolute(url)


def _caption(flat: Flat, element: int) -> str | None:
    """The caption inside the closest element that holds this picture and no other."""
    pictures = [number for number, _ in flat.media if flat.names[number] == "img" and number != element]
    for outer in flat.chain(element)[1:5]:
        end = flat.ends[outer]
        if any(outer < other <= end for other in pictures):
            return None
        captions = [n for n in range(outer, end + 1) if _CAPTION.search(flat.tags[n])]
        if captions and (text := _text_inside(flat, captions[-1])):
            return text
    return None


def _text_inside(flat: Flat, outer: int) -> str:
    end = flat.ends[outer]
    lines = ["".join(text for text, element in line.pieces if outer <= element <= end) for line in flat.lines]
    return clean_line(" ".join(lines))


def _film(flat: Flat, document: Document, element: int) -> str | None:
    name = flat.names[element]
    url = document.absolute(flat.get(element, "src") or flat.get(element, "data-src"))
    if name == "source":
        parent = flat.names[flat.parents[element]]
        return url if parent == "video" else None
    return url if url and (name == "video" or _PLAYERS.search(url)) else None
