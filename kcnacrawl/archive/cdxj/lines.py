"""The lines of one WARC file, as cdxj-indexer 1.5 writes them.

Where that tool is wrong this one does otherwise:

* It gives a record that is torn at the end of the file a line as if it were whole, and ends with a traceback, all lines
  lost, at damage with anything behind it. Here damaged records are told and left out, and reading goes on behind them.
* It ends with a traceback at a date that is short, has an offset, a leap second or is none, and at an answer without
  address. Here dates are understood; a record without any, or an answer without address, is told and left out.
* It takes ``application/warc-fields`` for a page when the type has parameters or capitals: such a later ``metadata``
  record would hide the page at its address.
* It gives the answer to a POST the key of the page at that address, unless asked for ``--post-append``; then it leaves
  PATCH, DELETE, OPTIONS and HEAD where they are, shows JSON as Python does (``True``), so that pywb does not
  find it, and gives digests of nothing. Here all of them have the keys that pywb looks up; ``post=False`` turns it off.
* It gives an empty digest where ``WARC-Payload-Digest`` is empty. Here it is computed, as when the field is missing.
* It reads records without ``Content-Length``, or with one that has a sign (``+5``); here they are damaged.
* It reads ARC files, and of WARC the versions 0.17, 0.18, 1.0 and 1.1 only. Here it is WARC of any version.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path

from kcnacrawl.archive.cdxj.http import HttpHead, media_type, read_head
from kcnacrawl.archive.cdxj.method import Asked, asked
from kcnacrawl.archive.cdxj.skim import SkimmingSource
from kcnacrawl.archive.cdxj.timestamp import timestamp
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.reader import find_file
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.records import WARC_FIELDS
from kcnacrawl.archive.source import OnDamage, Source
from kcnacrawl.archive.surt import surt

INDEXED = frozenset({"response", "revisit", "resource", "metadata"})
"""Types of records that have a line."""

_HTTP = ("http:", "https:")
_SEPARATOR = re.compile(rb"\r?\n\r?\n")
_NOTHING = HttpHead(b"", 0)


class Indexer:
    """Makes lines of records that come one after the other. An answer waits for its request, which may come next."""

    def __init__(self, source: Source, on_damage: OnDamage, *, post: bool = True, before: Record | None = None) -> None:
        """:param source: what the records are of
        :param before: the request just before the first record that will be fed
        """
        self.lines: list[bytes] = []
        """Each with its line feed, in the order of their records; may be taken away at any time."""

        self.waiting: Record | None = None
        """An answer whose request may be the next record."""

        self._waiting_kind = ""
        self._source = source
        self._name = quoted(source.path.name.removesuffix(OPEN))
        self._on_damage = on_damage
        self._post = post
        self._before = before

    def feed(self, record: Record) -> None:
        """Take the next record."""
        # Records that were read past have no head.
        kind = record.type if record.head else ""
        if self.waiting is not None:
            self.finish(record if kind == "request" else None)
        if self._post and kind in ("response", "revisit"):
            asked = request_of(record, self._before)
            if asked is None:
                self.waiting, self._waiting_kind = record, kind
            else:
                self._add(record, kind, asked)
        elif kind in INDEXED:
            self._add(record, kind, None)
        self._before = record if kind == "request" else None

    def finish(self, request: Record | None = None) -> None:
        """Let the last answer wait no longer; *request* may be its own."""
        if self.waiting is not None:
            waiting, self.waiting = self.waiting, None
            self._add(waiting, self._waiting_kind, request_of(waiting, request))

    def _add(self, record: Record, kind: str, asked: Asked | None) -> None:
        try:
            line = _line(record, kind, self._place(record), asked)
        except ValueError as error:
            self._on_damage(ArchiveError(f"{record.path}: the record at {record.offset} cannot be indexed: {error}."))
            return
        if line is not None:
            self.lines.append(line)

    def _place(self, record: Record) -> str:
        """The end of its line, which says where it is."""
        return f'"length": "{self._length(record)}", "offset": "{record.offset}", "filename": {self._name}'

    def _length(self, record: Record) -> int:
        """Bytes of the record; the empty lines behind one that is not compressed are not part of it."""
        if self._source.is_gzip:
            return record.length
        separator = _SEPARATOR.match(self._source.data, record.offset + len(record.head))
        assert separator is not None
        return separator.end() + len(record.block) - record.offset


def request_of(answer: Record, request: Record | None) -> Asked | None:
    """What was asked when the record next to an answer is its request and no GET."""
    if request is None or (found := asked(request.block)) is None:
        return None
    linked = request.id in answer.get_all("WARC-Concurrent-To") or answer.id in request.get_all("WARC-Concurrent-To")
    return found if linked and _target(request) == _target(answer) else None


def index_lines(path: Path, *, on_damage: OnDamage | None = None, post: bool = True) -> Iterator[bytes]:
    """The lines of a file, each with its line feed, in the order of its records.

    :param on_damage: is told of each record that cannot be indexed, and reading goes on
    :param post: keep answers to POST and the like under keys of their own, as replay tools look for them
    :raises ArchiveError: when the file cannot be read or holds several records in a gzip member, and at the first
        damage when there is no *on_damage*
    """
    on_damage = on_damage or _raise
    with SkimmingSource(find_file(path)) as source:
        check(source)
        indexer = Indexer(source, on_damage, post=post)
        for record in source.records(0, len(source.data), on_damage):
            indexer.feed(record)
            yield from indexer.lines
            indexer.lines.clear()
        indexer.finish()
        yield from indexer.lines


def check(source: Source) -> None:
    """:raises ArchiveError: when no place in the file leads to a record"""
    if len(source.data) == 0:
        raise ArchiveError(f"{source.path} is empty.")
    if source.is_foreign():
        raise ArchiveError(
            f"{source.path} cannot be indexed: it is no WARC file, or its records are not compressed one by one; "
            "`warcio recompress` makes one of which they are."
        )


def _raise(damage: ArchiveError) -> None:
    raise damage


def _line(record: Record, kind: str, place: str, asked: Asked | None) -> bytes | None:
    """The line of a record of an indexed type; null when it is not for replay.

    :raises ValueError: when it has no date, or no address where it needs one
    """
    url = _target(record)
    head = _NOTHING
    status: str | None = None
    if kind in ("response", "revisit"):
        if url is None:
            raise ValueError("it has no WARC-Target-URI")
        if url.startswith(_HTTP):
            head = read_head(record.block)
            status = head.status()
        content_type = head.content_type()
    else:
        content_type = record.get("Content-Type")
        if content_type is not None and media_type(content_type).lower() == WARC_FIELDS:
            return None
    digest = record.get("WARC-Payload-Digest") or None
    if digest is None and kind != "revisit":
        digest = _sha1(record.block[head.end :])
    mime = "warc/revisit" if kind == "revisit" else content_type and media_type(content_type)
    shown = f"{_field('url', url)}{_field('mime', mime)}{_field('status', status)}{_field('digest', digest)}{place}"
    if asked is not None and url is not None:
        shown += f', "requestBody": {quoted(asked.query)}, "method": {quoted(asked.method)}'
        url = asked.key_url(url)
    return f"{surt(url or '')} {timestamp(record.get('WARC-Date') or '')} {{{shown}}}\n".encode()


def _field(name: str, value: str | None) -> str:
    return "" if value is None else f'"{name}": {quoted(value)}, '


def _target(record: Record) -> str | None:
    url = record.get("WARC-Target-URI")
    if url is None:
        return None
    if url[:1] == "<" and url[-1:] == ">":
        url = url[1:-1]
    return url.replace(" ", "%20")


def _sha1(data: bytes | memoryview) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
