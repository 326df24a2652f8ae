"""Links the photographs of articles to their pictures from the archive alone, and to the same ones as the crawl did."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.photos import Moved, Picture, answer_of
from kcnacrawl.archive.reader import find_file, iter_records, read_record
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.revisits import Place, read_original, refers_to
from kcnacrawl.archive.targets import find_original, record_heads, warc_files
from kcnacrawl.items import Article
from kcnacrawl.pages.requisites import resolve
from kcnacrawl.urls import article_id, target_uri

_MOST_REDIRECTS = 10
_FIELDS = re.compile(rb"\n(WARC-(?:Type|Target-URI|Date|Record-ID)):[ \t]*([^\r\n]+)", re.IGNORECASE)
_CRAWL = re.compile(rb"^crawl:[ \t]*(\S+)", re.MULTILINE | re.IGNORECASE)


class Answer(NamedTuple):
    """A response or revisit record, as its header tells it."""

    place: Place
    date: str
    crawl: str


class Pictures:
    """The pictures of an archive; where they are is looked for when the first article asks for one.

    What an address gave to the crawl of the article itself counts; when it was not asked, what it gave before: a crawl
    asks for no picture that is on record. That one may lie in a file beside those given.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._index: _Index | None = None
        self._is_whole = False

    def link(self, article: Article, number: int) -> None:
        """Give the photographs of an article their digests and receipts.

        :param number: which of the files the article was read from
        """
        crawl = crawl_of(self._paths[number])
        for photo in article.photos:
            url = resolve(photo.url, photo.url)
            picture = self._find(target_uri(url), crawl, article.fetched_at or "") if url is not None else None
            if picture is not None:
                photo.sha256, photo.receipt = picture.sha256, picture.receipt

    def _find(self, url: str, crawl: str, date: str, hops: int = _MOST_REDIRECTS) -> Picture | None:
        found = self._answer(url, crawl, date)
        if isinstance(found, Moved):
            return self._find(found.url, crawl, date, hops - 1) if found.url is not None and hops else None
        return found

    def _answer(self, url: str, crawl: str, date: str) -> Picture | Moved | None:
        if self._index is None:
            self._index = _Index()
            self._index.add_files(self._paths)
        if not self._index.was_asked(url, crawl) and not self._is_whole:
            self._is_whole = True
            self._index.add_files(_files_beside(self._paths))
        if self._index.was_asked(url, crawl):
            return self._index.of_crawl(url, crawl)
        return self._index.before(url, date)


class _Index:
    """The answers in some files by address; those of articles, which are no pictures, are left out."""

    def __init__(self) -> None:
        self._answers: defaultdict[bytes, list[Answer]] = defaultdict(list)
        self._failed: set[tuple[bytes, str]] = set()
        self._originals: dict[bytes, Place] = {}

    def add_files(self, paths: Iterable[Path]) -> None:
        for path in map(find_file, paths):
            crawl = crawl_of(path)
            for offset, head in record_heads(path):
                self._add(Place(path, offset), crawl, head)

    def was_asked(self, url: str, crawl: str) -> bool:
        """Whether a crawl asked for this address, though perhaps in vain."""
        return (_digest(url), crawl) in self._failed or bool(self._of_crawl(url, crawl))

    def of_crawl(self, url: str, crawl: str) -> Picture | Moved | None:
        """The first picture or redirect that this address gave to a crawl."""
        found = (self._read(answer) for answer in self._of_crawl(url, crawl))
        return next((answer for answer in found if answer is not None), None)

    def before(self, url: str, date: str) -> Picture | None:
        """The picture that this address gave when it was asked last before an instant."""
        answers = [answer for answer in self._answers.get(_digest(url), ()) if answer.date < date]
        found = self._read(max(answers, key=lambda answer: answer.date)) if answers else None
        return found if isinstance(found, Picture) else None

    def _of_crawl(self, url: str, crawl: str) -> list[Answer]:
        return [answer for answer in self._answers.get(_digest(url), ()) if answer.crawl == crawl]

    def _add(self, place: Place, crawl: str, head: bytes) -> None:
        fields = {name.lower(): value.strip() for name, value in _FIELDS.findall(head)}
        kind = fields.get(b"warc-type")
        uri = fields.get(b"warc-target-uri", b"").strip(b"<>").decode("utf-8", "replace")
        if kind not in (b"response", b"revisit", b"request") or article_id(uri) is not None:
            return
        if kind == b"request":
            # Of a capture with an answer the request comes second.
            if not self._of_crawl(uri, crawl):
                self._failed.add((_digest(uri), crawl))
            return
        date = fields.get(b"warc-date", b"").decode("ascii", "replace")
        self._answers[_digest(uri)].append(Answer(place, date, crawl))
        if kind == b"response":
            self._originals[_digest(fields.get(b"warc-record-id", b"").decode("ascii", "replace"))] = place

    def _read(self, answer: Answer) -> Picture | Moved | None:
        """The picture in an answer, or where it redirects to."""
        try:
            record = read_record(*answer.place)
            return answer_of(self._original(record), record) if record.type == "revisit" else answer_of(record)
        except ArchiveError:
            return None  # damaged records are told of by whoever reads the files for their articles

    def _original(self, revisit: Record) -> Record:
        place = self._originals.get(_digest(refers_to(revisit)))
        return read_original(revisit, place) if place is not None else find_original(revisit)


@lru_cache(maxsize=1024)
def crawl_of(path: Path) -> str:
    """Name of the crawl that a file belongs to; of a file that names none its own."""
    try:
        first = next(iter_records(path), None)
    except ArchiveError:
        first = None
    named = _CRAWL.search(bytes(first.block)) if first is not None and first.type == "warcinfo" else None
    return named[1].decode("utf-8", "replace") if named else path.name


def _files_beside(paths: Iterable[Path]) -> list[Path]:
    given = {find_file(path).resolve() for path in paths}
    folders = dict.fromkeys(path.parent for path in given)
    return [path for folder in folders for path in warc_files(folder) if path.resolve() not in given]


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
