"""The opening of an agency text: ``Pyongyang, April 17 (KCNA) --`` and its forms in other languages."""

from __future__ import annotations

import re

from kcnacrawl.items import Dateline
from kcnacrawl.text.clean import bare_title
from kcnacrawl.text.dates import MONTHS, make_day

_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_DASH = r"(?:\s?(?:[-‐‑‒–—―－]{1,3}|:))?"
_KOREAN_DAY = r"(?:\d{4}년\s?)?(?P<month>\d{1,2})월\s?(?P<day>\d{1,2})일\s?"
_HAN_DAY = r"(?:\d{4}年\s?)?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?日\s?"
_HAN_AGENCY = "朝中社|朝通社|朝鲜中央通讯社|朝鮮中央通訊社|朝鮮中央通信"
# An acronym, perhaps with more behind it (KCNA via …): "May 3 (Sunday)" is no dateline.
_AGENCY = r"(?-i:[A-ZА-Я]{3,8})(?![^\W_])"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # Pyongyang, April 17 (KCNA) --   Pyongyang, 17 de abril (ACNC) --   Пхеньян, 17 апреля. /ЦТАК/
        rf"(?P<place>[^\W\d_][^\d()/:;!?]{{0,58}}?)\s?,\s?"
        rf"(?:(?P<name>{_NAME})\.?\s?(?P<day>\d{{1,2}})"
        rf"|(?P<day_first>\d{{1,2}})(?:\.|º|er)?\s(?:de\s)?(?P<name_last>{_NAME})\.?)"
        r"(?:,?\s(?:de\s)?\d{4})?\s?,?\s?"
        rf"(?:\(\s?(?P<agency>{_AGENCY}[^()]{{0,50}})\)|/\s?(?P<agency_slashed>{_AGENCY}[^/]{{0,50}})/){_DASH}",
        # (평양 8월 21일발 조선중앙통신)
        rf"[(（【\[]\s?(?P<place>[^\d()（）]{{1,30}}?)\s?{_KOREAN_DAY}발?\s?(?P<agency>[^\d()（）【】\[\]]{{2,30}})[)）】\]]",
        # 【平壌７月５日発朝鮮中央通信】
        rf"[【\[(（]\s?(?P<place>[^\d()（）]{{1,20}}?)\s?{_HAN_DAY}[発发發]\s?(?P<agency>[^\d()（）【】\[\]]{{2,20}})[】\])）]",
        # 平壤4月17日发朝中社电
        rf"(?P<place>[^\d()（），,。]{{1,12}}?)\s?{_HAN_DAY}[発发發]\s?(?P<agency>{_HAN_AGENCY})[电電]?",
        # 朝中社平壤4月17日电   （朝中社平壤4月17日电）
        rf"[(（【]?\s?(?P<agency>{_HAN_AGENCY})\s?"
        rf"(?P<place>[^\d，,。]{{1,12}}?)\s?{_HAN_DAY}[电電讯訊](?:\s?[)）】])?",
    )
)


def find_dateline(body: str, title: str) -> Dateline | None:
    """Read the dateline of a clean body: of its first paragraph, or of its second when the first repeats the title."""
    first, _, rest = body.partition("\n\n")
    return parse_dateline(rest if bare_title(first) == bare_title(title) else first)


def parse_dateline(text: str) -> Dateline | None:
    """Read the dateline a clean paragraph opens with, or ``None``. Its ``text`` is the very beginning of ``text``.

    A day the calendar does not have leaves ``month`` and ``day`` null; the printed text stays.
    """
    head = text[:200]
    match = next(filter(None, (form.match(head) for form in _FORMS)), None)
    if match is None:
        return None
    found = match.groupdict()
    name = found.get("name") or found.get("name_last")
    month = MONTHS[name.lower()] if name else int(found["month"])
    day = int(found.get("day") or found["day_first"])
    # 2000 was a leap year: a dateline has no year, so 29 February is a day.
    real = make_day(2000, month, day) is not None
    return Dateline(
        place=found["place"].strip() or None,
        month=month if real else None,
        day=day if real else None,
        agency=(found["agency"] or found["agency_slashed"]).strip(),
        text=match[0].strip(),
    )
