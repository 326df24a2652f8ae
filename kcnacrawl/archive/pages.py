"""From a response record to the page it holds, through the same code as in the crawl."""

from __future__ import annotations

from kcnacrawl.archive.receipts import make_receipt
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.stored import stored_response
from kcnacrawl.assemble import assemble
from kcnacrawl.pages.page import Card, Page
from kcnacrawl.urls import article_id


def is_whole_response(record: Record) -> bool:
    """Whether the record is a response that was not cut off."""
    return record.type == "response" and record.get("WARC-Truncated") is None


def is_article(record: Record) -> bool:
    """Whether the record is a whole response from the address of an article."""
    return is_whole_response(record) and article_id(record.uri) is not None


def is_listing(record: Record) -> bool:
    """Whether the record is a whole response from another address."""
    return is_whole_response(record) and article_id(record.uri) is None


def open_record(record: Record, card: Card | None = None) -> Page | None:
    """The page in a response record, finished when it is an article; null when the server did not answer 200.

    :raises PageError: when the page cannot be read
    """
    response = stored_response(record)
    if response is None or response.status != 200:
        return None
    return assemble(
        response.body,
        record.uri,
        response.header("content-type"),
        ",".join(response.headers("content-encoding")),
        response.status,
        make_receipt(record),
        card,
    )
