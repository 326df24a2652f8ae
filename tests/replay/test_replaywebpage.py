"""ReplayWeb.page shows the archive in a real browser: text, style and photo are there."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from tests.replay.browser import replayed, shown
from tests.replay.site import ARTICLE, CASES, ENGLISH, HOST, KOREAN

LOOK = """() => {
    const head = document.querySelector("h1"), photo = document.querySelector("img");
    return [head.innerText, getComputedStyle(head).color, photo.naturalWidth, photo.naturalHeight];
}"""


def pixels(picture: bytes) -> set[bytes]:
    """The lines of a PNG file that differ, as compressed: a blank picture has very few."""
    position, data = 8, b""
    while position < len(picture):
        (size,) = struct.unpack(">I", picture[position : position + 4])
        if picture[position + 4 : position + 8] == b"IDAT":
            data += picture[position + 8 : position + 8 + size]
        position += size + 12
    raw = zlib.decompress(data)
    width = struct.unpack(">I", picture[16:20])[0] * (3 if picture[25] == 2 else 4) + 1
    return {raw[start : start + width] for start in range(0, len(raw), width)}


@pytest.mark.parametrize(("name", "text"), [("plain", ENGLISH), ("Korean charset", KOREAN), ("chunked gzip", ENGLISH)])
def test_page_with_style_and_photo(archive: Path, tmp_path: Path, name: str, text: str) -> None:
    first = sorted(archive.glob("*.warc.gz"))[0]
    with shown(tmp_path, first, CASES[name].url) as page:
        frame = replayed(page, "h1")
        frame.wait_for_function("document.querySelector('img').complete")
        headline, colour, width, height = frame.evaluate(LOOK)
        picture = page.screenshot()
    assert text in headline
    assert (colour, width, height) == ("rgb(1, 2, 3)", 160, 120)
    assert len(pixels(picture)) > 50


def test_redirect_is_followed(archive: Path, tmp_path: Path) -> None:
    first = sorted(archive.glob("*.warc.gz"))[0]
    with shown(tmp_path, first, CASES["redirect"].url) as page:
        assert replayed(page, "h1").url.endswith(HOST + ARTICLE)
