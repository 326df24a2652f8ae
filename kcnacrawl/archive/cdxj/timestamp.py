"""``WARC-Date`` as the 14 digits of an index."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_USUAL = re.compile(
    r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.[0-9]+)?Z",
    re.ASCII,
)
_ANY = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2})"
    r"(?:[T ]([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\.[0-9]*)?)?)?)?)?\s*(Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.ASCII | re.IGNORECASE,
)


def timestamp(date: str) -> str:
    """``yyyymmddhhmmss`` in UTC of a W3C date; parts that are not given are the first month, day and second.

    :raises ValueError: when it is no date; the message says so, without full stop
    """
    if usual := _USUAL.fullmatch(date):
        return "".join(usual.groups())
    found = _ANY.fullmatch(date.strip())
    if found is None:
        raise ValueError(f"its WARC-Date {date[:40]!r} is no date")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        # Clocks have no second 60; a leap second is the last one before it.
        instant = datetime(
            year, month or 1, day or 1, hour, minute, min(second, 59) if second <= 60 else second, 0, UTC
        )
        instant -= _offset(found[7])
    except (ValueError, OverflowError) as error:
        raise ValueError(f"its WARC-Date {date[:40]!r} is no date") from error
    return f"{instant.year:04d}{instant:%m%d%H%M%S}"


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in "Zz":
        return timedelta()
    amount = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return amount if zone[0] == "+" else -amount
