"""Images, style sheets, fonts and scripts of the site: what its pages look like."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from pathlib import Path

from kcnacrawl.replica.answer import Answer
from kcnacrawl.replica.dice import Dice
from kcnacrawl.replica.jpeg import photograph

_FOLDERS = ("/wp-content/", "/tvarchive/")
_THEME = "/wp-content/themes/kcnawatch/"

_SHEETS = {
    "style.css": """@import url("css/base.css?ver=4.2");
/* A comment that names url(images/never.png) needs nothing. */
.container{max-width:960px;margin:0 auto;padding:0 16px}
.site-header{background:#12304a url("images/paper.png") repeat;color:#fff;padding:8px 0}
.site-header a{color:#cfe3f5}
.menu{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:4px 14px;font-size:13px}
.sub-menu{display:none}
.article-title,.nk-story__headline{font-size:26px;line-height:1.25;margin:18px 0 6px}
.article-content p,.par{margin:0 0 1em}
.photo,.nk-slide{margin:0 0 18px}
.photo img,.nk-slide img{max-width:100%;height:auto;display:block}
figcaption,.nk-slide__caption{font-size:13px;color:#555;padding:4px 0}
.more-from h3::before{content:"\\2022";font-family:"Replica Marks",sans-serif;margin-right:6px}
.site-footer{border-top:3px solid #12304a;margin-top:30px;font-size:12px;columns:4}
""",
    "css/base.css": """@font-face{font-family:"Replica Marks";
src:url(../fonts/marks.eot);
src:url(../fonts/marks.eot?#iefix) format("embedded-opentype"),url('../fonts/marks.woff2') format("woff2")}
body{margin:0;background:#f7f5f0;color:#1b1b1b;font:16px/1.6 Georgia,"Replica Marks",serif}
a{color:#1b4f7a}
""",
}


def asset(path: str) -> Answer | None:
    """The file at an address of the theme or the uploads, or null when the site has none there."""
    if not path.startswith(_FOLDERS):
        return None
    if path.endswith(".jpg") and "/uploads/" in path:
        return Answer(photograph(zlib.crc32(path.encode())), content_type="image/jpeg")
    if path.endswith((".png", ".jpg")):
        size = (160, 120) if "/uploads/" in path else (32, 32)
        return Answer(picture(path, *size), content_type="image/png")
    if path.endswith("/fonts/marks.woff2"):
        return Answer((Path(__file__).parent / "content/marks.woff2").read_bytes(), content_type="font/woff2")
    if (sheet := _SHEETS.get(path.removeprefix(_THEME))) is not None:
        return Answer(sheet.encode(), content_type="text/css; charset=utf-8")
    if path.endswith(".css"):
        rules = "".join(f".article-desc:nth-child({i}){{order:{i}}}\n" for i in range(1, 60))
        return Answer(f"/* {path} */\n{rules}".encode(), content_type="text/css; charset=utf-8")
    if path.endswith(".js"):
        script = f'"use strict";\n/* {path} */\ndocument.documentElement.dataset.script = "ran";\n'
        return Answer(script.encode(), content_type="text/javascript; charset=utf-8")
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
