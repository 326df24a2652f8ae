"""What stands around a text on any site: buttons, share bars, captions, notices. Known by element, class or wording."""

from __future__ import annotations

import re
from functools import lru_cache

from kcnacrawl.pages.flatten import Flat, Line
from kcnacrawl.pages.tags import LONGEST_KEPT, words
from kcnacrawl.text.clean import clean_line

_WIDGET_ELEMENTS = words("nav form button aside footer figure figcaption dialog menu fieldset")
_WIDGET_WORDS = words(
    """a2a ad ads adsbygoogle adsense addtoany advert advertisement advertising adverts banner breadcrumb breadcrumbs
    caption captions comment comments consent cookie cookies credit credits modal newsletter pager pagination paywall
    popup print printer promo promotion related respond share sharedaddy shares sharing signup social sponsor sponsored
    subscribe subscription subscriptions tagcloud tags toc toolbar tooltip widget widgets"""
)
_WIDGET_ROLES = words("navigation search dialog complementary button toolbar contentinfo")
_NEVER_TEXT = words("nav form button footer dialog menu")
_OBSTACLE = re.compile(
    r" (?:class|id)=\"[^\"]*(?:paywall|popup|modal|newsletter|subscri|sign-?up|member-form|cookie|consent)"
)
_NAMES = re.compile(r" (?:class|id)=\"([^\"]*)\"")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden| hidden(?:=\"\"|[ >])| aria-hidden=\"true\"")
_ROLE = re.compile(r" role=\"([a-z]+)\"")
_WORD = re.compile(r"[a-z0-9]+")
_NOTICES = re.compile(
    r"(?:share|tweet|print|e-?mail|pin|like|post|send|save|bookmark|copy link|facebook|twitter|x|linkedin|whatsapp"
    r"|telegram|reddit|pinterest|advertisements?|ad|sponsored|loading|comments?|leave a (?:comment|reply)|related"
    r"|read more|continue reading|listen(?: to this article)?|back to top|top|next|previous|close|menu|home|search"
    r"|log ?in|sign (?:in|up)|subscribe|register|download(?: pdf)?|(?:print|e-?mail) this (?:page|article)"
    r"|(?:share|tweet|like) this.{0,40}|share (?:on|via|with) .{1,40}"
    r"|(?:tags?|filed under|posted in|categories)\s*:.{0,200}"
    r"|(?:subscribe|sign up) (?:to|for|now|today).{0,160}|upgrade to nk pro.{0,80}|read original version.{0,30}"
    r"|kcna watch(?: logo)?|browse|[0-9]+ (?:shares?|comments?|views?)|공유|인쇄|광고|댓글|compartir"
    r"|imprimir|publicidad|分享|打印|广告|廣告|シェア|印刷|広告|поделиться|печать|реклама)[\s.:!…»›→|]*",
    re.IGNORECASE,
)
_NOTICE_WORDS = words(
    """ad advertisement advertisements back bookmark browse categories close comment comments compartir continue copy
    download e email facebook filed home imprimir kcna leave like linkedin listen loading log login menu next pin
    pinterest post posted previous print publicidad read reddit register related save search send share sign sponsored
    subscribe tag tags telegram top tweet twitter upgrade whatsapp x 공유 인쇄 광고 댓글 分享 打印 广告
    廣告 シェア 印刷 広告 поделиться печать реклама"""
)
"""First words of what ``_NOTICES`` matches."""
_FIRST_WORD = re.compile(r"[\W_]*([^\W_]+)")
_LONGEST_NOTICE = 250


def is_widget(flat: Flat, element: int) -> bool:
    """Whether an element, by its name or what it is called, is no part of a text."""
    return flat.names[element] in _WIDGET_ELEMENTS or is_called_widget(flat.tags[element])


def is_obstacle(flat: Flat, element: int) -> bool:
    """Whether an element is surely no text, however much it holds: forms, menus, what asks to sign up."""
    return flat.names[element] in _NEVER_TEXT or _OBSTACLE.search(flat.tags[element]) is not None


def is_called_widget(tag: str) -> bool:
    """Whether class, id, role or a hiding style of a tag say that it is no part of a text."""
    return " " in tag and _says_widget(tag[:LONGEST_KEPT])


@lru_cache(maxsize=1024)
def _says_widget(tag: str) -> bool:
    if any(word in _WIDGET_WORDS for names in _NAMES.findall(tag) for word in _WORD.findall(names.lower())):
        return True
    role = _ROLE.search(tag)
    return bool((role and role[1] in _WIDGET_ROLES) or _HIDDEN.search(tag))


def is_notice(text: str) -> bool:
    """Whether a line is a button's or a notice's wording and nothing else."""
    if len(text) > _LONGEST_NOTICE:
        return False
    # Nearly all lines are told by their first word, many times faster than by the pattern.
    first = _FIRST_WORD.match(text)
    if first and not first[1].isdigit() and first[1].lower() not in _NOTICE_WORDS:
        return False
    line = clean_line(text)
    return all(_NOTICES.fullmatch(part.strip()) for part in ([line] if _NOTICES.fullmatch(line) else line.split("|")))


def is_all_link(flat: Flat, line: Line) -> bool:
    """Whether all of a line is links."""
    return all(flat.link(element) for text, element in line.pieces if not text.isspace() and text.strip("|·•,/-–>» "))


def undouble(text: str) -> str:
    """Give once what is printed twice in a row (one copy for wide screens, one for narrow ones)."""
    half = len(text) // 2
    if half >= 4 and text[:half].rstrip() == text[len(text) - half :].lstrip():
        return text[:half].rstrip()
    return text
