"""Receipts: where the bytes of a capture are. Told when they are written, read out of lines, told anew from records."""

from __future__ import annotations

from typing import Any

from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.records import Draft
from kcnacrawl.items import Receipt, Revisit


def written_receipt(draft: Draft, *, warc: str, offset: int, length: int, date: str) -> Receipt | None:
    """The receipt of the first record of a capture; null when that is neither response nor revisit."""
    if draft.payload_digest is None or draft.kind not in ("response", "revisit"):
        return None
    original = draft.original
    if original is None:
        return Receipt(
            warc=warc, offset=offset, length=length, record_id=draft.id, payload_digest=draft.payload_digest, date=date
        )
    return Receipt(
        warc=original.warc,
        offset=original.offset,
        length=original.length,
        record_id=original.record_id,
        payload_digest=original.payload_digest,
        date=original.date,
        revisit=Revisit(warc=warc, offset=offset, length=length, record_id=draft.id, date=date),
    )


def make_receipt(record: Record, revisit: Record | None = None) -> Receipt:
    """The receipt that the writer of a record gave, or would have given.

    :param record: a response record
    :param revisit: the record of the capture that is meant, when it is one that refers to *record*
    """
    return Receipt(
        warc=_name(record),
        offset=record.offset,
        length=record.length,
        record_id=record.id,
        payload_digest=record.get("WARC-Payload-Digest") or "",
        date=record.get("WARC-Date") or "",
        revisit=_make_revisit(revisit) if revisit else None,
    )


def read_receipt(given: object) -> Receipt | None:
    """A receipt out of a line; null when it is none, or not whole."""
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


def _make_revisit(record: Record) -> Revisit:
    return Revisit(
        warc=_name(record),
        offset=record.offset,
        length=record.length,
        record_id=record.id,
        date=record.get("WARC-Date") or "",
    )


def _name(record: Record) -> str:
    return record.path.name.removesuffix(OPEN)
