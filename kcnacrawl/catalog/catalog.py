"""The catalog of an archive, open for a crawl."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select
from sqlalchemy.exc import IntegrityError

from kcnacrawl.archive.entries import Entry
from kcnacrawl.catalog import ledger
from kcnacrawl.catalog.addresses import first_key, normal
from kcnacrawl.catalog.crawl import Crawl, canonical
from kcnacrawl.catalog.database import begin
from kcnacrawl.catalog.errors import CatalogError
from kcnacrawl.catalog.filing import _ADD_CAPTURES, Filing
from kcnacrawl.catalog.locks import crawl_lock
from kcnacrawl.catalog.lookups import crawl_of
from kcnacrawl.catalog.rows import pack_entry
from kcnacrawl.catalog.schema import crawls, frontier, runs
from kcnacrawl.catalog.statements import Statement

_SAME = (crawls.c.spider == bindparam("spider"), crawls.c.arguments == bindparam("arguments"))
_NEWEST = select(crawls).where(*_SAME).order_by(crawls.c.number.desc(), crawls.c.key.desc()).limit(1)

_CRAWL, _URL = bindparam("crawl", type_=frontier.c.crawl.type), bindparam("url", type_=frontier.c.url.type)
_WAITS = exists().where(frontier.c.crawl == bindparam("same_crawl"), frontier.c.url == bindparam("same_url"))
_ADD_WAITING = Statement(insert(frontier).from_select(["crawl", "url"], select(_CRAWL, _URL).where(~_WAITS)))
_WAITED = (frontier.c.crawl == bindparam("crawl"), frontier.c.url == bindparam("key"))
_ANSWERED = Statement(delete(frontier).where(*_WAITED))

PATIENCE = 1.0
"""Seconds to wait for the lock of a crawl, which another process may hold for a moment to see whether it is held."""


class Catalog(Filing):
    """What a crawl tells the archive's index, and asks it. Made by ``open_catalog``."""

    def begin(self, spider: str, arguments: Mapping[str, str], run: str, now: str, *, resume: bool = True) -> Crawl:
        """Go on with the newest crawl of this spider and these arguments if it was broken off, else begin one.

        A crawl that a newer one of the same spider and arguments followed is not taken up again.

        :param run: id of this run, and of the crawl when it begins one
        :param now: ISO 8601, UTC, with ``Z``
        :raises CatalogError: when another process runs this crawl; when it cannot be noted
        """
        given = canonical(arguments)
        self._lock_crawl(spider, given)
        with self.transaction() as connection:
            newest: Any = connection.execute(_NEWEST, {"spider": spider, "arguments": given}).one_or_none()
            resumed = resume and newest is not None and not newest.done
            if not resumed:
                newest = self._add_crawl(connection, newest, id=run, spider=spider, arguments=given, began=now)
            self._crawl = newest.key
            ledger.add_run(connection, run, newest.key)
            count = select(func.count()).select_from(runs).where(runs.c.crawl == newest.key)
            return crawl_of(newest, resumed=resumed, runs=connection.execute(count).scalar_one())

    def end(self, crawl: str, run: str, reason: str, done: bool, now: str) -> None:
        """Note that a run has ended.

        :param done: whether the crawl has done what was asked; if not, the next run takes it up
        :param now: ISO 8601, UTC, with ``Z``
        """
        with self.transaction() as connection:
            ledger.end_run(connection, crawl, run, reason, done)
            if done:
                whose = select(crawls.c.key).where(crawls.c.id == crawl).scalar_subquery()
                connection.execute(delete(frontier).where(frontier.c.crawl == whose))

    def commit(self, entries: Iterable[Entry], *, asked: Iterable[str] = (), answered: Iterable[str] = ()) -> None:
        """Store what was written since the last time; all of it is safe when this returns.

        :param asked: addresses that wait to be fetched by the crawl that this object began
        :param answered: addresses that wait no more
        :raises CatalogError: when it cannot be stored; nothing can be from then on
        """
        new = list(entries)
        entering, leaving = {normal(url) for url in asked}, {normal(url) for url in answered}
        keys = {url: first_key(url) for url in (*entering, *leaving, *[entry.url for entry in new])}
        if not keys:
            return
        with self.writing():
            try:
                with self._writer.begin():
                    self._add_urls(keys)
                    self._add(new, entering - leaving, leaving, keys)
            except IntegrityError:
                # Two addresses have the same hash.
                with begin(self._writer):
                    self._add(new, entering - leaving, leaving, self._keys(keys))

    def _add(self, new: list[Entry], entering: set[str], leaving: set[str], keys: Mapping[str, int]) -> None:
        _ADD_CAPTURES.many(self._writer, [pack_entry(entry, self._file(entry.warc), keys[entry.url]) for entry in new])
        if entering or leaving:
            if self._crawl is None:
                raise CatalogError("Only a crawl that was begun has addresses that wait.")
            crawl = self._crawl
            _ADD_WAITING.many(self._writer, [(crawl, keys[url], crawl, keys[url]) for url in entering])
            _ANSWERED.many(self._writer, [(crawl, keys[url]) for url in leaving])

    def _add_crawl(self, connection: Connection, before: Any, **said: Any) -> Any:
        if before is not None:
            connection.execute(delete(frontier).where(frontier.c.crawl == before.key))
        newest = connection.execute(select(func.coalesce(func.max(crawls.c.number), 0))).scalar_one()
        key = ledger.add_crawl(connection, **said, number=newest + 1, done=False)
        return connection.execute(select(crawls).where(crawls.c.key == key)).one()

    def _lock_crawl(self, spider: str, arguments: str) -> None:
        lock = crawl_lock(self.path, spider, arguments)
        if not lock.exclusive(PATIENCE):
            holder = lock.holder()
            lock.close()
            raise CatalogError(f"This crawl is already running (process {holder}); wait for it or stop it.")
        self.keep(lock)
