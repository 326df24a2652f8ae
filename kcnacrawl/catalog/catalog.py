"""The catalog of an archive, open for a crawl."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select
from sqlalchemy.exc import IntegrityError

from kcnacrawl.archive.entries import Entry
from kcnacrawl.catalog import ledger, questions
from kcnacrawl.catalog.addresses import find_keys, first_key, normal
from kcnacrawl.catalog.crawl import Crawl, canonical
from kcnacrawl.catalog.database import begin
from kcnacrawl.catalog.errors import CatalogError
from kcnacrawl.catalog.locks import Lock
from kcnacrawl.catalog.lookups import Lookups
from kcnacrawl.catalog.rows import pack_entry
from kcnacrawl.catalog.schema import captures, crawls, files, frontier, runs, urls
from kcnacrawl.catalog.statements import Statement

_SAME = (crawls.c.spider == bindparam("spider"), crawls.c.arguments == bindparam("arguments"))
_NEWEST = select(crawls).where(*_SAME).order_by(crawls.c.number.desc(), crawls.c.key.desc()).limit(1)
_HELD = select(urls.c.key, urls.c.url).where(urls.c.key == bindparam("key"))

# What is there already is left alone; an address whose key another one has fails, see _add_slowly.
_KEY, _TEXT = bindparam("key", type_=urls.c.key.type), bindparam("url", type_=urls.c.url.type)
_THERE = exists().where(urls.c.key == bindparam("same_key"), urls.c.url == bindparam("same_url"))
_ADD_URLS = Statement(insert(urls).from_select(["key", "url"], select(_KEY, _TEXT).where(~_THERE)))
_CRAWL, _URL = bindparam("crawl", type_=frontier.c.crawl.type), bindparam("url", type_=frontier.c.url.type)
_WAITS = exists().where(frontier.c.crawl == bindparam("same_crawl"), frontier.c.url == bindparam("same_url"))
_ADD_WAITING = Statement(insert(frontier).from_select(["crawl", "url"], select(_CRAWL, _URL).where(~_WAITS)))
_ADD_CAPTURES = Statement(insert(captures))
_ANSWERED = Statement(
    delete(frontier).where(frontier.c.crawl == bindparam("crawl"), frontier.c.url == bindparam("key"))
)


class Catalog(Lookups):
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
            return _crawl(newest, resumed, connection.execute(count).scalar_one())

    def _add_crawl(self, connection: Connection, before: Any, **said: Any) -> Any:
        if before is not None:
            connection.execute(delete(frontier).where(frontier.c.crawl == before.key))
        newest = connection.execute(select(func.coalesce(func.max(crawls.c.number), 0))).scalar_one()
        key = ledger.add_crawl(connection, **said, number=newest + 1, done=False)
        return connection.execute(select(crawls).where(crawls.c.key == key)).one()

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

    def unfinished(self) -> list[Crawl]:
        """Crawls that the next run of the same spider with the same arguments will take up; the newest first."""
        counts: dict[int, int] = dict(self.look(questions.RUNS))
        seen = set()
        found = []
        for row in self.look(questions.CRAWLS):
            if not row.done and (row.spider, row.arguments) not in seen:
                found.append(_crawl(row, False, counts.get(row.key, 0)))
            seen.add((row.spider, row.arguments))
        return found

    def add_file(self, name: str, crawl: str, run: str) -> None:
        """Note that a run begins to write a file.

        :param name: as the file is called once closed, without folder
        """
        with self.transaction() as connection:
            place = select(crawls.c.key, runs.c.key).where(
                crawls.c.id == crawl, runs.c.id == run, runs.c.crawl == crawls.c.key
            )
            keys = connection.execute(place).one()
            self._files[name] = ledger.add_file(connection, name, keys[0], keys[1])

    def close_file(self, name: str, size: int) -> None:
        """Note that a file has its final name and size in bytes."""
        with self.transaction() as connection:
            key = self._file(name)
            count = select(func.count()).select_from(captures).where(captures.c.file == key)
            ledger.change(connection, files, key, size=size, captures=connection.execute(count).scalar_one())

    def commit(self, entries: Iterable[Entry], *, asked: Iterable[str] = (), answered: Iterable[str] = ()) -> None:
        """Store what was written since the last time; all of it is safe when this returns.

        :param asked: addresses that wait to be fetched by the crawl that this object began
        :param answered: addresses that wait no more
        :raises CatalogError: when it cannot be stored; nothing can be from then on
        """
        new = list(entries)
        entering, leaving = {normal(url) for url in asked}, {normal(url) for url in answered}
        keys = {url: first_key(url) for url in (*entering, *leaving, *[entry.url for entry in new])}
        with self.writing():
            try:
                with self._writer.begin():
                    _ADD_URLS.many(self._writer, [(key, url, key, url) for url, key in keys.items()])
                    self._add(new, entering - leaving, leaving, keys)
            except IntegrityError:
                # Two addresses have the same hash.
                with begin(self._writer):
                    self._add(new, entering - leaving, leaving, self._keys(keys))

    def _add(self, new: list[Entry], entering: set[str], leaving: set[str], keys: Mapping[str, int]) -> None:
        rows = [pack_entry(entry, self._file(entry.warc), keys[entry.url]) for entry in new]
        _ADD_CAPTURES.many(self._writer, rows)
        if entering or leaving:
            if self._crawl is None:
                raise CatalogError("Only a crawl that was begun has addresses that wait.")
            crawl = self._crawl
            _ADD_WAITING.many(self._writer, [(crawl, keys[url], crawl, keys[url]) for url in entering])
            _ANSWERED.many(self._writer, [(crawl, keys[url]) for url in leaving])

    def _keys(self, addresses: Iterable[str]) -> dict[str, int]:
        """The keys of addresses; those that are new are stored."""

        def read(keys: Iterable[int]) -> dict[int, str]:
            return {row[0]: row[1] for key in keys for row in self._writer.execute(_HELD, {"key": key})}

        keys, new = find_keys(addresses, read)
        _ADD_URLS.many(self._writer, [(key, url, key, url) for key, url in new.items()])
        return keys

    def _file(self, name: str) -> int:
        key = self._files.get(name)
        if key is None:
            key = self._writer.execute(select(files.c.key).where(files.c.name == name)).scalar_one()
            self._files[name] = key
        return key

    def _lock_crawl(self, spider: str, arguments: str) -> None:
        name = f"{re.sub('[^A-Za-z0-9_.-]+', '_', spider)}-{sha256(f'{spider} {arguments}'.encode()).hexdigest()[:16]}"
        lock = Lock(self.path.parent / "locks" / f"{name}.lock")
        if not lock.exclusive():
            holder = lock.holder()
            lock.close()
            raise CatalogError(f"This crawl is already running (process {holder}); wait for it or stop it.")
        self._locks.append(lock)


def _crawl(row: Any, resumed: bool, count: int) -> Crawl:
    return Crawl(
        id=row.id,
        spider=row.spider,
        arguments=row.arguments,
        number=row.number,
        began=row.began,
        resumed=resumed,
        runs=count,
    )
