"""The list of pages in a package of ours held against the records: every page is there, as its record tells it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import orjson

from kcnacrawl.archive.batches import in_batches
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lint.finding import Finding, quoted, shown
from kcnacrawl.archive.wacz.check_captures import Captures
from kcnacrawl.archive.wacz.check_ours import PAGES, check_main
from kcnacrawl.archive.wacz.pages import Captured, count_captured, find_captured, read_page, told_page
from kcnacrawl.archive.wacz.steps import Steps
from kcnacrawl.archive.wacz.subject import Subject, json_object

_FIELDS = ("id", "url", "ts", "title", "text")
_TABLE = "CREATE TABLE told (id TEXT PRIMARY KEY, number INTEGER, url, ts, title, text, seen INTEGER DEFAULT 0)"


class _Told(NamedTuple):
    """What a line says, or a record gives."""

    id: str
    url: str
    ts: str
    title: str
    text: str | None
    """Digest of the text."""


class _Asked(NamedTuple):
    """A capture of a page, and what a line that its record proves says of it."""

    captured: Captured
    article: tuple[str | None, str] | None
    """Title and text."""


def check_texts(subject: Subject, captures: Captures, *, processes: int | None, steps: Steps) -> Iterator[Finding]:
    """Findings on ``pages.jsonl``; its form and whether the index leads to each page are checked elsewhere."""
    scratch = captures.plan.scratch
    scratch.run(_TABLE)
    yield from _note(subject, captures)
    with_text = scratch.value("SELECT EXISTS (SELECT 1 FROM told WHERE text IS NOT NULL)")
    asked = (_Asked(one, captures.proven.find(one.id)) for one in find_captured(captures.plan))
    progress = steps.begin(count_captured(captures.plan))
    for told in in_batches(_start, asked, processes=processes, progress=progress):
        row = next(scratch.rows("SELECT number, id, url, ts, title, text FROM told WHERE id = ?", told.id), None)
        if row is None:
            sentence = f"it has no line for the capture of {shown(told.url)} at {told.ts}"
            yield subject.finding(PAGES, sentence, record=f"<urn:uuid:{told.id}>")
            continue
        scratch.run("UPDATE told SET seen = 1 WHERE id = ?", told.id)
        for clause in _differences(_Told(*row[1:]), told, with_text=bool(with_text)):
            yield subject.finding(PAGES, clause, offset=row[0], record=f"<urn:uuid:{told.id}>")
    yield from check_main(subject, scratch)
    for number, identity in scratch.rows("SELECT number, id FROM told WHERE NOT seen ORDER BY number"):
        sentence = f"no capture of a page in the package has its id, {quoted(identity)}"
        yield subject.finding(PAGES, sentence, offset=number)


def _note(subject: Subject, captures: Captures) -> Iterator[Finding]:
    """Keep what the lines say; findings on what no line of ours says."""
    insert = "INSERT OR IGNORE INTO told (id, number, url, ts, title, text) VALUES (?, ?, ?, ?, ?, ?)"
    for number, line in enumerate(subject.lines(PAGES), 1):
        page = json_object(line) if number > 1 else None
        if page is None:
            continue
        for name in sorted(page.keys() - set(_FIELDS)):
            yield subject.finding(
                PAGES, f"it has a field {shown(name)}, which this program does not write", offset=number
            )
        id, url, ts, title = (str(page.get(name, "")) for name in _FIELDS[:4])
        captures.plan.scratch.run(insert, id, number, url, ts, title, _digest(page.get("text")))


def _start() -> Callable[[_Asked], Iterator[_Told]]:
    return _read


def _read(asked: _Asked) -> Iterator[_Told]:
    try:
        page = told_page(asked.captured, *asked.article) if asked.article else read_page(asked.captured)
    except (ArchiveError, ValueError):
        return  # a record that is damaged or has no date has its own finding
    if page is None:
        return
    line = orjson.loads(page.line())
    yield _Told(line["id"], line["url"], line["ts"], line["title"], _digest(line.get("text")))


def _digest(text: object) -> str | None:
    return None if text is None else hashlib.blake2b(orjson.dumps(text), digest_size=16).hexdigest()


def _differences(line: _Told, record: _Told, *, with_text: bool) -> Iterator[str]:
    for name in ("url", "ts", "title"):
        here, there = getattr(line, name), getattr(record, name)
        if here != there:
            yield f"its {name} is {quoted(here)}, but its record gives {quoted(there)}"
    if line.text == record.text or (line.text is None and not with_text):
        return
    if line.text is None:
        yield "it has no text, but its record gives one, and other pages have theirs"
    elif record.text is None:
        yield "it has a text, but its record gives none"
    else:
        yield "its text is not that which its record gives"
