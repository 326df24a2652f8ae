"""What the first record of each WARC file says about the run: software, settings, command line."""

from __future__ import annotations

import json
import platform
import re
import shlex
import sys
from collections.abc import Sequence
from importlib.metadata import version
from itertools import pairwise

from scrapy.crawler import Crawler

import kcnacrawl
import kcnacrawl.settings
from kcnacrawl.archive.written import ARGUMENTS
from kcnacrawl.catalog import Crawl

PACKAGES = ("Scrapy", "Twisted", "selectolax", "deflate")

SETTINGS = (
    *("USER_AGENT", "ROBOTSTXT_OBEY", "DOWNLOAD_DELAY", "CONCURRENT_REQUESTS_PER_DOMAIN", "DOWNLOAD_TIMEOUT"),
    *("DOWNLOAD_MAXSIZE", "RETRY_TIMES", "REDIRECT_MAX_TIMES", "COOKIES_ENABLED"),
    *("WARC_KEEP_REQUEST_SECRETS", "WARC_REDACT_RESPONSE_HEADERS"),
)

PUBLIC = frozenset(name for name in vars(kcnacrawl.settings) if name.isupper()) - {"DEFAULT_REQUEST_HEADERS"} | {
    *("USER_AGENT", "FEEDS", "JOBDIR", "LOG_FILE", "LOG_ENABLED"),
}
"""Settings whose values on the command line hold no secret; those of all others are left out."""

_USERINFO = re.compile(r"(?<=://)[^/\s@]+@")


def describe_run(crawler: Crawler, crawl: Crawl) -> dict[str, str]:
    """The ``warcinfo`` fields of this run of a crawl, without secrets."""
    settings = crawler.settings
    contact = settings.get("CONTACT")
    fields = {
        "software": software(),
        "operator": contact or "",
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        "http-header-user-agent": settings["USER_AGENT"],
        "isPartOf": crawler.spidercls.name,
        "description": f"Crawl of {crawler.spidercls.name} by kcnacrawl",
        "crawl": crawl.id,
        "run": getattr(crawler.spider, "run", ""),
        "run-number": str(crawl.number),
        "began": crawl.began,
        ARGUMENTS: json.dumps(getattr(crawler.spider, "given", {}), ensure_ascii=False),
        "command-line": command_line(sys.orig_argv),
        "settings": without_userinfo("; ".join(f"{name}={settings.get(name)}" for name in SETTINGS)),
    }
    return {name: value for name, value in fields.items() if value}


def software() -> str:
    """Name and version of this program and of what it is made with."""
    parts = [f"{name}/{version(name)}" for name in PACKAGES]
    return " ".join([f"kcnacrawl/{kcnacrawl.__version__}", *parts, f"Python/{platform.python_version()}"])


def command_line(arguments: Sequence[str]) -> str:
    """A command line on one line, without logins in addresses and without values of settings that may be secret."""
    shown = []
    for before, argument in pairwise(["", *arguments]):
        flag, setting = _setting(before, argument)
        name, equals, _ = setting.partition("=")
        shown.append(f"{flag}{name}=[redacted]" if equals and name not in PUBLIC else argument)
    return without_userinfo(shlex.join(shown))


def _setting(before: str, argument: str) -> tuple[str, str]:
    """The flag and the ``NAME=value`` of an argument that sets a setting, in any of the ways there are to write it."""
    if before in ("-s", "--set"):
        return "", argument
    for flag in ("--set=", "-s"):
        if argument.startswith(flag) and argument != flag:
            return flag, argument.removeprefix(flag)
    return "", ""


def without_userinfo(text: str) -> str:
    """A text on one line, without user names and passwords in addresses."""
    return " ".join(_USERINFO.sub("[redacted]@", text).split())
