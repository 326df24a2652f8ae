"""``scrapy catalog``: what the archive holds; its index made anew, or compared with the bytes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from kcnacrawl.archive import ArchiveError
from kcnacrawl.catalog import CatalogError

if TYPE_CHECKING:
    from kcnacrawl.archive.output import Output
    from kcnacrawl.catalog.indexing import Progress


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[rebuild | check]"

    def short_desc(self) -> str:
        return "Tell what the archive holds; make its index anew, or check it"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args not in ([], ["rebuild"], ["check"]):
            raise UsageError("Say nothing, `rebuild` or `check`.", print_help=False)
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.output import complain, open_output

        assert self.settings is not None
        path = Path(self.settings.get("CATALOG", "output/catalog.db"))
        folder = Path(self.settings.get("WARC_DIR", "output/warc"))
        try:
            with open_output() as output:
                {"": self._show, "rebuild": self._rebuild, "check": self._check}["".join(args)](path, folder, output)
        except (ArchiveError, CatalogError) as error:
            complain("catalog", error)
            self.exitcode = 1

    def _show(self, path: Path, folder: Path, output: Output) -> None:
        from kcnacrawl.catalog import open_catalog
        from kcnacrawl.catalog.account import account

        if not path.exists() and not folder.exists():
            raise CatalogError(f"There is neither {path} nor {folder}; a crawl makes both.")
        catalog = open_catalog(path, folder, notify=tell)
        try:
            for line in account(catalog):
                output.print(line)
        finally:
            catalog.close()

    def _rebuild(self, path: Path, folder: Path, output: Output) -> None:
        from kcnacrawl.catalog.rebuilding import rebuild_catalog

        if not folder.is_dir():
            raise CatalogError(f"{folder} is no folder; there is nothing to make a catalog from.")
        with bar("Reading") as progress:
            rebuild_catalog(path, folder, notify=tell, progress=progress)
        self._show(path, folder, output)

    def _check(self, path: Path, folder: Path, output: Output) -> None:
        from kcnacrawl.catalog import open_catalog
        from kcnacrawl.catalog.comparing import Comparison

        if not path.exists():
            raise CatalogError(f"{path} does not exist.")
        catalog = open_catalog(path, folder, notify=tell)
        found = 0
        try:
            comparison = Comparison(catalog, folder)
            with bar("Comparing") as progress:
                for finding in comparison.findings(progress):
                    found += 1
                    output.print(finding)
        finally:
            catalog.close()
        output.print(f"{comparison.captures} captures in {comparison.files} files agree, {found} findings.")
        self.exitcode = 1 if found else 0


def tell(sentence: str) -> None:
    """Say on standard error what was found and done."""
    print(f"scrapy catalog: {sentence}", file=sys.stderr)


@contextmanager
def bar(what: str) -> Iterator[Progress]:
    """A progress bar on standard error while it is a terminal."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(console=console, disable=not console.is_terminal) as shown:
        task = shown.add_task(what, total=None)
        yield lambda read, total: shown.update(task, completed=read, total=total)
