"""How much bytes look like text in an encoding, for pages whose declaration is missing or wrong."""

from __future__ import annotations

import re
from collections import Counter

CANDIDATES = ("utf-8", "cp949", "gb18030", "cp932", "euc_jp", "big5hkscs", "cp1251", "koi8_r", "cp1252")
"""Encodings that agencies' and archives' pages were ever served in."""

_UNDECODABLE = "\ufffd"
_JAPANESE = frozenset({"cp932", "euc_jp"})
_CYRILLIC = frozenset({"cp1251", "koi8_r"})
_MIXED = re.compile(r"(?<=[A-Za-z])[А-яЁё]|[А-яЁё](?=[A-Za-z])")
_BROAD = frozenset({"utf-8", "utf-16-le", "utf-16-be"})
# The everyday characters of each encoding: what lies outside appears when other text is read in it.
_EVERYDAY = {"cp949": "euc_kr", "gb18030": "gb2312", "big5hkscs": "big5", "cp932": "shift_jis", "euc_jp": "euc_jp"}


def plausibility(sample: bytes, encoding: str) -> float:
    """Give 1 for perfect text in *encoding*, below 0 for what cannot be. Only characters beyond ASCII count."""
    text = sample.decode(encoding, "replace")
    # A character cut in half by the end of the sample says nothing.
    counts = Counter(character for character in text[:-1] if character >= "\x80")
    total = sum(counts.values())
    if not total:
        return 1.0
    score = sum(_weigh(character, encoding) * count for character, count in counts.items()) / total
    if encoding in _JAPANESE and sum(n for c, n in counts.items() if "\u3041" <= c <= "\u30ff") < 0.1 * total:
        score -= 0.5  # Japanese is never written without kana
    if encoding in _CYRILLIC:
        score -= 2 * len(_MIXED.findall(text)) / total
    return score


def _weigh(character: str, encoding: str) -> float:
    if character == _UNDECODABLE:
        return -4.0
    if encoding in _EVERYDAY and not _is_everyday(character, encoding):
        return -0.3
    if "\uac00" <= character <= "\ud7a3":
        return 1.0
    if "\u3041" <= character <= "\u30ff":
        return 1.0 if encoding in _JAPANESE or encoding in _BROAD else -1.0
    if "\u4e00" <= character <= "\u9fff":
        return _weigh_ideograph(encoding)
    return _weigh_other(character)


def _weigh_ideograph(encoding: str) -> float:
    if encoding == "cp949":
        return -1.0  # agencies of the North write without them
    return 1.0 if encoding in _BROAD else 0.6


def _weigh_other(character: str) -> float:
    if "\u0430" <= character <= "\u044f" or character == "ё":
        return 0.9
    if "\u0410" <= character <= "\u042f":
        return 0.2
    if "\u3000" <= character <= "\u303f" or "\uff01" <= character <= "\uff5e" or "\u2010" <= character <= "\u203b":
        return 0.6
    if character in "áéíóúñüÁÉÍÓÚÑÜ¡¿àèìòùâêîôûäöçßãõ°«»·\xa0":
        return 0.7
    return -0.5


def _is_everyday(character: str, encoding: str) -> bool:
    try:
        # Python writes the rarer syllables as eight bytes in EUC-KR.
        return len(character.encode(_EVERYDAY[encoding])) <= 3
    except UnicodeEncodeError:
        return False
