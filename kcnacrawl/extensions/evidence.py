"""Which lines of articles belong to a crawl, and whether the record that proves one is in the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcnacrawl.extensions.lines import Line
from kcnacrawl.text.digest import text_digest

if TYPE_CHECKING:
    from kcnacrawl.catalog.catalog import Catalog


class Evidence:
    """Judges lines by their receipts."""

    def __init__(self, catalog: Catalog, crawl: str, *, named: bool) -> None:
        """:param named: the file is named after the crawl, so that all its lines are the crawl's"""
        self._catalog = catalog
        self._named = named
        self._gone = {file.name: file.gone for file in catalog.files() if file.crawl == crawl}
        self._records: dict[str, dict[int, str]] = {}

    def judge(self, item: dict[str, Any]) -> Line:
        """Whose a line is; a line of the crawl without its record, or with another text than it had, is torn."""
        receipt = item.get("receipt")
        captured = receipt.get("revisit") or receipt if isinstance(receipt, dict) else {}
        warc = captured.get("warc") if isinstance(captured, dict) else None
        if warc not in self._gone:
            return Line.TORN if self._named else Line.FOREIGN
        if item.get("text_digest") != text_digest(item.get("title"), item.get("body")):
            return Line.TORN
        if self._gone[warc]:
            return Line.OWN  # who removed the file did not ask for the article once more
        known = self._records.get(warc)
        if known is None:
            known = self._records[warc] = {entry.offset: entry.record_id for entry in self._catalog.entries_of(warc)}
        return Line.OWN if known.get(captured.get("offset", -1)) == captured.get("record_id") else Line.TORN
