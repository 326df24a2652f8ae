"""``scrapy verify``: proves every article by its receipt, or names what does not hold."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand

from kcnacrawl.archive import ArchiveError

if TYPE_CHECKING:
    from kcnacrawl.archive.lines import Line


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
        from kcnacrawl.archive.lines import article_files, read_lines
        from kcnacrawl.archive.verify import Verifier

        assert self.settings is not None
        folder = Path(self.settings.get("ARTICLES_DIR", "output/articles"))
        verifier = Verifier(Path(self.settings.get("WARC_DIR", "output/warc")))
        found = 0
        try:
            for line in read_lines([Path(name) for name in args] or article_files(folder)):
                if not _wanted(line, opts.id):
                    continue
                for finding in verifier.check(line):
                    found += 1
                    print(finding)
            if opts.id and not verifier.checked:
                raise ArchiveError(f"No article has the id {opts.id}.")
        except ArchiveError as error:
            print(f"scrapy verify: {error}", file=sys.stderr)
            self.exitcode = 1
            return
        print(f"{verifier.checked} articles checked, {found} findings.")
        self.exitcode = 1 if found else 0


def _wanted(line: Line, identity: str | None) -> bool:
    return identity is None or (line.item is not None and line.item["id"] == identity)
