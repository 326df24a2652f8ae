"""``scrapy reextract``: the articles of a crawl again, from its WARC files alone."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from kcnacrawl.bars import progress_bars
from kcnacrawl.command import ProjectCommand, refuse_output

if TYPE_CHECKING:
    from kcnacrawl.archive.reextract import Summary


class Command(ProjectCommand):
    def syntax(self) -> str:
        return "[options] <WARC file or folder of them> …"

    def short_desc(self) -> str:
        return "Write the articles of WARC files as JSON Lines, without network"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="FILE", help="write to this new file instead of standard output")
        parser.add_argument("--processes", type=int, metavar="N", help="use so many instead of all cores")

    def perform(self, args: list[str], opts: argparse.Namespace) -> None:
        if not args:
            raise UsageError("Name WARC files, or a folder of them.", print_help=False)
        if opts.processes is not None and opts.processes < 1:
            raise UsageError(f"--processes is {opts.processes}; it must be at least 1.", print_help=False)
        refuse_output(opts.output)
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.named import expand
        from kcnacrawl.archive.reextract import Summary, readable
        from kcnacrawl.archive.unclosed import closed_warcs

        lost: list[str] = []
        summary = Summary()
        closed = partial(closed_warcs, tell=self.tell, lost=lambda error: lost.append(str(error)))
        named = expand(map(Path, args), closed, lambda error: lost.append(str(error)))
        if paths := readable(named, lost):
            self._write(paths, opts, summary)
        for sentence in lost + summary.unreadable + summary.damages + summary.lost:
            self.tell(sentence)
        if paths:
            print(summary, file=sys.stderr)
        self.exitcode = 1 if lost or summary.damages or summary.lost else 0

    def _write(self, paths: list[Path], opts: argparse.Namespace, summary: Summary) -> None:
        from kcnacrawl.archive.mapped import size_of
        from kcnacrawl.archive.output import open_output
        from kcnacrawl.archive.reader import find_file
        from kcnacrawl.archive.reextract import reextract

        total = sum(size_of(find_file(path)) for path in paths)
        with open_output(opts.output) as output, progress_bars() as bars:
            progress = partial(bars, "Reading", total=total)
            for line in reextract(paths, summary, opts.processes, progress=progress):
                output.write(line)
