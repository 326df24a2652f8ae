"""What a catalog is told of WARC files: that they are begun, closed, gone, and what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, delete, exists, func, insert, select
from sqlalchemy.exc import IntegrityError

from kcnacrawl.catalog import ledger
from kcnacrawl.catalog.addresses import find_keys
from kcnacrawl.catalog.database import begin
from kcnacrawl.catalog.heading import Heading
from kcnacrawl.catalog.lookups import Lookups
from kcnacrawl.catalog.reading import Row
from kcnacrawl.catalog.rows import move_row
from kcnacrawl.catalog.schema import captures, crawls, files, runs, urls
from kcnacrawl.catalog.statements import Statement

_HELD = select(urls.c.key, urls.c.url).where(urls.c.key == bindparam("key"))

# What is there already is left alone; an address whose key another one has fails.
_KEY, _TEXT = bindparam("key", type_=urls.c.key.type), bindparam("url", type_=urls.c.url.type)
_THERE = exists().where(urls.c.key == bindparam("same_key"), urls.c.url == bindparam("same_url"))
_ADD_URLS = Statement(insert(urls).from_select(["key", "url"], select(_KEY, _TEXT).where(~_THERE)))
_ADD_CAPTURES = Statement(insert(captures))
_KEYS = Statement(select(files.c.name, files.c.key).order_by(files.c.key))


class Filing(Lookups):
    """The part of a catalog that follows from the WARC files alone."""

    def register(self, heading: Heading, key: int) -> None:
        """Add a file that was found, with its crawl and run where these are new.

        :param key: says where it stands among the others
        """
        with self.transaction() as connection:
            crawl = ledger.add_crawl(
                connection,
                id=heading.crawl,
                spider=heading.spider,
                arguments=heading.arguments,
                number=heading.number,
                began=heading.began,
                done=not heading.counted,
            )
            run = ledger.add_run(connection, heading.run, crawl)
            ledger.add_file(connection, heading.name, crawl, run, key)

    def add_file(self, name: str, crawl: str, run: str) -> None:
        """Note that a run begins to write a file.

        :param name: as the file is called once closed, without folder
        """
        with self.transaction() as connection:
            place = select(crawls.c.key, runs.c.key).where(crawls.c.id == crawl, runs.c.crawl == crawls.c.key)
            keys = connection.execute(place.where(runs.c.id == run)).one()
            self._files[name] = ledger.add_file(connection, name, keys[0], keys[1])

    def close_file(self, name: str, size: int) -> None:
        """Note that a file has its final name, its size in bytes, and all its captures."""
        with self.transaction() as connection:
            key = self._file(name)
            count = select(func.count()).select_from(captures).where(captures.c.file == key)
            found = connection.execute(count).scalar_one()
            ledger.change(connection, files, key, size=size, captures=found, gone=False)

    def mark(self, name: str, *, gone: bool) -> None:
        """Note that a file is there, or is not."""
        with self.transaction() as connection:
            ledger.change(connection, files, self._file(name), gone=gone)

    def forget(self, name: str) -> None:
        """Remove a file and its captures, to index it anew."""
        with self.transaction() as connection:
            key = self._file(name)
            connection.execute(delete(captures).where(captures.c.file == key))
            connection.execute(delete(files).where(files.c.key == key))
            del self._files[name]

    def end_run(self, crawl: str, run: str, reason: str, done: bool) -> None:
        """Note how a run ended, and whether its crawl is done with it."""
        with self.transaction() as connection:
            ledger.end_run(connection, crawl, run, reason, done)

    def add_rows(self, rows: Iterable[tuple[Row, str]]) -> None:
        """Store rows of captures with their addresses, whose keys in the rows are the first ones."""
        listed = list(rows)
        with self.writing():
            try:
                with self._writer.begin():
                    self._add_urls({url: row[5] for row, url in listed})
                    _ADD_CAPTURES.many(self._writer, [row for row, _ in listed])
            except IntegrityError:
                with begin(self._writer):
                    keys = self._keys({url for _, url in listed})
                    _ADD_CAPTURES.many(self._writer, [move_row(row, keys[url]) for row, url in listed])

    def drop_indexes(self) -> None:
        """Do without indexes while very many rows are added."""
        with self.transaction() as connection:
            for index in sorted(captures.indexes, key=lambda index: str(index.name)):
                index.drop(connection)

    def make_indexes(self) -> None:
        """Make them all at once, which is quicker than row by row."""
        with self.transaction() as connection:
            for index in sorted(captures.indexes, key=lambda index: str(index.name)):
                index.create(connection)

    def file_keys(self) -> dict[str, int]:
        """Names of all files with their keys, which grow with their age from the oldest."""
        return {row[0]: row[1] for row in self.look(_KEYS)}

    def _add_urls(self, keys: Mapping[str, int]) -> None:
        _ADD_URLS.many(self._writer, [(key, url, key, url) for url, key in keys.items()])

    def _keys(self, addresses: Iterable[str]) -> dict[str, int]:
        """The keys of addresses, some of which have the same first key; those that are new are stored."""

        def read(keys: Iterable[int]) -> dict[int, str]:
            return {row[0]: row[1] for key in keys for row in self._writer.execute(_HELD, {"key": key})}

        keys, new = find_keys(addresses, read)
        self._add_urls({url: key for key, url in new.items()})
        return keys

    def _file(self, name: str) -> int:
        key = self._files.get(name)
        if key is None:
            key = self._writer.execute(select(files.c.key).where(files.c.name == name)).scalar_one()
            self._files[name] = key
        return key
