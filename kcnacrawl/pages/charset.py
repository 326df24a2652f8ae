"""Bytes of a document in, text out: the HTML standard's order of evidence, and wrong declarations survived."""

from __future__ import annotations

import codecs
import re

from kcnacrawl.pages.plausible import CANDIDATES, plausibility

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
# A browser looks in the first 1,024 bytes; pages that say it later are read right there all the same.
_DECLARED_WITHIN = 1 << 16
_META = re.compile(rb"<meta\b[^>]{0,2000}?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9._:-]{2,40})", re.IGNORECASE)
# The standard's labels that Python knows by another name, or reads more narrowly than browsers do.
_BROWSERS_READ = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
}
_LABELS = {"ks_c_5601-1987": "cp949", "ksc5601": "cp949", "windows-949": "cp949", "x-sjis": "cp932", "x-gbk": "gb18030"}
_SAMPLE = 1 << 16


def decode_text(body: bytes, content_type: str) -> str:
    """Give the text of a document. Bytes that no encoding explains become U+FFFD; nothing is raised.

    Order: byte order mark; UTF-8 when the bytes are (no other encoding makes that pattern by chance); the
    ``Content-Type`` header; the page's own declaration; what the bytes look like.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    declared = _from_header(content_type)
    if declared and declared.startswith("utf-16"):
        return body.decode(_byte_order(body, declared), "replace")
    escapes = b"\x1b" in body  # ISO-2022 texts are valid UTF-8 too
    if not escapes:
        try:
            return body.decode()
        except UnicodeDecodeError:
            pass
    if declared is None:
        declared = _from_page(body)
    encoding = _choose(body, declared)
    return body.decode(encoding, "replace")


def _from_header(content_type: str) -> str | None:
    match = _HEADER.search(content_type)
    return _resolve(match[1]) if match else None


def _from_page(body: bytes) -> str | None:
    head = body[:_DECLARED_WITHIN]
    match = _XML.match(head) or _META.search(head)
    encoding = _resolve(match[1].decode("ascii")) if match else None
    # A declaration that could be read as ASCII cannot be in UTF-16: the standard says UTF-8.
    return "utf-8" if encoding and encoding.startswith("utf-16") else encoding


def _resolve(label: str) -> str | None:
    label = label.strip().lower()
    if label in _LABELS:
        return _LABELS[label]
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    # Codecs such as "hex" or "punycode" are no character encodings of documents.
    if not info._is_text_encoding or info.name in ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7"):
        return None
    return _BROWSERS_READ.get(info.name, info.name)


def _byte_order(body: bytes, declared: str) -> str:
    sample = body[:200]
    zeros_first, zeros_second = sample[::2].count(0), sample[1::2].count(0)
    if zeros_first == zeros_second:
        return declared
    return "utf-16-be" if zeros_first > zeros_second else "utf-16-le"


def _choose(body: bytes, declared: str | None) -> str:
    sample = body[:_SAMPLE]
    if declared and declared.startswith("iso2022") and b"\x1b" in sample:
        return declared
    scores = {encoding: plausibility(sample, encoding) for encoding in CANDIDATES}
    best = max(scores, key=lambda encoding: scores[encoding])
    if declared is None:
        return best
    own = scores[declared] if declared in scores else plausibility(sample, declared)
    # Said and plausible beats more plausible; said and absurd does not. A handful of characters proves nothing.
    few = sum(byte >= 0x80 for byte in sample) < 12
    return declared if own >= 0.85 * scores[best] or (few and own > 0) else best
