"""What the files of an archive say an address gave, without the pages of articles: pictures, and redirects to them."""

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
from kcnacrawl.archive.reader import find_file, read_record
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.revisits import Place, read_original, refers_to
from kcnacrawl.archive.targets import record_heads, warc_files
from kcnacrawl.archive.written import who_wrote
from kcnacrawl.urls import article_id

MOST_REDIRECTS = 10
"""How many are followed on the way to a picture."""

_FIELDS = re.compile(rb"\n(WARC-(?:Type|Target-URI|Date|Record-ID)):[ \t]*([^\r\n]+)", re.IGNORECASE)
_RECORD_ID = re.compile(rb"\nWARC-Record-ID:[ \t]*([^\r\n]*[^\s])", re.IGNORECASE)


class UnansweredError(ArchiveError):
    """None of the files tells where a redirect led; the message is a clause without full stop."""


class Answer(NamedTuple):
    """A response or revisit record, as its header tells it."""

    place: Place
    date: str


class Answers:
    """The answers in some files by address; those of articles, which are no pictures, are left out."""

    def __init__(self) -> None:
        self._answers: defaultdict[bytes, defaultdict[str, list[Answer]]] = defaultdict(lambda: defaultdict(list))
        """By address, and by crawl: one address may have been asked for every night."""

        self._failed: set[tuple[bytes, str]] = set()
        self._originals: dict[bytes, Place] = {}
        self._searched: set[Path] = set()
        """Folders of which every record is among the originals."""

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
        crawls = self._answers.get(_digest(url), {}).values()
        answers = [answer for crawl in crawls for answer in crawl if answer.date < date]
        found = self._read(max(answers, key=lambda answer: answer.date)) if answers else None
        return found if isinstance(found, Picture) else None

    def led(self, url: str, target: str, crawl: str) -> bool:
        """Whether one address is the other, or a crawl was redirected from it to the other.

        :raises UnansweredError: when that cannot be told, as no file has what an address on the way gave to the crawl
        """
        for _ in range(MOST_REDIRECTS):
            if url == target:
                return True
            if not self.was_asked(url, crawl):
                raise UnansweredError(f"the redirect from {url} is in none of the files of its crawl")
            found = self.of_crawl(url, crawl)
            if not isinstance(found, Moved) or found.url is None:
                return False
            url = found.url
        return url == target

    def _of_crawl(self, url: str, crawl: str) -> Sequence[Answer]:
        crawls = self._answers.get(_digest(url))
        return crawls.get(crawl, ()) if crawls is not None else ()

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
        self._answers[_digest(uri)][crawl].append(Answer(place, date))
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
        wanted = _digest(refers_to(revisit))
        folder = revisit.path.parent
        if wanted not in self._originals and folder not in self._searched:
            self._searched.add(folder)  # once for all that are missing
            for path in warc_files(folder):
                for offset, head in record_heads(path):
                    self._originals.setdefault(_digest(_id_of(head)), Place(path, offset))
        return read_original(revisit, self._originals.get(wanted))


def _id_of(head: bytes) -> str:
    found = _RECORD_ID.search(head)
    return found[1].decode("ascii", "replace") if found is not None else ""


@lru_cache(maxsize=1024)
def crawl_of(path: Path) -> str:
    """Name of the crawl that a file belongs to; of a file that names none its own."""
    return who_wrote(path).crawl or path.name


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
