"""``scrapy reextract``: the articles of a crawl again, from its WARC files alone."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from kcnacrawl.archive import ArchiveError
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
        output = parser.add_mutually_exclusive_group()
        output.add_argument("-o", "--output", metavar="FILE", help="write to this new file instead of standard output")
        output.add_argument(
            "-O", "--overwrite-output", metavar="FILE", help="the same, in place of a file of this name that is there"
        )
        parser.add_argument(
            "--crawl", metavar="NAME", action="append", help="only the files of this crawl; may be given several times"
        )
        parser.add_argument("--processes", type=int, metavar="N", help="use so many instead of all cores")

    def perform(self, args: list[str], opts: argparse.Namespace) -> None:
        if not args:
            raise UsageError("Name WARC files, or a folder of them.", print_help=False)
        if opts.processes is not None and opts.processes < 1:
            raise UsageError(f"--processes is {opts.processes}; it must be at least 1.", print_help=False)
        refuse_output(opts.output)
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.anew import refuse_to_lose
        from kcnacrawl.archive.asked import files_of
        from kcnacrawl.archive.named import expand
        from kcnacrawl.archive.reextract import Summary, readable
        from kcnacrawl.archive.unclosed import closed_warcs, refuse_living

        lost: list[str] = []
        summary = Summary()
        if opts.overwrite_output:
            refuse_living(map(Path, args), opts.crawl or (), opts.overwrite_output)
        closed = partial(closed_warcs, tell=self.tell, lost=lambda error: lost.append(str(error)))
        paths = readable(expand(map(Path, args), closed, lambda error: lost.append(str(error))), lost)
        if opts.crawl:
            paths = files_of(opts.crawl, paths, lambda error: lost.append(str(error)))
        if opts.overwrite_output and paths:
            refuse_to_lose(Path(opts.overwrite_output), paths)
        failure: ArchiveError | None = None
        try:
            if paths:
                self._write(paths, opts, summary, lost)
        except IncompleteError as error:
            failure = error
        for sentence in lost + summary.unreadable + summary.damages + summary.lost:
            self.tell(sentence)
        if paths:
            print(summary, file=sys.stderr)
        if failure is not None:
            raise failure
        self.exitcode = 1 if lost or summary.damages or summary.lost else 0

    def _write(self, paths: list[Path], opts: argparse.Namespace, summary: Summary, lost: list[str]) -> None:
        from kcnacrawl.archive.mapped import size_of
        from kcnacrawl.archive.output import open_output
        from kcnacrawl.archive.reader import find_file
        from kcnacrawl.archive.reextract import reextract

        total = sum(size_of(find_file(path)) for path in paths)
        name = opts.overwrite_output or opts.output
        with (
            open_output(name, replace=bool(opts.overwrite_output)) as output,
            progress_bars(beside_lines=name is None) as bars,
        ):
            progress = partial(bars, "Reading", total=total)
            for line in reextract(paths, summary, opts.processes, progress=progress):
                output.write(line)
            if Path(opts.overwrite_output or "").is_file() and (lost or summary.damages or summary.lost):
                raise IncompleteError(
                    f"{name} is left as it is, as not everything could be read; -o writes what could."
                )


class IncompleteError(ArchiveError):
    """A file that is there would have given way to one that may lack something."""
