"""What a catalog answers: where the bytes of an address, a payload or a record are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from kcnacrawl.archive.entries import Entry
from kcnacrawl.archive.originals import Original, original_of
from kcnacrawl.catalog import questions
from kcnacrawl.catalog.addresses import first_key, next_key, normal
from kcnacrawl.catalog.crawl import Crawl
from kcnacrawl.catalog.rows import KINDS, is_sound, pack_digest, pack_id, unpack_entry
from kcnacrawl.catalog.statements import Statement
from kcnacrawl.catalog.store import Store


class File(NamedTuple):
    """A WARC file as the catalog knows it."""

    name: str
    crawl: str
    run: str
    size: int | None
    """Bytes; null while it is being written."""

    captures: int | None
    """Responses, revisits and resources in it; null while it is being written."""

    gone: bool
    """Whether it was missing when the catalog was opened last."""


class Lookups(Store):
    """Questions to a catalog. A row that was changed by anything but this program is not given out."""

    def record(self, record_id: str) -> Entry | None:
        """The response, revisit or resource record with this id."""
        return next(self._entries(self.look(questions.RECORD, record=pack_id(record_id))), None)

    def capture(self, crawl: str, url: str, *, before_run: str) -> Entry | None:
        """The newest capture of an address asked for by GET in the other runs of a crawl: a response or a revisit.

        :param crawl: id of the crawl
        :param before_run: id of the run that asks, whose own captures do not count
        """
        place = self._places.get((crawl, before_run))
        if place is None:
            found = self.look(questions.PLACE, crawl=crawl, run=before_run)
            if not found or found[0][2] is None:
                return None
            place = self._places[crawl, before_run] = tuple(found[0])
        return next(self._of_url(questions.CAPTURE, url, crawl=place[0], run=place[1], first=place[2]), None)

    def originals(self, payload_digest: str, url: str, *, oldest_number: int = 0) -> list[Original]:
        """Whole responses to GET with this payload, in files that are there, those of the same address first.

        :param oldest_number: number of the oldest crawl that may be referred to
        """
        found = self._responses(payload_digest, normal(url), oldest_number)
        return [original_of(entry) for entry in found]

    def original(self, payload_digest: str, url: str, *, oldest_number: int = 0) -> Original | None:
        """The first of ``originals``."""
        return next(iter(self.originals(payload_digest, url, oldest_number=oldest_number)), None)

    def latest(self, url: str, *, oldest_number: int = 0) -> Entry | None:
        """The whole 200 response that holds what an address gave to GET when it was asked last; null when unsure.

        That response may be of another address, when the last capture is a revisit; the validators are those with
        which this address was served. Null also when its file is gone, its crawl too old, or the last answer an error.
        """
        found = list(self._of_url(questions.LATEST, url))
        newest = found[0] if found else None
        if newest is None or newest.payload_digest is None or not newest.whole:
            return None
        if newest.status != 200 and newest.profile != "server-not-modified":
            return None
        holders = self._responses(newest.payload_digest, newest.url, oldest_number)
        holder = next((entry for entry in holders if entry.status == 200), None)
        if holder is None:
            return None
        same = [entry for entry in found if entry.payload_digest == newest.payload_digest and entry.status == 200]
        served = next((entry for entry in same if entry.etag or entry.last_modified), None)
        served = served or (holder if holder.url == newest.url else None)
        return replace(
            holder, etag=served.etag if served else None, last_modified=served.last_modified if served else None
        )

    def newest(self, url: str) -> Entry | None:
        """The newest capture of an address asked for by GET: a response or a revisit, whatever its status."""
        return next(self._of_url(questions.LATEST, url), None)

    def waiting(self, crawl: str) -> int:
        """How many addresses of a crawl were asked for and not answered."""
        return int(self.look(questions.WAITING, crawl=crawl)[0][0])

    def files(self) -> list[File]:
        """All WARC files, in the order in which they were begun."""
        return [File._make((*row[:5], bool(row[5]))) for row in self.look(questions.FILES)]

    def knows(self, warc: str) -> bool:
        """Whether there is a file of this name, or was one."""
        return bool(self.look(questions.KNOWN, name=warc))

    def last_entry(self, warc: str) -> Entry | None:
        """The last entry of a file."""
        return next(self._entries(self.look(questions.LAST, name=warc)), None)

    def crawls(self) -> list[Crawl]:
        """All crawls, the newest first."""
        return [self._crawl_of(row) for row in self.look(questions.CRAWLS)]

    def unfinished(self) -> list[Crawl]:
        """Crawls that the next run of the same spider with the same arguments will take up; the newest first."""
        seen = set()
        found = []
        for row in self.look(questions.CRAWLS):
            if not row.done and (row.spider, row.arguments) not in seen:
                found.append(self._crawl_of(row))
            seen.add((row.spider, row.arguments))
        return found

    def entries_of(self, warc: str) -> Iterator[Entry]:
        """All entries of a file, in their order."""
        return self._entries(self.rows_of(warc))

    def rows_of(self, warc: str) -> Iterator[Any]:
        """The rows of a file as they are stored, each with the file's name and its address."""
        after = -1
        while rows := self.look(questions.ENTRIES, name=warc, after=after):
            yield from rows
            after = rows[-1][1]

    def counts(self) -> dict[str, int]:
        """How many responses, revisits, resources and addresses there are."""
        found = {"response": 0, "revisit": 0, "resource": 0, "address": self.look(questions.ADDRESSES)[0][0]}
        for kind, count in self.look(questions.KINDS):
            found[KINDS[kind][0]] += count
        return found

    def _crawl_of(self, row: Any) -> Crawl:
        return crawl_of(row, resumed=False, runs=self.look(questions.RUNS, crawl=row.key)[0][0])

    def _responses(self, payload_digest: str, url: str, oldest: int) -> list[Entry]:
        rows = self.look(questions.ORIGINALS, digest=pack_digest(payload_digest), url=url, oldest=oldest)
        return list(self._entries(rows))

    def _of_url(self, statement: Statement, url: str, **values: Any) -> Iterator[Entry]:
        """Entries that a statement finds for an address, which is nearly always stored under its first key."""
        url = normal(url)
        key = first_key(url)
        while True:
            rows = self.look(statement, key=key, **values)
            if rows and rows[0][-1] == url:
                return self._entries(rows)
            held = self.look(questions.URL, key=key)
            if not held or held[0][0] == url:
                return iter(())
            key = next_key(key)

    def _entries(self, rows: Iterable[Any]) -> Iterator[Entry]:
        for *held, warc, address in rows:
            if is_sound(held):
                yield unpack_entry(held, warc, address)
            else:
                self.suspect()


def crawl_of(row: Any, *, resumed: bool, runs: int) -> Crawl:
    """A row of ``crawls`` as runs want it."""
    return Crawl(
        id=row.id,
        spider=row.spider,
        arguments=row.arguments,
        number=row.number,
        began=row.began,
        resumed=resumed,
        runs=runs,
    )
