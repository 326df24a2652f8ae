"""What an item says of its bytes: always every field, null when there is nothing to say."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson

from kcnacrawl.assemble import attach
from kcnacrawl.commands.schema import article_schema
from kcnacrawl.items import Article, Photo, Receipt, Revisit

REVISIT = Revisit(warc="b.warc.gz", offset=9, length=8, record_id="<urn:uuid:2>", date="2026-03-02T00:00:00.000000Z")
RECEIPT = Receipt(
    warc="a.warc.gz", offset=1, length=2, record_id="<urn:uuid:1>", payload_digest="sha256:0", date="2026-03-01"
)


def properties(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """The properties of a field that is an object or null."""
    (inner,) = [part for part in schema["properties"][name]["anyOf"] if "properties" in part]
    assert inner["required"] == list(inner["properties"])
    found: dict[str, Any] = inner
    return found


def test_the_schema_has_receipts_with_revisits() -> None:
    schema = article_schema()
    receipt = properties(schema, "receipt")
    revisit = properties(receipt, "revisit")
    assert list(revisit["properties"]) == ["warc", "offset", "length", "record_id", "date"]
    photo = schema["properties"]["photos"]["items"]
    assert "receipt" in photo["required"]
    assert properties(photo, "receipt")["properties"] == receipt["properties"]
    assert all(field["description"] for field in revisit["properties"].values())


def test_every_field_is_written() -> None:
    line = orjson.loads(orjson.dumps(Photo(url="http://a/1.jpg", order=1, receipt=RECEIPT)))
    assert line["receipt"] == asdict(RECEIPT)
    assert line["receipt"]["revisit"] is None
    assert orjson.loads(orjson.dumps(Photo(url="http://a/1.jpg", order=1)))["receipt"] is None


def test_an_article_was_fetched_when_its_revisit_was() -> None:
    article = Article(id="a:1", site="a", url="http://a/")
    for revisit, date in ((None, RECEIPT.date), (REVISIT, REVISIT.date)):
        receipt = Receipt(**{**asdict(RECEIPT), "revisit": revisit})
        attach(article, receipt)
        assert (article.receipt, article.fetched_at) == (receipt, date)
    attach(article, None)
    assert (article.receipt, article.fetched_at) == (None, None)
