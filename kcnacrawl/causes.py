"""Page problems by cause: what a hundred addresses have in common is told once, with how many they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

SHOWN = 3
"""Addresses named of a cause that has more."""

KNOWN = 1_000
"""Causes that are told apart; what comes later with others is told one by one."""

_ADDRESS = re.compile(r"https?://\S+")


@dataclass(slots=True)
class Cause:
    """What went wrong with some addresses."""

    reason: str
    """As in the statistics: ``listing/listing_failed``."""

    sentence: str
    """For a person, with ``…`` in place of the address."""

    first: str
    """The first problem, with its own address."""

    count: int = 0
    urls: list[str] = field(default_factory=list)
    """The first of them."""

    def __str__(self) -> str:
        return f"{self.reason}: {self.first if self.count == 1 else f'{self.addresses}: {self.sentence}'}"

    @property
    def addresses(self) -> str:
        """``17 addresses (a, b, c and others)``, or the only one."""
        if self.count == 1:
            return self.urls[0]
        shown = ", ".join(self.urls) + (" and others" if self.count > len(self.urls) else "")
        return f"{self.count} addresses ({shown})"


class Causes:
    """Takes page problems in, one by one."""

    def __init__(self) -> None:
        self._causes: dict[tuple[str, str], Cause] = {}

    def __iter__(self) -> Iterator[Cause]:
        return iter(self._causes.values())

    def add(self, url: str, reason: str, sentence: str) -> Cause:
        """Count a problem; the cause that it has with others."""
        general = _ADDRESS.sub("…", sentence)
        cause = self._causes.get((reason, general))
        if cause is None:
            cause = Cause(reason, general, sentence if url in sentence else f"{url}: {sentence}")
            if len(self._causes) < KNOWN:
                self._causes[reason, general] = cause
        cause.count += 1
        if len(cause.urls) < SHOWN:
            cause.urls.append(url)
        return cause


def is_told(count: int) -> bool:
    """Whether a cause that has been met so often is told at once: the first time, the hundredth, the thousandth, …"""
    return count == 1 or (count >= 100 and str(count).strip("0") == "1")
