"""What kind of piece an article is, where its headline or its first sentences say so in so many words."""

from __future__ import annotations

import re

_HEAD = 700
"""Characters of the body looked at: a statement is announced in its first sentences."""

_TITLES = {
    "video": re.compile(
        r"^\W*(?:\[video\]|\(video\)|video:|\[동영상\]|\[록화|【動画】|\[видео\])|[\[(]video[\])]$", re.IGNORECASE
    ),
    "photo": re.compile(
        r"^\W*(?:\[photos?\]|\(photos?\)|photos?:|\[사진\]|\[화보\]|【写真】|\[图片\]|【图片】|\[фото\]|\[foto\])|[\[(]photos?[\])]$",
        re.IGNORECASE,
    ),
    "commentary": re.compile(
        r"\bKCNA (?:news )?commentary\b|^(?:news )?commentary\b|: (?:news )?commentary$|\bcommentator'?s article\b"
        r"|\bcomentario de (?:la )?A[CT]CN?C?\b|комментарий ЦТАК"
        r"|조선중앙통신(?:사)? ?[론논]평|^\W*[론논]평\b|[론논]평원의? ?글|朝鮮中央通信(?:社)?論評|朝中社(?:时评|時評|评论|評論)|评论员文章",
        re.IGNORECASE,
    ),
    "statement": re.compile(
        r"^(?:\w+ )?(?:press )?statement (?:of|by|from) (?!.*\b(?:reported|supported|hailed|welcomed|carried|published)\b)"
        r"|\bissues? (?:press )?statement$|\b(?:releases|made|makes) (?:press )?statement$"
        r"|^(?:declaración|comunicado|nota) de prensa\b|^заявление\b.*(?:представител|министерств|ким ё чжон)"
        r"|(?:대변인|외무상|국방상|부상|부부장|국장|실장|총참모장|총참모부|외무성|국방성|김여정\S*)(?: 동지)? (?:담화|성명)$"
        r"|(?:スポークスマン|代弁人|副部長|外相|国防相|外務省|国防省)(?:が|の)?(?:談話|声明)(?:を発表)?$"
        r"|(?:发言人|副部长|外务相|外务省|国防省|国防相)(?:发表|就.+发表)?(?:新闻)?(?:谈话|声明)$",
        re.IGNORECASE,
    ),
}
_STATEMENT_BODY = re.compile(
    r"\b(?:the following|following) (?:press )?statement\b|\bfollowing answer\b.{0,60}\bquestion"
    r"|\bla siguiente declaración\b|\bsiguiente (?:comunicado|nota)\b|следующее (?:пресс-)?заявление"
    r"|다음과 같은 (?:담화|성명)|다음과 같이 (?:대답|담화)|次のような(?:談話|声明)|(?:谈话|声明)(?:内容)?如下|如下(?:谈话|声明)"
)


def tell_kind(title: str, body: str) -> str:
    """Tell ``article``, ``commentary``, ``statement``, ``photo`` or ``video``; a report about a statement is an article."""
    for kind, words in _TITLES.items():
        if words.search(title):
            return kind
    return "statement" if _STATEMENT_BODY.search(body[:_HEAD]) else "article"
