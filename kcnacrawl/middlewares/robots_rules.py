"""Rules of a robots.txt for one crawler, by RFC 9309. Pure.

Which group applies is decided here, because Protego takes ``User-agent: kcna`` for a crawler named ``kcnacrawl`` and
lets an unknown line end a list of user agents; matching of paths is Protego's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from protego import Protego

SIZE_MAX = 500 * 1024
"""Bytes read of a robots.txt (RFC 9309, 2.5: at least 500 kibibytes)."""

LINE_END = re.compile(r"\r\n|\r|\n")
TOKEN = re.compile(r"[A-Za-z_-]+")
USER_AGENTS = frozenset({"user-agent", "useragent", "user agent"})
RULES = frozenset({"allow", "disallow", "crawl-delay"})


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What one robots.txt says to one crawler."""

    rules: Protego
    crawl_delay: float | None = None
    """Seconds wanted between two requests, or null."""

    def allows(self, url: str) -> bool:
        """Return whether *url* may be fetched; the robots.txt itself always may."""
        return self.rules.can_fetch(url, "*")


def product_token(user_agent: str) -> str:
    """Return the name a crawler goes by in robots.txt: the letters ``User-Agent`` begins with, in lower case."""
    match = TOKEN.match(user_agent.strip())
    return match[0].lower() if match else ""


def parse_robots(body: bytes, token: str) -> RobotsRules:
    """Return the rules of *body* for the crawler *token*. Whatever is no rule is ignored; nothing raises."""
    text = body[:SIZE_MAX].decode("utf-8-sig", errors="replace")
    groups = _groups(text)
    lines = groups.get(token, groups.get("*", []))
    rules = Protego.parse("\n".join(["User-agent: *", *lines]))
    return RobotsRules(rules, rules.crawl_delay("*"))


def _groups(text: str) -> dict[str, list[str]]:
    """Return the rule lines of each user agent; groups that name the same one are joined (RFC 9309, 2.2.1)."""
    groups: dict[str, list[str]] = {}
    agents: list[str] = []
    listing = False
    for line in LINE_END.split(text):
        field, colon, value = line.partition("#")[0].partition(":")
        field, value = field.strip().lower(), " ".join(value.split())
        if not colon:
            continue
        if field in USER_AGENTS:
            agents = [*agents, _agent(value)] if listing else [_agent(value)]
            listing = True
            groups.setdefault(agents[-1], [])
        elif field in RULES:
            listing = False
            for agent in agents:
                groups[agent].append(f"{field}: {value}")
    return groups


def _agent(value: str) -> str:
    """Return the token of a user-agent line; a version or a comment behind it does not count."""
    if value.startswith("*"):
        return "*"
    match = TOKEN.match(value)
    return match[0].lower() if match else ""
