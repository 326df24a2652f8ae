"""``scrapy cdxj``: the index of the archive, or of named WARC files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from kcnacrawl.archive import ArchiveError
from kcnacrawl.bars import progress_bars
from kcnacrawl.command import ProjectCommand, refuse_output
from kcnacrawl.counted import counted

if TYPE_CHECKING:
    from kcnacrawl.archive.cdxj import Updated

BLOCKS = ".cdx.gz"


class Command(ProjectCommand):
    def syntax(self) -> str:
        return "[options] [WARC file or folder of them …]"

    def short_desc(self) -> str:
        return "Index the archive (CDXJ): what is new in WARC_DIR into CDXJ_DIR, or named WARC files"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "-o", "--output", metavar="FILE", help="of named files: write to this new file instead of standard output"
        )
        parser.add_argument(
            "--zipnum", action="store_true", help="write an index in compressed blocks (.cdx.gz and .idx)"
        )
        parser.add_argument(
            "--anew", action="store_true", help="make the index of the archive from all its files again"
        )
        parser.add_argument(
            "--no-post",
            dest="post",
            action="store_false",
            help="of named files: give answers to POST and the like the key of the page at that address",
        )
        parser.add_argument("--processes", type=int, metavar="N", help="use so many instead of all cores")

    def perform(self, args: list[str], opts: argparse.Namespace) -> None:
        _check_usage(args, opts)
        refuse_output(opts.output)
        self.exitcode = 0
        if args:
            self._index_files(map(Path, args), opts)
        else:
            self._update(opts)

    def _index_files(self, named: Iterable[Path], opts: argparse.Namespace) -> None:
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.cdxj import sorted_lines, write_zipnum
        from kcnacrawl.archive.cdxj.many import readable
        from kcnacrawl.archive.mapped import size_of
        from kcnacrawl.archive.named import expand
        from kcnacrawl.archive.output import open_output
        from kcnacrawl.archive.reader import find_file
        from kcnacrawl.archive.unclosed import closed_warcs

        closed = partial(closed_warcs, tell=self.tell, lost=self.complain)
        paths = [find_file(path) for path in readable(expand(named, closed, self.complain), self.complain)]
        if not paths:
            return
        total = sum(map(size_of, paths))
        with progress_bars(beside_lines=opts.output is None) as bars:
            lines = sorted_lines(
                paths,
                on_damage=self.complain,
                post=opts.post,
                processes=opts.processes,
                progress=partial(bars, "Indexing", total=total),
            )
            with open_output(opts.output) as output:
                if opts.zipnum:
                    with open_output(opts.output.removesuffix(BLOCKS) + ".idx") as idx:
                        write_zipnum(lines, output, idx, name=Path(opts.output).name)
                else:
                    for line in lines:
                        output.write(line)

    def _update(self, opts: argparse.Namespace) -> None:
        from kcnacrawl.archive.cdxj import IndexFolder
        from kcnacrawl.archive.named import require_folder
        from kcnacrawl.archive.unclosed import tell_left_out

        assert self.settings is not None
        warcs = Path(self.settings.get("WARC_DIR", "output/warc"))
        require_folder(warcs)
        folder = IndexFolder(
            warcs,
            Path(self.settings.get("CDXJ_DIR", "output/cdxj")),
            zipnum=opts.zipnum,
            zipnum_from=self.settings.getint("CDXJ_ZIPNUM_BYTES"),
            processes=opts.processes,
        )
        total = folder.new_bytes(anew=opts.anew)
        with progress_bars() as bars:
            updated = folder.update(anew=opts.anew, progress=partial(bars, "Indexing", total=total))
        tell_left_out(warcs, [warcs / name for name in updated.waiting], self.tell, self.complain)
        for sentence in (*updated.losses(warcs), *updated.damages):
            self.complain(ArchiveError(sentence))
        print(_summary(updated), file=sys.stderr)


def _summary(updated: Updated) -> str:
    gone = f", {len(updated.gone)} gone" if updated.gone else ""
    return f"{counted(len(updated.made), 'file')} indexed, {updated.kept} known already{gone}: {updated.path}"


def _check_usage(args: list[str], opts: argparse.Namespace) -> None:
    if opts.processes is not None and opts.processes < 1:
        raise UsageError(f"--processes is {opts.processes}; it must be at least 1.", print_help=False)
    if not args and (opts.output or not opts.post):
        raise UsageError(
            "-o and --no-post are for named files; the archive's index goes to CDXJ_DIR.", print_help=False
        )
    if args and opts.anew:
        raise UsageError("--anew is for the index of the archive; named files are always read.", print_help=False)
    if args and opts.zipnum and not (opts.output or "").endswith(BLOCKS):
        raise UsageError(f"--zipnum writes two files; name the first with -o, ending in {BLOCKS}.", print_help=False)
