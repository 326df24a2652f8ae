"""The language a text is written in, as ISO 639-1. Scripts and function words tell most; lingua tells the rest."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

_SAMPLE = 400
"""Characters looked at: more tell no more, and the cost grows with them."""

_LETTERS = {
    "hangul": re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]+"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f]+"),
    "cyrillic": re.compile("[\u0400-\u052f]+"),
    "kana": re.compile("[\u3041-\u3096\u30a1-\u30fa]+"),
    "han": re.compile("[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff]+"),
    "arabic": re.compile("[\u0600-\u06ff]+"),
}
_SCRIPT_LANGUAGE = {"hangul": "ko", "kana": "ja", "han": "zh", "cyrillic": "ru", "arabic": "ar"}
# A syllable or an ideograph says as much as two letters.
_WEIGHTS = {"hangul": 2, "latin": 1, "cyrillic": 1, "kana": 2, "han": 2, "arabic": 1}
# Letters that Russian and Arabic do not have: Ukrainian, Kazakh, Mongolian …, Persian, Urdu …
_FOREIGN = re.compile("[іїєґўјљњћџђәөүұқғңһ]|[پچژگکیٹڈڑےں]", re.IGNORECASE)
# Lower-case words that are frequent in one of the languages and rare in the others. None is part of a Korean name.
_WORDS = {
    word: language
    for language, words in {
        "en": "the of and to for with that by at from his its were are has been this which their they he it is as",
        "es": "el los las del y por con para una su al fue sus como se lo más ha entre sobre esta este",
        "fr": "le les et du dans par avec pour une au aux sur est qui sa ses leur été cette ce pas ont",
        "de": "der und das den bei zu mit dem ist auf für eine im sich nicht wurde wird auch einer eines zum zur",
    }.items()
    for word in words.split()
}


def detect_language(text: str) -> str | None:
    """Tell the language of a text without its dateline: ``en ko es zh ja ru fr de ar``, or ``None`` when nothing tells.

    The prevailing script decides, then the small words, so names and acronyms of another script or language do not.
    """
    sample = text[:_SAMPLE]
    script = "latin" if sample.isascii() else _prevailing_script(sample)
    if script == "latin":
        return _detect_latin(sample)
    if script is None or (script in ("cyrillic", "arabic") and len(_FOREIGN.findall(sample)) > 1):
        return None
    return _SCRIPT_LANGUAGE[script]


def _prevailing_script(sample: str) -> str | None:
    sizes = {}
    for script, letters in _LETTERS.items():
        size = sum(map(len, letters.findall(sample)))
        sizes[script] = size * _WEIGHTS[script]
        # Nothing in the rest can outweigh it; ideographs alone may still be Japanese.
        if sizes[script] > max(3, 2 * (len(sample) - size)) and script != "han":
            return script
    # Japanese is written with both; Chinese quotes a word or two of kana at most.
    if sizes["kana"] * 8 >= sizes["han"]:
        sizes["kana"] += sizes.pop("han")
    script = max(sizes, key=sizes.__getitem__)
    return script if sizes[script] >= 4 else None


def _detect_latin(sample: str) -> str | None:
    # Case counts: "Un" and "Il" in names are not the French and Spanish words.
    found = Counter(filter(None, map(_WORDS.get, sample.split())))
    leader, most = found.most_common(1)[0] if found else (None, 0)
    if most >= 2 and most * 4 >= found.total() * 3:
        return leader
    return _ask_lingua(sample, leader)


@cache
def _lingua() -> LanguageDetector:
    # Low accuracy takes 13 MB, high accuracy 80 more; built only when a text needs it.
    languages = (Language.ENGLISH, Language.SPANISH, Language.FRENCH, Language.GERMAN)
    return LanguageDetectorBuilder.from_languages(*languages).with_low_accuracy_mode().build()


def _ask_lingua(sample: str, leader: str | None) -> str | None:
    words = _LETTERS["latin"].findall(sample)
    # Of a few words lingua is sure, and often wrong: names alone look French to it.
    if len(words) < 3 or sum(map(len, words)) < 20:
        return None
    best = _lingua().compute_language_confidence_values(" ".join(words))[0]
    language = best.language.iso_code_639_1.name.lower()
    return language if best.value >= (0.6 if language == leader else 0.95) else None
