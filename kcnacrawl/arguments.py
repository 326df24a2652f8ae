"""What a crawl was asked for: spider arguments (``-a name=value``) checked and given their types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlsplit

from kcnacrawl.urls import KCNAWATCH_HOSTS, article_id

NAMES = ("since", "until", "source", "query", "limit", "start_urls", "base_url")

FIRST_YEAR = 1946
"""Year in which the Korean Central News Agency was founded."""

SOURCES: dict[str, tuple[str, ...]] = {
    # Labels as KCNA Watch prints them. The ids 156, 163, 189661 and 190036 are known from others' scrapers (2022-2023),
    # which label each stands for is partly inferred; labels without id are found by search and told by their pages.
    "KCNA.kp (En)": ("156",),
    "KCNA.kp (Kr)": ("190036",),
    "KCNA.co.jp (En)": (),
    "KCNA.co.jp (Kr)": (),
    "Rodong Sinmun (En)": ("163",),
    "Rodong Sinmun (Kr)": ("189661",),
    "Minju Choson": (),
    "Voice of Korea": (),
    "Naenara": (),
    "Pyongyang Times": (),
    "Ryugyong": (),
    "Uriminzokkiri": (),
    "DPRK Today": (),
    "Arirang-Meari": (),
}
"""KCNA Watch's source labels and the ids known for them."""


class ArgumentError(ValueError):
    """An argument that cannot be used; the message is one sentence for the person who gave it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arguments:
    """The arguments of one crawl, checked."""

    since: date | None = None
    """First day of publication wanted."""

    until: date | None = None
    """Last day of publication wanted, included."""

    source: str | None = None
    """Source label as KCNA Watch prints it, or its id in digits."""

    query: str | None = None
    """Words to search for."""

    limit: int | None = None
    """How many articles at most."""

    start_urls: tuple[str, ...] = field(default=())
    """Named articles; nothing else is crawled when given."""

    base_url: str = "https://kcnawatch.org"
    """Address that serves the site, without a slash at the end."""

    @property
    def source_ids(self) -> tuple[str, ...]:
        """KCNA Watch's ids for the wanted source; empty when none is known or none is wanted."""
        if self.source is None:
            return ()
        return (self.source,) if self.source.isdigit() else SOURCES.get(self.source, ())

    def wants(self, day: str | None, label: str | None) -> bool:
        """Whether a finished article of that day and label is part of what was asked for."""
        return self.wants_day(day) and self.wants_source(label)

    def wants_day(self, day: str | None, grace: int = 0) -> bool:
        """Whether an article of that ISO day belongs to the crawl; an unknown day does. *grace* widens by days."""
        if day is None:
            return True
        wanted = date.fromisoformat(day)
        slack = timedelta(days=grace)
        return (self.since is None or wanted >= self.since - slack) and (
            self.until is None or wanted <= self.until + slack
        )

    def wants_source(self, label: str | None) -> bool:
        """Whether an article with that printed label belongs to the crawl; an unknown label does."""
        if self.source is None or self.source.isdigit() or label is None:
            return True
        return is_label(label, self.source)


_EDITION = re.compile(r" \([a-z]{2}\)$")


def plain_label(label: str) -> str:
    """A source label in the form labels are compared in."""
    return " ".join(label.casefold().split())


def is_label(label: str, asked: str) -> bool:
    """Whether a printed label is the one asked for; one asked for without language stands for all languages."""
    printed, wanted = plain_label(label), plain_label(asked)
    return printed == wanted or (not _EDITION.search(wanted) and _EDITION.sub("", printed) == wanted)


def parse_arguments(given: Mapping[str, str], today: date) -> Arguments:
    """Check every argument of a crawl; *today* is the day in Korea.

    :raises ArgumentError: one sentence on the first argument that cannot be used
    """
    unknown = sorted(set(given) - set(NAMES))
    if unknown:
        raise ArgumentError(f"There is no argument {unknown[0]!r}; the arguments are {', '.join(NAMES)}.")
    base_url = _base_url(given["base_url"]) if "base_url" in given else Arguments().base_url
    arguments = Arguments(
        since=_day("since", given.get("since")),
        until=_day("until", given.get("until")),
        source=_source(given.get("source")),
        query=_query(given.get("query")),
        limit=_limit(given.get("limit")),
        start_urls=_start_urls(given.get("start_urls"), base_url),
        base_url=base_url,
    )
    _check_together(arguments, today)
    return arguments


def _check_together(arguments: Arguments, today: date) -> None:
    if arguments.since and arguments.until and arguments.since > arguments.until:
        raise ArgumentError(f"since={arguments.since} is after until={arguments.until}.")
    for name in ("since", "until"):
        if (day := getattr(arguments, name)) and day.year < FIRST_YEAR:
            raise ArgumentError(f"{name}={day} is before there was an agency; the first year is {FIRST_YEAR}.")
    if arguments.since and arguments.since > today + timedelta(days=1):
        raise ArgumentError(f"since={arguments.since} is in the future.")
    named = [name for name in ("since", "until", "source", "query") if getattr(arguments, name)]
    if arguments.start_urls and named:
        raise ArgumentError(f"start_urls names the articles wanted; {named[0]} cannot be given with it.")


def _day(name: str, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
            raise ValueError
        return date.fromisoformat(value.strip())
    except ValueError:
        raise ArgumentError(f"{name}={value!r} is not a day; write it as 2025-04-17.") from None


def _limit(value: str | None) -> int | None:
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", value.strip()) or int(value) < 1:
        raise ArgumentError(f"limit={value!r} is not a whole number above 0.")
    return int(value)


def _query(value: str | None) -> str | None:
    if value is None:
        return None
    if not value.strip():
        raise ArgumentError("query is empty; leave it out to take all articles.")
    return value.strip()


def _source(value: str | None) -> str | None:
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", value.strip()):
        return value.strip()
    for label in SOURCES:
        if plain_label(label) == plain_label(value):
            return label
        if is_label(value, label):
            return " ".join(value.split())
    raise ArgumentError(f"source={value!r} is unknown; give a source id in digits or one of: {', '.join(SOURCES)}.")


def _base_url(value: str) -> str:
    try:
        parts = urlsplit(value.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username is not None or re.search(r"\s", value.strip()):
        raise ArgumentError(
            f"base_url={value!r} is not an address like https://kcnawatch.org or http://127.0.0.1:8000."
        )
    return value.strip().rstrip("/")


def _start_urls(value: str | None, base_url: str) -> tuple[str, ...]:
    if value is None:
        return ()
    urls = tuple(dict.fromkeys(re.split(r"[\s,]+", value.strip(" \t\r\n,"))))
    for url in urls:
        _check_start_url(url, base_url)
    return urls


def _check_start_url(url: str, base_url: str) -> None:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    if article_id(url) is None:
        raise ArgumentError(
            f"start_urls: {url!r} is not an article of KCNA Watch; its address has the form "
            "https://kcnawatch.org/newstream/<digits>-<digits>/<words>."
        )
    if host not in KCNAWATCH_HOSTS and host != urlsplit(base_url).hostname:
        raise ArgumentError(f"start_urls: {url!r} is on another host than {base_url} and KCNA Watch's own.")
