"""Correct HTTP with content that misleads: charsets, types, broken HTML."""

from __future__ import annotations

import codecs

from kcnacrawl.replica.answer import RawAnswer
from kcnacrawl.replica.bad.sample import Bad, Sample, raw, sized

_META = b'<meta charset="UTF-8">\n'


def _typed(body: bytes, kind: str | None) -> RawAnswer:
    return raw(sized(body, kind=kind))


def _recoded(sample: Sample, encoding: str, declared: str | None, meta: str = "") -> RawAnswer:
    """The page in another character encoding; ``meta`` replaces the page's own declaration."""
    text = sample.page.replace(_META, f'<meta charset="{meta}">\n'.encode() if meta else b"").decode("utf-8")
    return _typed(text.encode(encoding, "xmlcharrefreplace"), declared)


def _marked(sample: Sample, mark: bytes, encoding: str) -> RawAnswer:
    return _typed(mark + sample.page.decode("utf-8").encode(encoding), "text/html")


CONTENT: dict[str, Bad] = {
    "charset_wrong": Bad(
        "sends EUC-KR and says UTF-8 in header and page",
        True,
        lambda s: _recoded(s, "euc_kr", "text/html; charset=UTF-8", "UTF-8"),
    ),
    "charset_latin1": Bad(
        "sends UTF-8 and says ISO-8859-1 in the header", True, lambda s: _typed(s.page, "text/html; charset=ISO-8859-1")
    ),
    "charset_unknown": Bad(
        "declares a charset nobody knows", True, lambda s: _typed(s.page, "text/html; charset=x-juche")
    ),
    "charset_quoted": Bad(
        "declares the charset in single quotes", True, lambda s: _typed(s.page, "text/html; charset='utf8'")
    ),
    "charset_none": Bad(
        "declares no charset anywhere", True, lambda s: _typed(s.page.replace(_META, b""), "text/html")
    ),
    "charset_euc_kr": Bad(
        "sends EUC-KR, declared in the page only", True, lambda s: _recoded(s, "euc_kr", "text/html", "euc-kr")
    ),
    "charset_cp949_as_euc": Bad(
        "sends CP949 and calls it ks_c_5601-1987",
        True,
        lambda s: _recoded(s, "cp949", "text/html; charset=ks_c_5601-1987"),
    ),
    "charset_header_wins": Bad(
        "sends EUC-KR, header right, page wrong",
        True,
        lambda s: _recoded(s, "euc_kr", "text/html; charset=EUC-KR", "UTF-8"),
    ),
    "bom": Bad(
        "UTF-8 with a byte order mark, no declaration",
        True,
        lambda s: _typed(codecs.BOM_UTF8 + s.page.replace(_META, b""), "text/html"),
    ),
    "utf16": Bad(
        "UTF-16 little endian with a byte order mark", True, lambda s: _marked(s, codecs.BOM_UTF16_LE, "utf-16-le")
    ),
    "bytes_broken": Bad(
        "UTF-8 with two invalid bytes in the footer",
        True,
        lambda s: _typed(s.page.replace(b"</footer>", b"\xc3\xff</footer>"), "text/html; charset=UTF-8"),
    ),
    "nul_bytes": Bad(
        "NUL bytes between the tags",
        True,
        lambda s: _typed(s.page.replace(b"</header>", b"\0\0</header>\0"), "text/html; charset=UTF-8"),
    ),
    "type_missing": Bad("no Content-Type", True, lambda s: _typed(s.page, None)),
    "type_plain": Bad("calls the page text/plain", True, lambda s: _typed(s.page, "text/plain; charset=UTF-8")),
    "type_binary": Bad(
        "calls the page application/octet-stream", True, lambda s: _typed(s.page, "application/octet-stream")
    ),
    "type_image": Bad("calls the page image/png", True, lambda s: _typed(s.page, "image/png")),
    "type_nonsense": Bad("a Content-Type that is none", True, lambda s: _typed(s.page, ";;html")),
    "xhtml": Bad(
        "serves the page as application/xhtml+xml",
        True,
        lambda s: _typed(s.page, "application/xhtml+xml; charset=UTF-8"),
    ),
    "body_empty": Bad("200 with an empty body", False, lambda s: _typed(b"", "text/html; charset=UTF-8")),
    "body_spaces": Bad("200 with white space only", False, lambda s: _typed(b" \n" * 500, "text/html; charset=UTF-8")),
    "json": Bad("JSON in place of the page", False, lambda s: _typed(b'{"error": "try later"}', "application/json")),
    "database_error": Bad(
        "200 with a WordPress database error",
        False,
        lambda s: _typed(
            b"<!DOCTYPE html><html><head><title>Database Error</title></head><body><h1>Error establishing a database "
            b"connection</h1></body></html>",
            "text/html; charset=UTF-8",
        ),
    ),
    "html_unclosed": Bad(
        "HTML without a single end tag of body or html",
        True,
        lambda s: _typed(s.page.replace(b"</body>", b"").replace(b"</html>", b""), "text/html; charset=UTF-8"),
    ),
    "html_deep": Bad(
        "HTML wrapped in 5000 divs",
        True,
        lambda s: _typed(s.page.replace(b"</header>", b"</header>" + b"<div>" * 5000, 1), "text/html; charset=UTF-8"),
    ),
    "html_large": Bad(
        "the page with a 5 MB comment",
        True,
        lambda s: _typed(
            s.page.replace(b"</header>", b"</header><!-- " + b"x" * 5_000_000 + b" -->", 1), "text/html; charset=UTF-8"
        ),
    ),
}
