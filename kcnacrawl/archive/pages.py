"""From a response or revisit record to the page it holds, through the same code as in the crawl."""

from __future__ import annotations

from kcnacrawl.archive.receipts import make_receipt
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.revisits import revisited_response
from kcnacrawl.archive.stored import stored_response
from kcnacrawl.assemble import assemble
from kcnacrawl.pages.page import Card, Page
from kcnacrawl.urls import article_id


def is_whole_answer(record: Record) -> bool:
    """Whether the record is a response that was not cut off, or a revisit of one."""
    kind = record.type
    return kind == "revisit" or (kind == "response" and record.get("WARC-Truncated") is None)


def is_article(record: Record) -> bool:
    """Whether the record is a whole answer from the address of an article."""
    return is_whole_answer(record) and article_id(record.uri) is not None


def is_listing(record: Record) -> bool:
    """Whether the record is a whole answer from another address."""
    return is_whole_answer(record) and article_id(record.uri) is None


def open_record(record: Record, card: Card | None = None, *, original: Record | None = None) -> Page | None:
    """The page in a record, finished when it is an article; null when the server did not answer 200.

    :param original: of a revisit, the record that it refers to
    :raises PageError: when the page cannot be read
    """
    response = stored_response(record) if original is None else revisited_response(record, original)
    if response is None or response.status != 200:
        return None
    return assemble(
        response.body,
        record.uri,
        response.header("content-type"),
        ",".join(response.headers("content-encoding")),
        response.status,
        make_receipt(record) if original is None else make_receipt(original, record),
        card,
    )
