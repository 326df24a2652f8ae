"""A receipt held against the bytes that it leads to."""

from __future__ import annotations

from collections.abc import Iterator

from kcnacrawl.archive.digests import agrees
from kcnacrawl.archive.lint.remedies import RESTORE, REWRITE
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.revisits import disagreement
from kcnacrawl.archive.stored import stored_response
from kcnacrawl.items import Receipt, Revisit

Flaw = tuple[str, str]
"""A clause on what is wrong, and what to do."""


def receipt_flaws(receipt: Receipt, record: Record, revisit: Record | None, broken: str | None) -> Iterator[Flaw]:
    """What is wrong with a receipt, the bytes it leads to, and the revisit it names.

    :param broken: why the revisit is none of the record, if it is not
    """
    said = (*_said(receipt, record), ("payload_digest", receipt.payload_digest, _digest(record)))
    yield from ((clause, REWRITE) for clause in _differences("receipt", said))
    yield from ((clause, RESTORE) for clause in _byte_flaws(record))
    if receipt.revisit is not None and revisit is not None:
        yield from ((clause, REWRITE) for clause in _differences("receipt.revisit", _said(receipt.revisit, revisit)))
        if broken is not None:
            yield broken, RESTORE


def revisit_flaw(revisit: Record | None, original: Record) -> str | None:
    """A clause on why the revisit that a receipt names, if it does, is none of the record; else null."""
    if revisit is None:
        return None
    place = f"the capture, in {revisit.path} at {revisit.offset}, record {revisit.id}"
    if revisit.type != "revisit":
        return f"{place}, is a {revisit.type or 'strange'} record, not a revisit"
    flaw = disagreement(revisit, original)
    return f"{place}, is a revisit of another record ({flaw.rstrip('.')})" if flaw else None


Said = tuple[str, object, object]
"""Name of a field, its value in the receipt, and in the record."""


def _said(receipt: Receipt | Revisit, record: Record) -> tuple[Said, ...]:
    return (
        ("record_id", receipt.record_id, record.id),
        ("length", receipt.length, record.length),
        ("date", receipt.date, record.get("WARC-Date")),
    )


def _differences(where: str, said: tuple[Said, ...]) -> Iterator[str]:
    for name, in_receipt, in_record in said:
        if in_receipt != in_record:
            yield f"field {where}.{name} is {in_receipt!r}, but the record says {in_record!r}"


def _digest(record: Record) -> str:
    return record.get("WARC-Payload-Digest") or ""


def _byte_flaws(record: Record) -> Iterator[str]:
    if record.type != "response":
        yield f"the record is a {record.type}, not a response"
        return
    response = stored_response(record)
    yield from _digest_flaws("WARC-Block-Digest", record, record.block)
    yield from _digest_flaws("WARC-Payload-Digest", record, response.body if response else b"")


def _digest_flaws(name: str, record: Record, data: bytes | memoryview) -> Iterator[str]:
    noted = record.get(name)
    try:
        if noted is None:
            yield f"the record has no {name}"
        elif not agrees(noted, data):
            yield f"{name} is not that of the bytes: they were changed since the capture"
    except ValueError as error:
        yield f"{name} cannot be checked: {error}"
