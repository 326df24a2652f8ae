"""Proves articles by their receipts: the bytes are there, they are those received, and they still say the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson

from kcnacrawl.archive.answers import Answers, UnansweredError, crawl_of
from kcnacrawl.archive.cards import FirstCards, cards_of
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lines import Line
from kcnacrawl.archive.lint.finding import Finding, Lack
from kcnacrawl.archive.lint.remedies import RESTORE, REWRITE, restore
from kcnacrawl.archive.mapped import is_readable
from kcnacrawl.archive.pages import open_record
from kcnacrawl.archive.photos import picture_of
from kcnacrawl.archive.reader import find_file, read_record
from kcnacrawl.archive.receipt_flaws import Flaw, receipt_flaws, revisit_flaw
from kcnacrawl.archive.receipts import read_receipt
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.siblings import Siblings
from kcnacrawl.archive.targets import warc_files
from kcnacrawl.items import Receipt, Revisit
from kcnacrawl.pages.page import ArticlePage, Card, PageError
from kcnacrawl.pages.requisites import resolve
from kcnacrawl.urls import target_uri

_NOT_FROM_PAGE = frozenset({"revision", "receipt", "photos"})
"""Fields that no page can tell; of photographs it tells a part."""

_FROM_LISTING = frozenset({"published", "published_raw", "published_from", "problems"})
"""Fields that a listing tells when ``published_from`` says so."""

_CRAWLS = 2
"""Of how many crawls the answers are remembered, which may be a gigabyte for a year of them; lines come by crawl."""

_SHOWN = 80
"""Characters of a value that are shown; more would hide the sentence."""

_BEFORE = 30
"""Characters that are shown before the first difference of two values when their beginnings are left out."""

_What = Literal["article", "photo"]

FIRST_REVISION = 1
"""Nothing holds the revisions of an article against each other yet, so every line is the first."""


@dataclass(slots=True)
class Verifier:
    """Checks lines of articles against the WARC files of one folder."""

    warc_folder: Path
    whole: bool = True
    """Whether all that the crawls fetched is in the folder; a package may have left listings out."""

    _cards: dict[Path, FirstCards] = field(default_factory=dict)
    _answers: dict[Path, Answers] = field(default_factory=dict)
    """Both by the first file of a crawl; answers only of the last few crawls."""

    _siblings: Siblings = field(init=False)
    _lacks: list[tuple[Lack, str]] = field(default_factory=list)
    """Files that were found missing on the way, each with a clause about it."""

    def __post_init__(self) -> None:
        self._siblings = Siblings(self.warc_folder)

    def check(self, line: Line) -> Iterator[Finding]:
        """What is wrong with one line."""
        if line.item is None:
            yield Finding(str(line.path), line.number, None, "the line is not an article in JSON", REWRITE)
            return
        for clause, remedy in self._flaws(line.item):
            yield Finding(str(line.path), line.number, None, f"{line.item['id']}: {clause}", remedy)
        while self._lacks:
            lack, clause = self._lacks.pop()
            path = Path(lack.file) if lack.is_there and lack.file else None
            remedy = restore(self.warc_folder / path) if path and path.name == lack.file else RESTORE
            yield Finding(str(line.path), line.number, None, f"{line.item['id']}: {clause}", remedy, lack=lack)

    def _flaws(self, item: dict[str, Any]) -> Iterator[Flaw]:
        if type(item.get("revision")) is not int or item["revision"] != FIRST_REVISION:
            yield f"field revision is {_short(item.get('revision'))}, but no article has one other than 1 yet", REWRITE
        receipt = read_receipt(item.get("receipt"))
        if receipt is None:
            yield "there is no whole receipt, so nothing proves it", REWRITE
            return
        if any(self._is_missing("article", part) for part in (receipt, receipt.revisit) if part is not None):
            return
        records = self._records("article", receipt)
        if records is None:
            return
        record, revisit = records
        place = f"{record.path} at {record.offset}, record {record.id}"
        broken = revisit_flaw(revisit, record)
        for clause, remedy in receipt_flaws(receipt, record, revisit, broken):
            yield f"{place}: {clause}", remedy
        if broken is None:
            for clause, remedy in self._page_flaws(item, record, revisit):
                yield f"{place}: {clause}", remedy
        yield from self._photo_flaws(item, (revisit or record).path)

    def _records(self, what: _What, receipt: Receipt) -> tuple[Record, Record | None] | None:
        """The record with the bytes, and the revisit that a receipt names; null if one is damaged, as is noted."""
        part: Receipt | Revisit = receipt
        try:
            record = self._record(receipt.warc, receipt.offset)
            if receipt.revisit is None:
                return record, None
            part = receipt.revisit
            return record, self._record(part.warc, part.offset)
        except ArchiveError as error:
            lack = Lack(what, part.warc, part.record_id, part.date, is_there=True, offset=part.offset)
            self._lacks.append((lack, str(error).rstrip(".")))
            return None

    def _is_missing(self, what: _What, receipt: Receipt | Revisit) -> bool:
        """Whether the file that a receipt leads into is not there; that is noted."""
        if Path(receipt.warc).name != receipt.warc:
            return False
        try:
            find_file(self.warc_folder / receipt.warc)
        except ArchiveError as error:
            self._lacks.append((Lack(what, receipt.warc, receipt.record_id, receipt.date), str(error).rstrip(".")))
            return True
        return False

    def _record(self, warc: str, offset: int) -> Record:
        if Path(warc).name != warc:
            raise ArchiveError(f"{warc!r} is not the name of a WARC file.")
        return read_record(self.warc_folder / warc, offset)

    def _page_flaws(self, item: dict[str, Any], record: Record, revisit: Record | None) -> Iterator[Flaw]:
        captured = revisit or record
        from_listing = item.get("published_from") == "listing"
        card = self._card(item["id"], captured) if from_listing else None
        untold = _NOT_FROM_PAGE | _FROM_LISTING if from_listing and not card and not self.whole else _NOT_FROM_PAGE
        try:
            page = open_record(captured, card, original=record if revisit else None)
        except PageError as error:
            yield f"the page can no longer be read ({str(error).rstrip('.')})", RESTORE
            return
        except Exception as error:  # noqa: BLE001  one page that nobody thought of must not hide all the others
            yield f"the page reader failed ({error!r})", "report it"
            return
        if not isinstance(page, ArticlePage):
            yield "the page is no article", REWRITE
            return
        told = orjson.loads(orjson.dumps(page.article))
        for name in sorted((told.keys() | item.keys()) - untold):
            if item.get(name) != told.get(name):
                yield _differs(name, item.get(name), told.get(name)), REWRITE
        if (printed := _printed(item.get("photos"))) != (shown := _printed(told["photos"])):
            yield _differs("photos", printed, shown), REWRITE

    def _photo_flaws(self, item: dict[str, Any], path: Path) -> Iterator[Flaw]:
        photos = item.get("photos")
        for number, photo in enumerate(photos if isinstance(photos, list) else (), 1):
            if not isinstance(photo, dict) or (photo.get("receipt") is None and photo.get("sha256") is None):
                continue
            for clause, remedy in self._one_photo_flaws(photo, path):
                yield f"photo {number}: {clause}", remedy

    def _one_photo_flaws(self, photo: dict[str, Any], path: Path) -> Iterator[Flaw]:
        """What is wrong with a photograph of an article whose capture is in a file."""
        receipt = read_receipt(photo.get("receipt"))
        if receipt is None:
            yield "there is no whole receipt, so nothing proves it", REWRITE
            return
        if self._is_missing("photo", receipt):
            return
        records = self._records("photo", receipt)
        if records is None:
            return
        record, revisit = records
        place = f"{record.path} at {record.offset}, record {record.id}"
        flaws = list(receipt_flaws(receipt, record, revisit, revisit_flaw(revisit, record)))
        yield from ((f"{place}: {clause}", remedy) for clause, remedy in flaws)
        if any(remedy == RESTORE for _, remedy in flaws):
            return
        picture = picture_of(record, revisit)
        if picture is None or picture.sha256 != photo.get("sha256"):
            yield f"{place}: its sha256 is {_short(photo.get('sha256'))}, but the record holds another picture", REWRITE
        captured = (revisit or record).uri
        try:
            if not self._was_led(photo.get("url"), captured, path):
                yield f"{place}: it was captured at {captured}, where its url did not lead the crawl", REWRITE
        except UnansweredError as error:
            # Of a file that is missing; a line written anew without it would lack the photograph.
            yield str(error), f"bring the file that held it back from a copy; if none is missing, {REWRITE}"

    def _was_led(self, url: object, captured: str, path: Path) -> bool:
        """Whether the crawl that a file belongs to found at one address what it looked for at another.

        :raises UnansweredError: when no file of the crawl tells
        """
        address = resolve(url, url) if isinstance(url, str) else None
        # A url that is none is told of by the page; of a package the redirects may have been left out.
        if address is None or (asked := target_uri(address)) == captured or not self.whole:
            return True
        return self._answers_beside(path).led(asked, captured, crawl_of(path))

    def _answers_beside(self, path: Path) -> Answers:
        """What the crawl that a file belongs to was answered."""
        files = self._siblings.of(path)
        answers = self._answers.pop(files[0], None)
        if answers is None:
            while len(self._answers) >= _CRAWLS:
                del self._answers[next(iter(self._answers))]
            answers = Answers()
            answers.add_files(files)
        self._answers[files[0]] = answers  # behind those that were asked for longer ago
        return answers

    def _readable(self) -> list[Path]:
        return [path for path in warc_files(self.warc_folder) if is_readable(path)]

    def _card(self, identity: str, record: Record) -> Card | None:
        """What the listings of the crawl showed of an article before a record was captured."""
        files = self._siblings.of(record.path) if self.whole else self._readable()
        if files[0] not in self._cards:
            self._cards[files[0]] = FirstCards(cards_of(files))
        # Captures in a package need not stand in the order in which they were made.
        place = (files.index(record.path), record.offset) if self.whole else (len(files), 0)
        return self._cards[files[0]].before(identity, place)


def _printed(photos: object) -> object:
    """What a page itself says of its photographs."""
    if not isinstance(photos, list):
        return photos
    return [
        {name: value for name, value in photo.items() if name not in ("sha256", "receipt")}
        if isinstance(photo, dict)
        else photo
        for photo in photos
    ]


def _differs(name: str, here: object, there: object) -> str:
    """What a field is and should be, both from the same place on, so that the first difference is to be seen."""
    texts = [orjson.dumps(value).decode() for value in (here, there)]
    differing = (place for place, (one, other) in enumerate(zip(*texts, strict=False)) if one != other)
    same = next(differing, min(map(len, texts)))
    start = max(0, same - _BEFORE) if same > _SHOWN - _BEFORE else 0
    return f"field {name} is {_short(here, start)}, but the page says {_short(there, start)}"


def _short(value: object, start: int = 0) -> str:
    text = orjson.dumps(value).decode()
    rest = ("…" if start else "") + text[start:]
    return rest if len(rest) <= _SHOWN else rest[: _SHOWN - 3] + "…"
