"""``scrapy mend``: closes WARC files that dead runs left open, cut to what is whole in them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from kcnacrawl.archive import ArchiveError
from kcnacrawl.command import ProjectCommand

if TYPE_CHECKING:
    from kcnacrawl.archive.output import Output


class Command(ProjectCommand):
    def syntax(self) -> str:
        return "[options] [FILE or folder …]"

    def short_desc(self) -> str:
        return "Close WARC files that dead runs left open (default: all in WARC_DIR)"

    def long_desc(self) -> str:
        return (
            "Cuts each file that a dead run left open to the last whole record and capture and gives it its final "
            "name; a folder stands for all such files in it. A file that is closed already is never changed: of a "
            "damaged one a copy of its whole records is made, FILE.repaired, which `scrapy wacz` takes in its place."
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.output import open_output

        assert self.settings is not None
        folder = Path(self.settings.get("WARC_DIR", "output/warc"))
        if not args and not folder.is_dir():
            raise ArchiveError(f"There is no folder {folder}.")
        self.exitcode = 0
        with open_output() as output:
            for path in map(Path, args) if args else (folder,):
                try:
                    self._mend(path, output)
                except ArchiveError as error:
                    self.complain(error)

    def _mend(self, path: Path, output: Output) -> None:
        from kcnacrawl.archive.mend import mend, mend_dead

        found = False
        for mended in mend_dead(path) if path.is_dir() else (mend(path),):
            found = True
            output.print(mended.sentence)
            output.flush()  # it is done, whatever comes
            if not mended.whole:
                self.exitcode = 1
        if not found:
            output.print(f"No dead run left a file open in {path}.")
