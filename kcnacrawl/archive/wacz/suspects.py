"""Lines of articles that a package cannot vouch for: changed since they were written, no articles any more, or about
files that are gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.lint.finding import shown
from kcnacrawl.archive.lint.remedies import RESTORE
from kcnacrawl.archive.mend import REPAIRED
from kcnacrawl.archive.named import files_in
from kcnacrawl.archive.wacz.selection import Selection
from kcnacrawl.counted import counted
from kcnacrawl.text.digest import text_digest

_REMEDY = "`scrapy verify` tells what the pages say and what to do, make another package then"


@dataclass(slots=True)
class Suspects:
    """Looks at each line that is about to be packed, or that would be, were its WARC file there."""

    folder: Path
    """Of the WARC files."""

    selection: Selection
    with_requisites: bool = True
    """Whether photographs that were fetched earlier than their article are asked for."""

    changed: list[str] = field(default_factory=list)
    """Place and id of each line whose ``text_digest`` is not that of its title and text."""

    absent: Counter[str] = field(default_factory=Counter)
    """How many articles lead into each WARC file that is not there, by its name."""

    _strays: dict[Path, list[int]] = field(default_factory=dict)
    """Numbers of the lines of a file that are no articles."""

    _asked: dict[Path, bool] = field(default_factory=dict)
    """Whether any article in a file was asked for."""

    _there: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._there = {path.name.removesuffix(OPEN).removesuffix(REPAIRED) for path in files_in(self.folder, ("",))}

    def look(self, path: Path, number: int, item: dict[str, Any], *, is_chosen: bool) -> None:
        """Look at the line with this number, from 1, of a file of articles.

        :param is_chosen: whether it comes into the package
        """
        if not isinstance(item.get("id"), str):
            self._strays.setdefault(path, []).append(number)
            return
        receipt = item.get("receipt")
        is_asked = is_chosen or (isinstance(receipt, dict) and self._is_wanted(receipt))
        self._asked[path] = is_asked or self._asked.get(path, False)
        if not isinstance(receipt, dict):
            return
        if is_chosen and isinstance(said := item.get("text_digest"), str) and said != _digest(item):
            self.changed.append(f"{path}:{number}, {shown(str(item.get('id')))}")
        if is_asked:
            self.absent.update(self._absent(receipt) | self._absent_photos(item))

    def _absent(self, receipt: dict[str, Any]) -> set[str]:
        """Names of the files that are not there, of those that a receipt leads into."""
        names = [part.get("warc") for part in (receipt, _newest(receipt))]
        return {warc for warc in names if isinstance(warc, str) and warc not in self._there}

    def _absent_photos(self, item: dict[str, Any]) -> set[str]:
        """The same of the photographs of an article, without those that were not asked for."""
        photos = item.get("photos")
        found: set[str] = set()
        for photo in photos if isinstance(photos, list) else ():
            receipt = photo.get("receipt") if isinstance(photo, dict) else None
            if isinstance(receipt, dict) and (self.with_requisites or self._is_wanted(receipt)):
                found |= self._absent(receipt)
        return found

    def _is_wanted(self, receipt: dict[str, Any]) -> bool:
        """Whether a capture in a file that is gone would have been chosen, as far as its name and a receipt tell."""
        asked, captured = self.selection, _newest(receipt)
        is_of_spider = asked.spider is None or str(captured.get("warc")).startswith(f"{asked.spider}-")
        return is_of_spider and not (asked.run or asked.crawl) and asked.wants_date(str(captured.get("date")))

    def sentences(self, package: str) -> Iterator[str]:
        """What a person has to know of the package, and what to do."""
        for warc in sorted(self.absent):
            articles = counted(self.absent[warc], "article")
            leads = f"{articles} {'leads' if self.absent[warc] == 1 else 'lead'} into it"
            lacks = f"{package} lacks what it held; {RESTORE} and make another package"
            yield f"{self.folder / shown(warc)} is not there, and {leads}, so {lacks}."
        # Beside articles that were not asked for, it was one of them.
        asked = (path for path in self._strays if self._asked.get(path, True))
        if strays := [f"{path}:{number}" for path in asked for number in self._strays[path]]:
            lines, holds = counted(len(strays), "line"), "holds" if len(strays) == 1 else "hold"
            what = f"{lines} of articles {holds} no article in JSON ({_some(strays)})"
            yield f"{what} and {'is' if len(strays) == 1 else 'are'} left out of {package}; {_REMEDY}."
        if self.changed:
            lines, were = counted(len(self.changed), "line"), "was" if len(self.changed) == 1 else "were"
            why = f"title and text do not give the text_digest ({_some(self.changed)})"
            yield f"{lines} of articles in {package} {were} altered: {why}; {_REMEDY}."


def _newest(receipt: dict[str, Any]) -> dict[str, Any]:
    """The part of a receipt that is of the capture itself: its revisit, when it has one."""
    revisit = receipt.get("revisit")
    return revisit if isinstance(revisit, dict) else receipt


def _digest(item: dict[str, Any]) -> str | None:
    """The digest of title and text; null when they are none."""
    title, body = item.get("title"), item.get("body")
    if not all(part is None or isinstance(part, str) for part in (title, body)):
        return None
    return text_digest(title, body)


def _some(places: list[str]) -> str:
    more = len(places) - 3
    return "; ".join(places[:3]) + (f"; and {counted(more, 'more', 'more')}" if more > 0 else "")
