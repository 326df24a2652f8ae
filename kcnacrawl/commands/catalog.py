"""``scrapy catalog``: what the archive holds; its index compared with the bytes, brought up to date, made anew."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from kcnacrawl.bars import progress_bars
from kcnacrawl.catalog import CatalogError
from kcnacrawl.command import ProjectCommand
from kcnacrawl.counted import counted

if TYPE_CHECKING:
    from kcnacrawl.archive.output import Output


class Command(ProjectCommand):
    def syntax(self) -> str:
        return "[options] [check | update | rebuild]"

    def short_desc(self) -> str:
        return "Tell what the archive holds; check its index, bring it up to date, make it anew"

    def long_desc(self) -> str:
        return (
            "Alone: tell what the catalog, the index of the archive, knows, and how the WARC files differ from it. "
            "check: compare each of its rows with the bytes. Neither changes anything. update: mend what dead runs "
            "left open, index what is new, note what is gone, as each crawl does. rebuild: make it from the WARC files "
            "alone, and so forget what was removed on purpose. Exit status 1: files are gone, or changed."
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> None:
        verbs = {"": self._show, "check": self._check, "update": self._update, "rebuild": self._rebuild}
        if len(args) > 1 or (args and args[0] not in verbs):
            raise UsageError("Say nothing, `check`, `update` or `rebuild`.", print_help=False)
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.output import open_output

        assert self.settings is not None
        path = Path(self.settings.get("CATALOG", "output/catalog.db"))
        folder = Path(self.settings.get("WARC_DIR", "output/warc"))
        if not path.exists() and not folder.exists():
            raise CatalogError(f"There is neither {path} nor {folder}; a crawl makes both.")
        with open_output() as output:
            verbs["".join(args)](path, folder, output)

    def _show(self, path: Path, folder: Path, output: Output, told: Collection[str] = ()) -> None:
        from kcnacrawl.catalog.account import account
        from kcnacrawl.catalog.differences import find_differences
        from kcnacrawl.catalog.looking import UPDATE, look_into

        with look_into(path) as catalog:
            for line in account(catalog):
                output.print(line)
            differences = find_differences(catalog, folder)
        for sentence in differences.sentences():
            if sentence not in told:
                self.tell(sentence)
        if differences.are_there:
            self.tell(f"Nothing was changed: {UPDATE}.")
        self.exitcode = 1 if differences.are_losses else self.exitcode

    def _update(self, path: Path, folder: Path, output: Output) -> None:
        from kcnacrawl.catalog.opening import open_catalog

        if not folder.is_dir():
            raise CatalogError(f"{folder} is no folder; it would be on record that all its files are gone.")
        # Once they are indexed anew, nothing tells that closed files were changed.
        self.exitcode = 1 if _are_changed(path, folder) else 0
        told: list[str] = []

        def notify(sentence: str) -> None:
            told.append(sentence)
            self.tell(sentence)

        with progress_bars() as bars:
            open_catalog(path, folder, notify=notify, progress=partial(bars.reach, "Reading")).close()
        self._show(path, folder, output, told)

    def _rebuild(self, path: Path, folder: Path, output: Output) -> None:
        from kcnacrawl.catalog.rebuilding import rebuild_catalog

        if not folder.is_dir():
            raise CatalogError(f"{folder} is no folder; there is nothing to make a catalog from.")
        with progress_bars() as bars:
            rebuild_catalog(path, folder, notify=self.tell, progress=partial(bars.reach, "Reading"))
        self._show(path, folder, output)

    def _check(self, path: Path, folder: Path, output: Output) -> None:
        from kcnacrawl.catalog.comparing import Comparison
        from kcnacrawl.catalog.looking import look_into

        found = 0
        with look_into(path) as catalog, progress_bars() as bars:
            comparison = Comparison(catalog, folder)
            for finding in comparison.findings(partial(bars.reach, "Comparing")):
                found += 1
                bars.print(finding, output)
        compared = f"{counted(comparison.captures, 'capture')} in {counted(comparison.files, 'file')}"
        agree = "agrees" if comparison.captures == 1 else "agree"
        output.print(f"{compared} {agree}, {counted(found, 'finding')}.")
        self.exitcode = 1 if found else 0


def _are_changed(path: Path, folder: Path) -> bool:
    """Whether closed files have other sizes than the catalog says; one that has to be made anew does not tell."""
    from kcnacrawl.catalog.differences import find_differences
    from kcnacrawl.catalog.looking import look_into

    with suppress(CatalogError), look_into(path) as catalog:
        return bool(find_differences(catalog, folder).changed)
    return False
