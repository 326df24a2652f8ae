"""Reading of the ``Retry-After`` header (RFC 9110, 10.2.3), whatever servers put into it. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

SECONDS = re.compile(r"\d{1,15}(?:\.\d*)?")


def wait_asked_for(value: bytes | None, date: bytes | None, now: datetime) -> float | None:
    """Return the seconds to wait from now, never negative, or null when the header is missing or makes no sense.

    A point in time is measured against the server's own ``Date``, so that a wrong clock on either side does no harm.
    """
    text = (value or b"").decode("latin-1").strip()
    if SECONDS.fullmatch(text):
        return float(text)
    moment = _moment(text)
    if moment is None:
        return None
    served = _moment((date or b"").decode("latin-1").strip()) or now
    return max(0.0, (moment - served).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
