"""``scrapy verify``: proves every article by its receipt, or names what does not hold."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand

from kcnacrawl.archive import ArchiveError

if TYPE_CHECKING:
    from kcnacrawl.archive.lines import Line
    from kcnacrawl.archive.output import Output
    from kcnacrawl.archive.verify import Verifier


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] [FILE.jsonl …]"

    def short_desc(self) -> str:
        return "Prove articles by their archived bytes (default: all of ARTICLES_DIR)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--id", metavar="ID", help="only the article with this id")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.lines import article_files
        from kcnacrawl.archive.output import complain, open_output
        from kcnacrawl.archive.verify import Verifier

        assert self.settings is not None
        folder = Path(self.settings.get("ARTICLES_DIR", "output/articles"))
        verifier = Verifier(Path(self.settings.get("WARC_DIR", "output/warc")))
        try:
            with open_output() as output:
                self._check([Path(name) for name in args] or article_files(folder), verifier, opts.id, output)
        except ArchiveError as error:
            complain("verify", error)
            self.exitcode = 1

    def _check(self, paths: list[Path], verifier: Verifier, identity: str | None, output: Output) -> None:
        from kcnacrawl.archive.lines import read_lines
        from kcnacrawl.archive.output import OutputError, complain

        found = lost = 0
        for path in paths:
            try:
                for line in read_lines([path]):
                    for finding in verifier.check(line) if _wanted(line, identity) else ():
                        found += 1
                        output.print(finding)
            except OutputError:
                raise
            except ArchiveError as error:
                complain("verify", error)
                lost += 1
        self.exitcode = 1 if found or lost else 0
        if identity and not verifier.checked:
            raise ArchiveError(f"No article has the id {identity}.")
        if verifier.checked or not lost:
            output.print(f"{verifier.checked} articles checked, {found} findings.")


def _wanted(line: Line, identity: str | None) -> bool:
    return identity is None or (line.item is not None and line.item["id"] == identity)
