"""Photographs and films of an article: address, caption, order. Logos, icons and place holders are none."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache

from kcnacrawl.items import Photo
from kcnacrawl.pages.document import Document
from kcnacrawl.pages.flatten import Flat
from kcnacrawl.pages.tags import LONGEST_KEPT, words
from kcnacrawl.text.clean import clean_line

_LAZY = ("data-lazy-src", "data-src", "data-original", "data-lazy", "data-full-url")
_FRAME = words(
    """logo icon avatar emoji sprite spacer blank. pixel placeholder badge share social advert /ads/ /ad/ kcna-english
    kcnakorean rodong-korean rodong-english image-uploading"""
)
"""What the tag of a picture holds that belongs to the frame."""

_PROMOTION = re.compile(
    r" (?:class|id)=\"[^\"]*\b(?:ads?|adverts?|advertisement|share|social|newsletter|related|widget|promo|sponsor)\b"
)
_OUTSIDE = words("nav button footer form")
_TINY = words("0 1 2")
_CAPTION = re.compile(r"^<figcaption| class=\"[^\"]*caption")
_PLAYER = re.compile(r"youtube|youtu\.be|vimeo|streamer|player|dailymotion|\.mp4|\.m3u8|/tvarchive/", re.IGNORECASE)
_NEAR = 5
"""Elements around a picture in which its caption is looked for."""


def read_media(flat: Flat, document: Document, first: int, end: int) -> tuple[list[Photo], list[str]]:
    """Give the photographs and the addresses of films between two lines."""
    inside = [element for element, line in flat.media if first <= line <= end and _is_before(flat, element, line, end)]
    if not inside:
        return [], []
    photos: dict[str, Photo] = {}
    videos: dict[str, None] = {}
    captions = _Captions(flat)
    for element in inside:
        if flat.names[element] != "img":
            if url := _film(flat, document, element):
                videos.setdefault(url)
        elif (url := _picture(flat, document, element)) and url not in photos:
            photos[url] = Photo(url=url, caption=captions.find(element), order=len(photos) + 1)
    return list(photos.values()), list(videos)


def _is_before(flat: Flat, element: int, line: int, end: int) -> bool:
    """Whether an element stands before the line that ends the text, not in it or behind it."""
    return line < end or (line < len(flat.lines) and element < flat.lines[line].pieces[0][1])


def _picture(flat: Flat, document: Document, element: int) -> str | None:
    tag = flat.tags[element].lower()
    if any(word in tag for word in _FRAME):
        return None
    if flat.get(element, "width") in _TINY or flat.get(element, "height") in _TINY:
        return None
    if any(
        flat.names[outer] in _OUTSIDE or _is_promotion(flat.tags[outer][:LONGEST_KEPT]) for outer in flat.chain(element)
    ):
        return None
    named = [flat.get(element, name) for name in _LAZY] if "data-" in tag else []
    named.append(flat.get(element, "src"))
    if "srcset" in tag:
        choices = flat.get(element, "data-srcset") or flat.get(element, "srcset")
        named.append(choices.split(",")[-1].strip().split(" ")[0])
    return document.absolute(next((href for href in named if href and not href.startswith("data:")), ""))


@lru_cache(maxsize=512)
def _is_promotion(tag: str) -> bool:
    return _PROMOTION.search(tag) is not None


def _film(flat: Flat, document: Document, element: int) -> str | None:
    name = flat.names[element]
    url = document.absolute(flat.get(element, "src") or flat.get(element, "data-src"))
    if name == "source":
        return url if flat.names[flat.parents[element]] == "video" else None
    return url if url and (name == "video" or _PLAYER.search(url)) else None


class _Captions:
    """The captions of a document, each with its text."""

    def __init__(self, flat: Flat) -> None:
        self.flat = flat
        self.pictures = [element for element, _ in flat.media if flat.names[element] == "img"]
        self.elements = [element for element, tag in enumerate(flat.tags) if "caption" in tag and _CAPTION.search(tag)]
        self.texts = dict.fromkeys(self.elements, "")
        for line in flat.lines if self.elements else ():
            for text, at in line.pieces:
                place = bisect_right(self.elements, at) - 1
                if place >= 0 and at <= flat.ends[self.elements[place]]:
                    self.texts[self.elements[place]] += text

    def find(self, picture: int) -> str | None:
        """The caption in the closest element that holds this picture and no other."""
        for outer in self.flat.chain(picture)[1 : _NEAR + 1]:
            end = self.flat.ends[outer]
            if bisect_right(self.pictures, end) - bisect_left(self.pictures, outer) > 1:
                return None
            place = bisect_right(self.elements, end) - 1
            if place >= 0 and self.elements[place] >= outer and (text := clean_line(self.texts[self.elements[place]])):
                return text
        return None
