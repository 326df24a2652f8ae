"""``scrapy mend``: closes WARC files that dead runs left open, cut to what is whole in them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from kcnacrawl.archive import ArchiveError

if TYPE_CHECKING:
    from kcnacrawl.archive.mend import Mended


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] [FILE.warc.gz.open …]"

    def short_desc(self) -> str:
        return "Close WARC files that dead runs left open (default: all in WARC_DIR)"

    def long_desc(self) -> str:
        return (
            "Cuts each file to the last whole record and capture and gives it its final name. A file that is closed "
            "already is never changed: a damaged one gets a copy of its whole records, FILE.repaired."
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if unknown := next((name for name in args if name.startswith("-")), None):
            raise UsageError(f"There is no option {unknown}.", print_help=False)
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.mend import mend_dead
        from kcnacrawl.archive.output import complain, open_output

        assert self.settings is not None
        folder = Path(self.settings.get("WARC_DIR", "output/warc"))
        self.exitcode = 0
        try:
            if not args and not folder.is_dir():
                raise ArchiveError(f"There is no folder {folder}.")
            with open_output() as output:
                found = False
                for mended in self._mend(map(Path, args)) if args else mend_dead(folder):
                    found = True
                    output.print(mended.sentence)
                    if not mended.whole:
                        self.exitcode = 1
                if not found and not args:
                    output.print(f"No dead run left a file open in {folder}.")
        except ArchiveError as error:
            complain("mend", error)
            self.exitcode = 1

    def _mend(self, paths: Iterable[Path]) -> Iterator[Mended]:
        from kcnacrawl.archive.mend import mend
        from kcnacrawl.archive.output import complain

        for path in paths:
            try:
                yield mend(path)
            except ArchiveError as error:
                complain("mend", error)
                self.exitcode = 1
