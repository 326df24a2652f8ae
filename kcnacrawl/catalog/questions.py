"""The queries behind what a catalog answers."""

from __future__ import annotations

from sqlalchemy import Boolean, Integer, and_, bindparam, case, func, literal_column, select, type_coerce

from kcnacrawl.catalog.schema import captures, crawls, files, frontier, runs, urls
from kcnacrawl.catalog.statements import Statement

CANDIDATES = 4
"""Originals that are offered for a payload: one may have been removed, another may differ in its headers."""

LOOK_BACK = 8
"""Captures of an address that are looked at for its validators."""

CHUNK = 5_000
"""Rows that are read at a time."""

STORED = tuple(
    type_coerce(column, Integer).label(column.name) if isinstance(column.type, Boolean) else column
    for column in captures.c
)
"""The columns of ``captures`` as they are stored, which is how the checksum knows them."""

_FOUND = select(*STORED, files.c.name.label("warc"), urls.c.url.label("address")).select_from(
    captures.join(files, files.c.key == captures.c.file).join(urls, urls.c.key == captures.c.url)
)
_NEWEST_FIRST = (captures.c.file.desc(), captures.c.offset.desc())
_GET_PAGE = and_(
    captures.c.url == bindparam("key"), captures.c.method.is_(None), captures.c.kind != literal_column("3")
)
_OF_CRAWL = crawls.c.id == bindparam("crawl")

URL = Statement(select(urls.c.url).where(urls.c.key == bindparam("key")))
RECORD = Statement(_FOUND.where(captures.c.record == bindparam("record")))
CAPTURE = Statement(
    _FOUND.where(_GET_PAGE, files.c.crawl == bindparam("crawl"), files.c.run != bindparam("run"), ~files.c.gone)
    .where(captures.c.file >= bindparam("first"))
    .order_by(*_NEWEST_FIRST)
    .limit(1)
)
LATEST = Statement(_FOUND.where(_GET_PAGE).order_by(*_NEWEST_FIRST).limit(LOOK_BACK))
# The kind as a literal: only so is the index of responses used.
ORIGINALS = Statement(
    _FOUND.join(crawls, crawls.c.key == files.c.crawl)
    .where(captures.c.digest == bindparam("digest"), captures.c.kind == literal_column("0"))
    .where(captures.c.method.is_(None), captures.c.whole, ~files.c.gone, crawls.c.number >= bindparam("oldest"))
    .order_by(case((urls.c.url == bindparam("url"), 0), else_=1), *_NEWEST_FIRST)
    .limit(CANDIDATES)
)
ENTRIES = Statement(
    _FOUND.where(files.c.name == bindparam("name"), captures.c.offset > bindparam("after"))
    .order_by(captures.c.offset)
    .limit(CHUNK)
)
LAST = Statement(_FOUND.where(files.c.name == bindparam("name")).order_by(captures.c.offset.desc()).limit(1))

_FIRST_FILE = select(func.min(files.c.key)).where(files.c.crawl == crawls.c.key).correlate(crawls).scalar_subquery()
_RUN = select(runs.c.key).where(runs.c.id == bindparam("run")).scalar_subquery()
PLACE = Statement(select(crawls.c.key, func.coalesce(_RUN, literal_column("0")), _FIRST_FILE).where(_OF_CRAWL))
WAITING = Statement(
    select(func.count()).select_from(frontier.join(crawls, crawls.c.key == frontier.c.crawl)).where(_OF_CRAWL)
)
FILES = Statement(
    select(files.c.name, crawls.c.id, runs.c.id, files.c.size, files.c.captures, files.c.gone)
    .select_from(files.join(crawls, crawls.c.key == files.c.crawl).join(runs, runs.c.key == files.c.run))
    .order_by(files.c.key)
)
KNOWN = Statement(select(files.c.key).where(files.c.name == bindparam("name")))
CRAWLS = Statement(select(crawls).order_by(crawls.c.number.desc(), crawls.c.key.desc()))
RUNS = Statement(select(func.count()).select_from(runs).where(runs.c.crawl == bindparam("crawl")))
KINDS = Statement(select(captures.c.kind, func.count()).group_by(captures.c.kind))
ADDRESSES = Statement(select(func.count()).select_from(urls))
