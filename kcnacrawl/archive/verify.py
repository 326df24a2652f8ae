"""Proves articles by their receipts: the bytes are there, they are those received, and they still say the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from kcnacrawl.archive.cards import FirstCards, read_cards
from kcnacrawl.archive.digests import agrees
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.lines import Line
from kcnacrawl.archive.pages import open_record
from kcnacrawl.archive.ranges import Range
from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.stored import stored_response
from kcnacrawl.items import Receipt, Revisit
from kcnacrawl.pages.page import ArticlePage, Card, PageError

_PAGE_INDEPENDENT = frozenset({"revision"})
"""Fields that no page can tell."""


@dataclass(slots=True)
class Verifier:
    """Checks lines of articles against the WARC files of one folder."""

    warc_folder: Path
    checked: int = 0
    _cards: dict[Path, FirstCards] = field(default_factory=dict)

    def check(self, line: Line) -> Iterator[str]:
        """What is wrong with one line, each finding a sentence with its file, offset, record and field."""
        self.checked += 1
        where = f"{line.path}:{line.number}"
        if line.item is None:
            yield f"{where}: The line is not an article in JSON."
            return
        where += f": {line.item['id']}"
        receipt = _receipt(line.item)
        if receipt is None:
            yield f"{where}: There is no whole receipt, so nothing proves it."
            return
        try:
            record = read_record(self._path(receipt), receipt.offset)
        except ArchiveError as error:
            yield f"{where}: {error}"
            return
        place = f"{where}: {record.path} at {record.offset}, record {record.id}"
        for finding in (*_receipt_findings(receipt, record), *self._page_findings(line.item, record)):
            yield f"{place}: {finding}"

    def _path(self, receipt: Receipt) -> Path:
        if Path(receipt.warc).name != receipt.warc:
            raise ArchiveError(f"{receipt.warc!r} is not the name of a WARC file.")
        return self.warc_folder / receipt.warc

    def _page_findings(self, item: dict[str, Any], record: Record) -> Iterator[str]:
        card = self._card(item["id"], record) if item.get("published_from") == "listing" else None
        try:
            page = open_record(record, card)
        except PageError as error:
            yield f"The page can no longer be read: {error}"
            return
        if not isinstance(page, ArticlePage):
            yield "The page is no article."
            return
        again = orjson.loads(orjson.dumps(page.article))
        for name in sorted((again.keys() | item.keys()) - _PAGE_INDEPENDENT - {"receipt"}):
            if item.get(name) != again.get(name):
                yield f"Field {name} is {_short(item.get(name))}, but the page says {_short(again.get(name))}."

    def _card(self, identity: str, record: Record) -> Card | None:
        path = record.path
        if path not in self._cards:
            whole = Range(path, 0, 0, path.stat().st_size)
            self._cards[path] = FirstCards(read_cards(whole)[0])
        return self._cards[path].before(identity, (0, record.offset))


def _receipt(item: dict[str, Any]) -> Receipt | None:
    given = item.get("receipt")
    if not isinstance(given, dict):
        return None
    place = {"warc": str, "offset": int, "length": int, "record_id": str, "date": str}
    revisit = given.get("revisit")
    whole = revisit is None or (isinstance(revisit, dict) and _types(revisit) == place)
    if not whole or _types(given | {"revisit": None}) != place | {"payload_digest": str, "revisit": type(None)}:
        return None
    return Receipt(**{**given, "revisit": Revisit(**revisit) if revisit else None})


def _types(given: dict[str, Any]) -> dict[str, type]:
    return {name: type(value) for name, value in given.items()}


def _receipt_findings(receipt: Receipt, record: Record) -> Iterator[str]:
    said = (
        ("record_id", receipt.record_id, record.id),
        ("length", receipt.length, record.length),
        ("date", receipt.date, record.get("WARC-Date")),
        ("payload_digest", receipt.payload_digest, record.get("WARC-Payload-Digest") or ""),
    )
    for name, in_receipt, in_record in said:
        if in_receipt != in_record:
            yield f"Field receipt.{name} is {in_receipt!r}, but the record says {in_record!r}."
    if record.type != "response":
        yield f"The record is a {record.type}, not a response."
        return
    response = stored_response(record)
    yield from _digest_findings("WARC-Block-Digest", record, record.block)
    yield from _digest_findings("WARC-Payload-Digest", record, response.body if response else b"")


def _digest_findings(name: str, record: Record, data: bytes | memoryview) -> Iterator[str]:
    noted = record.get(name)
    try:
        if noted is None:
            yield f"The record has no {name}."
        elif not agrees(noted, data):
            yield f"{name} is not that of the bytes: they were changed since the capture."
    except ValueError as error:
        yield f"{name} cannot be checked: {error}."


def _short(value: object) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= 80 else text[:77] + "…"
