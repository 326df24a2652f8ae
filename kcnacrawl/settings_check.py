"""Settings a user can get wrong, checked before anything is done: one sentence each."""

from __future__ import annotations

import difflib
import logging
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, default_settings

import kcnacrawl.settings

CMDLINE = SETTINGS_PRIORITIES["cmdline"]

WHOLE = (
    *("WARC_COMPRESSION_LEVEL", "SEARCH_WINDOW_DAYS", "LISTING_WALKS", "LISTING_MAX_PAGES", "BLOCKED_PAGES_MAX"),
    *("RETRY_TIMES", "REDIRECT_MAX_TIMES", "CONCURRENT_REQUESTS", "CONCURRENT_REQUESTS_PER_DOMAIN"),
    *("WARC_MAX_BYTES", "WARC_SYNC_RECORDS"),
    *("DOWNLOAD_MAXSIZE", "CAPTURE_HEAD_MAX", "CONCURRENT_ITEMS"),
    *("WARC_DEDUP_MIN", "WARC_RENEW_RUNS"),
    *("REQUISITES_MAX_BYTES", "REQUISITES_MAX_PER_PAGE", "CDXJ_ZIPNUM_BYTES"),
)
NUMBERS = (
    "DOWNLOAD_DELAY",
    "DOWNLOAD_TIMEOUT",
    "UNREADABLE_SHARE_MAX",
    "RETRY_AFTER_MAX",
    "ROBOTS_CRAWL_DELAY_MAX",
    "RETRY_WAIT",
    "RETRY_WAIT_MAX",
    "WARC_MAX_AGE",
    "WARC_SYNC_SECONDS",
)
SWITCHES = (
    "CRAWL_RESUME",
    "WARC_ENABLED",
    "WARC_DEDUP",
    "CONDITIONAL_REQUESTS",
    "ROBOTSTXT_OBEY",
    "PROGRESS_ENABLED",
    "WARC_KEEP_REQUEST_SECRETS",
    "COOKIES_ENABLED",
    "HTTPCACHE_ENABLED",
    "REQUISITES_ENABLED",
)
AT_LEAST = {
    "DOWNLOAD_TIMEOUT": 1,
    "WARC_COMPRESSION_LEVEL": 1,
    "WARC_MAX_BYTES": 1,
    "WARC_MAX_AGE": 1,
    "WARC_SYNC_RECORDS": 1,
    "SEARCH_WINDOW_DAYS": 1,
    "LISTING_WALKS": 1,
    "LISTING_MAX_PAGES": 1,
    "CONCURRENT_ITEMS": 1,
    "WARC_RENEW_RUNS": 1,
    "REQUISITES_MAX_BYTES": 1,
}
AT_MOST = {"WARC_COMPRESSION_LEVEL": 12, "UNREADABLE_SHARE_MAX": 1}
PATHS = ("ARTICLES_DIR", "CATALOG", "CDXJ_DIR", "CHANGES_DIR", "RUNS_DIR", "WACZ_DIR", "WARC_DIR")
FAMILIES = ("ARTICLES_", "CATALOG_", "CDXJ_", "CHANGES_", "LISTING_", "REQUISITES_", "RUNS_", "WACZ_", "WARC_")
"""Beginnings of names that only this project has; another name with one of them would do nothing at all."""


def misspelt_settings(settings: BaseSettings, given: Iterable[str]) -> Iterator[str]:
    """One sentence for each setting of a command line (``NAME=value``) that is nearly, but not quite, a known one."""
    names = [assignment.partition("=")[0] for assignment in given]
    known = [name for name in settings if name not in names or settings.getpriority(name) != CMDLINE]
    known += [name for name in names if hasattr(default_settings, name) or hasattr(kcnacrawl.settings, name)]
    for name in names:
        near = difflib.get_close_matches(name.upper(), known, 1, 0.85)
        family = next((begin for begin in FAMILIES if name.upper().startswith(begin)), None)
        if near and near[0] != name:
            yield f"There is no setting {name}; did you mean {near[0]}?"
        elif not near and family:
            others = ", ".join(sorted(one for one in known if one.startswith(family))) or family.rstrip("_")
            yield f"There is no setting {name}; there is {others}."


def value_problems(settings: BaseSettings) -> Iterator[str]:
    """One sentence for each setting whose value cannot be used, whatever for."""
    for name in (*WHOLE, *NUMBERS):
        yield from _number_problems(settings, name)
    for name in PATHS:
        if not str(settings.get(name) or "").strip():
            yield f"The setting {name} is empty; name a {'file' if name == 'CATALOG' else 'folder'}."
    if not isinstance(logging.getLevelName(str(settings.get("LOG_LEVEL")).upper()), int):
        yield f"The setting LOG_LEVEL={settings.get('LOG_LEVEL')!r} is not DEBUG, INFO, WARNING, ERROR or CRITICAL."
    for host in settings.getlist("REQUISITES_HOSTS"):
        if not re.fullmatch(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?", str(host)):
            yield f"The setting REQUISITES_HOSTS names {host!r}; write host or host:port, without http:// and path."
    contact = settings.get("CONTACT")
    if contact is not None and not re.fullmatch(r"[\x20-\x7e]+", str(contact)):
        yield f"The setting CONTACT={contact!r} must be an address or a page in ASCII, on one line."
    for name in SWITCHES:
        try:
            settings.getbool(name)
        except ValueError:
            yield f"The setting {name}={settings.get(name)!r} is neither True nor False."


def place_problems(settings: BaseSettings) -> Iterator[str]:
    """Where a crawl could not write, or would not be right to, one sentence each; the values must be usable."""
    if not settings.getdict("FEEDS"):
        yield "The setting FEEDS is empty: the articles would be written nowhere."
    if settings.getbool("WARC_ENABLED") and settings.getbool("HTTPCACHE_ENABLED"):
        yield (
            "HTTPCACHE_ENABLED and WARC_ENABLED are both on: a cached answer would be archived under a date on which "
            "it was never fetched; switch one of them off."
        )
    for name in ("WARC_DIR", "RUNS_DIR"):
        if name != "WARC_DIR" or settings.getbool("WARC_ENABLED"):
            yield from _folder_problems(f"The setting {name}", Path(str(settings.get(name))))
    if settings.getbool("WARC_ENABLED"):
        catalog = Path(str(settings.get("CATALOG")))
        if catalog.is_dir():
            yield f"The setting CATALOG: {catalog} is a folder; name a file in it."
        yield from _folder_problems("The setting CATALOG", catalog.parent)
    yield from _feed_problems(settings)


def _number_problems(settings: BaseSettings, name: str) -> Iterator[str]:
    value = settings.get(name)
    if value is None:
        return
    kind = "a whole number" if name in WHOLE else "a number"
    try:
        number = int(value) if name in WHOLE else float(value)
    except (TypeError, ValueError):
        yield f"The setting {name}={value!r} is not {kind}."
        return
    least, most = AT_LEAST.get(name, 0), AT_MOST.get(name)
    if not number >= least or (most is not None and number > most):
        span = f"{least} or more" if most is None else f"between {least} and {most}"
        yield f"The setting {name}={value!r} must be {kind}, {span}."


def _feed_problems(settings: BaseSettings) -> Iterator[str]:
    for uri in settings.getdict("FEEDS"):
        parts = urlsplit(str(uri))
        if parts.scheme in ("", "file"):
            path = Path(parts.path if parts.scheme else str(uri))
            if path.is_dir():
                yield f"The output {path} is a folder; name a file in it."
            elif (found := list(_folder_problems(f"The output {path}", path.parent))) or "%(" in str(path):
                yield from found
            else:
                yield from _opening_problems(path)


def _opening_problems(path: Path) -> Iterator[str]:
    """A file is usable when it can be opened for appending; one made by trying is removed again."""
    missing = next((place for place in (path, *path.absolute().parents) if place.exists()), None) != path
    if missing and not path.parent.exists():
        return
    try:
        path.open("ab").close()
        if missing:
            path.unlink()
    except OSError as error:
        yield f"The output {path} cannot be opened: {error.strerror}."


def _folder_problems(what: str, folder: Path) -> Iterator[str]:
    """A folder is usable when it, or the nearest one above it that exists, can be written to."""
    for place in (folder, *folder.absolute().parents):
        if place.exists():
            if not place.is_dir():
                yield f"{what}: {place} is a file, so nothing can be written there."
            elif not os.access(place, os.W_OK | os.X_OK):
                yield f"{what}: {place} cannot be written to."
            return
