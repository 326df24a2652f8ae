"""What kind of piece an article is, where its headline or its first sentences say so in so many words."""

from __future__ import annotations

import re
from typing import NamedTuple

_HEAD = 700
"""Characters of the body looked at: a statement is announced in its first sentences."""

_KOREAN_ISSUER = "대변인|외무상|국방상|부상|부부장|국장|실장|총참모장|총참모부|외무성|국방성|김여정[^ ]*"
_JAPANESE_ISSUER = "スポークスマン|代弁人|副部長|外相|国防相|外務省|国防省"
_CHINESE_ISSUER = "发言人|副部长|外务相|外务省|国防省|国防相"


class _Words(NamedTuple):
    kind: str
    hints: tuple[str, ...]
    """Lower-case strings one of which stands in every match: looking for them first is fifty times as quick."""

    pattern: re.Pattern[str]


_TITLES = (
    _Words(
        "video",
        ("video", "видео", "동영상", "록화", "動画"),
        re.compile(r"\W*(?:[\[(](?:video|видео|동영상|록화실황)[\])]|video ?:|【動画】)|.*[\[(]video[\])]$"),
    ),
    _Words(
        "photo",
        ("photo", "foto", "фото", "사진", "화보", "写真", "图片"),
        re.compile(r"\W*(?:[\[(【](?:photos?|fotos?|фото|사진|화보|写真|图片)[\])】]|photos? ?:)|.*[\[(]photos?[\])]$"),
    ),
    _Words(
        "commentary",
        ("comment", "coment", "коммент", "론평", "논평", "論評", "评", "評"),
        re.compile(
            r".*\bkcna (?:news )?commentary\b|(?:news )?commentary\b|.*: (?:news )?commentary$"
            r"|.*\bcommentator's article\b"
            r"|.*\bcomentario de (?:la )?(?:acnc|atcc)\b|.*комментарий цтак"
            r"|.*조선중앙통신(?:사)? ?[론논]평|\W*[론논]평\b|.*[론논]평원의? ?글"
            r"|.*朝鮮中央通信社?論評|.*朝中社(?:时评|時評|评论|評論)|.*评论员文章"
        ),
    ),
    _Words(
        "statement",
        ("statement", "declaración", "comunicado", "nota", "заявлени", "담화", "성명", "談話", "声明", "谈话"),
        re.compile(
            # "Statement of … Reported by Foreign Media" is about a statement.
            r"(?:\w+ )?(?:press )?statement (?:of|by|from) (?!.*\b(?:reported|supported|hailed|favou?red|carried)\b)"
            r"|.*\b(?:issues?|releases|makes) (?:press )?statement$"
            r"|(?:declaración|comunicado|nota) de prensa\b|заявление (?:для|официальн|представител|министерств)"
            rf"|.*(?:{_KOREAN_ISSUER}) ?(?:담화|성명)$"
            rf"|.*(?:{_JAPANESE_ISSUER})[がの]?(?:談話|声明)(?:を発表)?$"
            rf"|.*(?:{_CHINESE_ISSUER})(?:发表)?(?:新闻)?(?:谈话|声明)$"
        ),
    ),
)
_BODY = _Words(
    "statement",
    ("following", "siguiente", "следующее", "다음과 같", "次のような", "如下"),
    re.compile(
        r".*?(?:\bfollowing (?:press )?statement\b|\bfollowing answer\b.{0,80}\bquestion"
        r"|\bsiguiente (?:declaración|comunicado|nota)\b|\bследующее (?:пресс-)?заявление"
        r"|다음과 같은 (?:담화|성명)|次のような(?:談話|声明)|(?:谈话|声明)(?:内容)?如下|如下(?:谈话|声明))",
        re.DOTALL,
    ),
)


def tell_kind(title: str, body: str) -> str:
    """Tell ``article``, ``commentary``, ``statement``, ``photo`` or ``video``.

    In doubt it is an article: a report about a statement is one.
    """
    title = title.lower()
    for words in _TITLES:
        if _holds(words, title):
            return words.kind
    return _BODY.kind if _holds(_BODY, body[:_HEAD].lower()) else "article"


def _holds(words: _Words, text: str) -> bool:
    return any(hint in text for hint in words.hints) and words.pattern.match(text) is not None
