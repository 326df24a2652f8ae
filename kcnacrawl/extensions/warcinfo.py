"""What the first record of each WARC file says about the run: software, settings, command line."""

from __future__ import annotations

import platform
import re
import shlex
import sys
from importlib.metadata import version

from scrapy.crawler import Crawler

import kcnacrawl

PACKAGES = ("Scrapy", "Twisted", "selectolax", "deflate")

SETTINGS = (
    *("USER_AGENT", "ROBOTSTXT_OBEY", "DOWNLOAD_DELAY", "CONCURRENT_REQUESTS_PER_DOMAIN", "DOWNLOAD_TIMEOUT"),
    *("DOWNLOAD_MAXSIZE", "RETRY_TIMES", "REDIRECT_MAX_TIMES", "COOKIES_ENABLED"),
    *("WARC_KEEP_REQUEST_SECRETS", "WARC_REDACT_RESPONSE_HEADERS"),
)

_USERINFO = re.compile(r"(?<=://)[^/\s@]+@")
_SECRET = re.compile(
    r"((?:\w*(?:password|passwd|secret|token|cookie|authorization|api_?key|http_pass)\w*)\s*[=:]\s*)\S+", re.I
)


def describe_run(crawler: Crawler) -> dict[str, str]:
    """The ``warcinfo`` fields of this run, without secrets."""
    settings = crawler.settings
    contact = settings.get("CONTACT")
    fields = {
        "software": software(),
        "operator": contact or "",
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        "http-header-user-agent": settings["USER_AGENT"],
        "isPartOf": crawler.spidercls.name,
        "description": f"Crawl of {crawler.spidercls.name} by kcnacrawl",
        "command-line": without_secrets(shlex.join(sys.argv)),
        "settings": without_secrets("; ".join(f"{name}={settings.get(name)}" for name in SETTINGS)),
    }
    return {name: value for name, value in fields.items() if value}


def software() -> str:
    """Name and version of this program and of what it is made with."""
    parts = [f"{name}/{version(name)}" for name in PACKAGES]
    return " ".join([f"kcnacrawl/{kcnacrawl.__version__}", *parts, f"Python/{platform.python_version()}"])


def without_secrets(text: str) -> str:
    """A command line or setting with user names, passwords and tokens taken out, on one line."""
    return " ".join(_SECRET.sub(r"\1[redacted]", _USERINFO.sub("[redacted]@", text)).split())
