"""Which requests are answered badly on purpose, and how often."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

from kcnacrawl.replica.answer import Answer, RawAnswer, Request

_KEY = re.compile(r"(?:/newstream/|kcnawatch:|^)(\d{1,12}-\d{1,12})(?:[/?#]|$)", re.I)
_SPARED = ("/robots.txt", "/free-member-form", "/wp-content/", "/tvarchive/")


@dataclass(slots=True)
class Rule:
    """One switched-on misbehaviour."""

    targets: frozenset[str]
    """Article keys and paths; empty means every page."""
    left: int | None
    """Requests it still applies to; null means all."""
    answer: Callable[[Request], Answer | RawAnswer]


class Switches:
    """The rules in force; set from any thread while serving."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()

    def add(self, answer: Callable[[Request], Answer | RawAnswer], targets: tuple[str, ...], times: int | None) -> None:
        """Answer requests for ``targets`` (article ids, addresses or paths; none: every page) so, ``times`` times."""
        with self._lock:
            self._rules.append(Rule(frozenset(map(_target, targets)), times, answer))

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def answer(self, request: Request) -> Answer | RawAnswer | None:
        """The answer of the first rule that applies, or null."""
        wanted = _target(request.target)
        with self._lock:
            rule = next((rule for rule in self._rules if _applies(rule, wanted)), None)
            if rule is None:
                return None
            if rule.left is not None:
                rule.left -= 1
        return rule.answer(request)


def _applies(rule: Rule, wanted: str) -> bool:
    if rule.left == 0:
        return False
    if rule.targets:
        return wanted in rule.targets or wanted.partition("?")[0] in rule.targets
    return not wanted.startswith(_SPARED)


def _target(text: str) -> str:
    """The article key in an id, address or path; any other path without the slash at its end, its query kept."""
    if match := _KEY.search(text.partition("?")[0]):
        return match[1]
    path = re.sub(r"^https?://[^/]*", "", text)
    return path.rstrip("/") or "/"
