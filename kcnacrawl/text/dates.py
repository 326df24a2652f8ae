"""Days as agencies and archives print them, in ISO 8601. A string that is not surely one day gives ``None``."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

KOREA = timedelta(hours=9)
"""Korea's distance from UTC. It was 8:30 from August 2015 to May 2018, which moves a day for half an hour only."""

JUCHE_EPOCH = 1911
"""Juche 1 is 1912."""

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "short": "jan feb mar apr may jun jul aug sep oct nov dec",
}
MONTHS: dict[str, int] = {
    name: number for names in _MONTHS.values() for number, name in enumerate(names.split(), start=1)
} | {"sept": 9, "setiembre": 9, "fevrier": 2, "aout": 8, "decembre": 12}
"""Month names in lower case, without a full stop, to 1..12."""

_JUCHE = r"(?:juche|주체|主[体體]|チュチェ|чучхе)"
_YEAR_MONTH_DAY = r"\s?[년年]\s?(?P<m>\d{1,2})\s?[월月]\s?(?P<d>\d{1,2})\s?[일日]"
_WEEKDAY = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|[월화수목금토일]요일|[月火水木金土日]曜日?|(?:星期|周)[一二三四五六日])"
)
# Every form is matched against the whole string, in lower case, with full-width digits and brackets made narrow.
_FORMS = tuple(
    re.compile(form)
    for form in (
        # 2025-04-17, 2024.06.15, 2026.7.19., 2025/4/17
        r"(?P<y>\d{4})(?P<sep>[-./])\s?(?P<m>\d{1,2})(?P=sep)\s?(?P<d>\d{1,2})\.?",
        # Juche113.8.4., 주체113(2024).8.4.
        rf"{_JUCHE}\s?(?P<j>\d{{1,3}})(?:\s?\((?P<y>\d{{4}})\))?\s?\.\s?(?P<m>\d{{1,2}})\.\s?(?P<d>\d{{1,2}})\.?",
        # 2025년 4월 17일, 2025年4月17日, 주체113(2024)년 8월 4일
        rf"(?:{_JUCHE}\s?(?P<j>\d{{1,3}})\s?\(?)?(?P<y>\d{{4}})\)?{_YEAR_MONTH_DAY}",
        rf"{_JUCHE}\s?(?P<j>\d{{1,3}}){_YEAR_MONTH_DAY}",
        # July 01, 2011; Sept. 3, 2025; Feb. 11, Juche 111 (2022)
        r"(?P<name>[a-z]{3,9})\.?\s?(?P<d>\d{1,2})(?:st|nd|rd|th)?\s?,?\s?(?:juche\s?(?P<j>\d{1,3})\s?)?"
        r"\(?(?P<y>\d{4})\)?",
        # 17 April 2025; 17. April 2025; 17 de abril de 2025; 1er avril 2025; 17 апреля 2025 г.
        r"(?P<d>\d{1,2})(?:\.|st|nd|rd|th|er|º)?\s?(?:de\s|of\s)?(?P<name>[^\W\d_]{3,10})\.?,?\s?"
        r"(?:del?\s)?(?P<y>\d{4})(?:\s?г(?:ода|\.)?)?",
    )
)
_DAY_FIRST = re.compile(r"(?P<d>\d{1,2})(?P<sep>[-./])(?P<m>\d{1,2})(?P=sep)(?P<y>\d{4})")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dt\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?\s?(?P<zone>z|[-+]\d\d:?\d\d)?")
_BEFORE = re.compile(rf"(?:date:\s?)?(?:{_WEEKDAY}\b[,.]?\s?)?")
_AFTER = re.compile(rf"\s?,?\s?(?:\(\s?{_WEEKDAY}\s?\)|{_WEEKDAY})?\.?\s?(?:\[(?:photo|video)\])?\Z")
_LONGEST = 120  # characters of a day with weekday, both years, brackets and generous white space
_BRACKETS = {"[": "]", "(": ")", "【": "】", "〔": "〕"}
_NARROW = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: " ", 0x3002: "."}


def parse_date(text: str, *, day_first: bool = False) -> str | None:
    """Give the day that ``text`` is, as ISO 8601, or ``None`` when it is no day, an impossible one, or more than a day.

    All-digit dates that end with the year are read only with ``day_first``: nothing in ``03/04/2025`` tells its order.
    An instant with a zone gives the day it was in Korea; one without a zone is taken as printed there.
    """
    if len(text) > _LONGEST:
        return None
    if not text.isascii():
        text = text.translate(_NARROW)
    text = " ".join(text.lower().split())
    while text[:1] in _BRACKETS and text.endswith(_BRACKETS[text[0]]):
        text = text[1:-1].strip()
    if _INSTANT.fullmatch(text):
        return _day_of_instant(text)
    return _match_day(text, day_first) or _match_day(_without_weekday(text), day_first)


def _without_weekday(text: str) -> str:
    text = _BEFORE.sub("", text, count=1)
    found = _AFTER.search(text)
    return text[: found.start()] if found else text


def _match_day(text: str, day_first: bool) -> str | None:
    forms = (*_FORMS, _DAY_FIRST) if day_first else _FORMS
    return next(filter(None, (_make_day(match) for form in forms if (match := form.fullmatch(text)))), None)


def _make_day(match: re.Match[str]) -> str | None:
    found = match.groupdict()
    month = MONTHS.get(found["name"]) if found.get("name") else int(found["m"])
    year = int(found["y"]) if found.get("y") else None
    juche = int(found["j"]) + JUCHE_EPOCH if found.get("j") else None
    if month is None or (year and juche and year != juche):
        return None
    return make_day(year or juche or 0, month, int(found["d"]))


def make_day(year: int, month: int, day: int) -> str | None:
    """Give a day as ISO 8601, or ``None`` when the calendar has no such day."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _day_of_instant(text: str) -> str | None:
    try:
        instant = datetime.fromisoformat(text.upper().replace(" ", ""))
        if instant.tzinfo is not None:
            instant = instant.astimezone(UTC) + KOREA
    except (ValueError, OverflowError):
        return None
    return instant.date().isoformat()
