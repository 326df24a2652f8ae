"""The lists of pages in a package: their form, and whether each page is there to be opened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from kcnacrawl.archive.cdxj.timestamp import timestamp
from kcnacrawl.archive.lint.finding import Finding, shown
from kcnacrawl.archive.wacz.check_index import Lines
from kcnacrawl.archive.wacz.check_lists import INSTANT
from kcnacrawl.archive.wacz.subject import PACKAGE, Subject


def check_pages(subject: Subject, lines: Lines) -> Iterator[Finding]:
    """Findings on ``pages/*.jsonl`` and on the page to begin with."""
    for name in subject.below("pages"):
        if name.endswith(".jsonl"):
            yield from _check_file(subject, lines, name)
    about = subject.json(PACKAGE) or {}
    given = about.get("home")
    home = given if isinstance(given, dict) else {}
    # The draft of 1.2 calls it "home".
    for url, date in ((about.get("mainPageUrl"), about.get("mainPageDate")), (home.get("url"), home.get("ts"))):
        if isinstance(url, str) and not _captured(lines, url, date if isinstance(date, str) else None):
            yield subject.finding(PACKAGE, f"the page to begin with, {shown(url)}, is not in the index at its date")


def _check_file(subject: Subject, lines: Lines, name: str) -> Iterator[Finding]:
    ids: set[str] = set()
    count = 0
    for count, text in enumerate(subject.lines(name), 1):
        try:
            page = orjson.loads(text)
        except orjson.JSONDecodeError:
            page = None
        if not isinstance(page, dict):
            yield subject.finding(name, "it is no JSON object", offset=count)
        elif count == 1:
            if page.get("format") != "json-pages-1.0":
                sentence = "its first line is no header with the format json-pages-1.0; readers skip that line"
                yield subject.finding(name, sentence, offset=1)
        else:
            yield from _check_page(subject, lines, name, count, page, ids)
    if not count:
        yield subject.finding(name, "it is empty, without even a header")


def _check_page(
    subject: Subject, lines: Lines, name: str, number: int, page: dict[str, Any], ids: set[str]
) -> Iterator[Finding]:
    url, ts, identity = page.get("url"), page.get("ts"), page.get("id")
    if not isinstance(url, str) or not url:
        yield subject.finding(name, "it has no url", offset=number)
        return
    if not isinstance(ts, str) or not INSTANT.fullmatch(ts):
        yield subject.finding(name, "it has no ts that is a date and time of RFC 3339", offset=number)
        return
    if identity is not None:
        if str(identity) in ids:
            sentence = "its id is that of a page above, which ReplayWeb.page then leaves out"
            yield subject.finding(name, sentence, offset=number)
        ids.add(str(identity))
    if not _captured(lines, url, ts):
        sentence = f"the index has no capture of {shown(url)} at {ts}, so the page cannot be opened"
        yield subject.finding(name, sentence, offset=number)


def _captured(lines: Lines, url: str, date: str | None) -> bool:
    """Whether the index has a capture of an address in this second, or at all when there is no date."""
    try:
        stamp = timestamp(date) if date else ""
    except ValueError:
        stamp = ""
    return lines.has(url, stamp)
