"""What pages of a package need to be seen and was captured before what was asked for: style sheets, images, …"""

from __future__ import annotations

from collections.abc import Iterable

from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.stored import stored_response
from kcnacrawl.archive.wacz.scratch import CHOSEN, REQUISITE, Place, Scratch
from kcnacrawl.archive.wacz.selection import FileInfo
from kcnacrawl.pages.entity import decode_entity
from kcnacrawl.pages.page import PageError
from kcnacrawl.pages.requisites import Need, needs
from kcnacrawl.urls import target_uri

_HERE = "SELECT 1 FROM capture c WHERE c.url = need.url AND c.status IN (200, 0) AND c.why IS NOT NULL"

_TAKE = f"""
UPDATE capture SET why = {REQUISITE} WHERE number IN (
    SELECT (SELECT number FROM capture c WHERE c.url = need.url AND c.status IN (200, 0) AND c.date <= ?
            ORDER BY c.date DESC LIMIT 1)
    FROM need WHERE NOT EXISTS ({_HERE})
)
"""
_SHEETS = """
SELECT need.url, m.number, m.file, m.start, m.end, m.offset
FROM need JOIN capture m ON m.number = (
    SELECT COALESCE((SELECT number FROM capture o WHERE o.record_id = c.refers_to), c.number)
    FROM capture c WHERE c.url = need.url AND c.status IN (200, 0) AND c.why IS NOT NULL ORDER BY c.date DESC LIMIT 1
) WHERE need.sheet = 1 AND m.kind = 'response'
"""


class Requisites:
    """Looks for them among what is noted, again whenever more is."""

    def __init__(self, scratch: Scratch, files: list[FileInfo]) -> None:
        """:param files: by number; a damaged one among them may yet be replaced by its repaired copy"""
        self._scratch = scratch
        self._files = files
        self._latest = ""

    def ask_pages(self) -> None:
        """Note what all pages in the package need."""
        self._latest = next(self._scratch.rows("SELECT MAX(date) FROM capture WHERE why = ?", CHOSEN))[0]
        for place in list(self._scratch.pages(CHOSEN)):
            self._note(self._needs_of(place))

    def take(self) -> None:
        """Take what pages need, and what the style sheets among it need, the newest capture of each that is not newer
        than all that was asked for."""
        while True:
            self._scratch.run(_TAKE, self._latest)
            sheets = list(self._scratch.rows(_SHEETS))
            for url, *place in sheets:
                self._scratch.run("UPDATE need SET sheet = 2 WHERE url = ?", url)
                self._note(self._needs_of(Place(*place)))
            if not sheets:
                return

    def missing(self) -> int:
        """How many files that pages need are not in the package."""
        return self._scratch.value(f"SELECT COUNT(*) FROM need WHERE NOT EXISTS ({_HERE})")

    def _note(self, wanted: Iterable[Need]) -> None:
        for need in wanted:
            self._scratch.run("INSERT OR IGNORE INTO need VALUES (?, ?)", target_uri(need.url), need.kind == "style")

    def _needs_of(self, place: Place) -> list[Need]:
        record = read_record(self._files[place.file].path, place.offset)
        response = stored_response(record)
        if response is None:
            return []
        try:
            body = decode_entity(response.body, ",".join(response.headers("content-encoding")))
        except PageError:
            return []
        return needs(body, record.uri, response.header("content-type"))
