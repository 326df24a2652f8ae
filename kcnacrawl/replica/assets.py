"""Images, style sheets and scripts of the site, made from their address."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache

from kcnacrawl.replica.answer import Answer
from kcnacrawl.replica.dice import Dice

_FOLDERS = ("/wp-content/", "/tvarchive/")


def asset(path: str) -> Answer | None:
    """The file at an address of the theme or the uploads, or null when the site has none there."""
    if not path.startswith(_FOLDERS):
        return None
    if path.endswith((".png", ".jpg")):
        size = (160, 120) if "/uploads/" in path else (32, 32)
        return Answer(picture(path, *size), content_type="image/png")
    if path.endswith(".css"):
        rules = "".join(f".article-desc:nth-child({i}){{order:{i}}}\n" for i in range(1, 60))
        return Answer(f"/* {path} */\n{rules}".encode(), content_type="text/css; charset=utf-8")
    if path.endswith(".js"):
        return Answer(f'"use strict";\n/* {path} */\n'.encode() * 9, content_type="text/javascript; charset=utf-8")
    return None


@lru_cache(maxsize=64)
def picture(path: str, width: int, height: int) -> bytes:
    """A PNG of two colours; another address gives another picture, the same address always the same."""
    dice = Dice(zlib.crc32(path.encode()))
    colours = [bytes(dice.below(256) for _ in range(3)) for _ in range(2)]
    stripe = dice.between(3, width - 1)
    row = b"\0" + b"".join(colours[x % stripe > stripe // 2] for x in range(width))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(row * height, 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
