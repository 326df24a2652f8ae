"""``scrapy verify``: proves everything the archive holds, or names what does not hold."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from kcnacrawl.archive import ArchiveError
from kcnacrawl.bars import progress_bars
from kcnacrawl.command import ProjectCommand
from kcnacrawl.counted import counted

if TYPE_CHECKING:
    from kcnacrawl.archive.kinds import Targets
    from kcnacrawl.archive.lint.finding import Finding
    from kcnacrawl.archive.output import Output
    from kcnacrawl.bars import Bars


_HASH = re.compile(r"(?i:sha256:)?[0-9a-fA-F]{64}")


class Command(ProjectCommand):
    def syntax(self) -> str:
        return "[options] [FILE or folder …]"

    def short_desc(self) -> str:
        return "Prove WARC files, indexes, packages and articles, or the chain of manifests"

    def long_desc(self) -> str:
        return (
            "Check all files of the project, or just those named, or in the folders named: WARC files (.warc, "
            ".warc.gz, .open), indexes (.cdxj, .idx), packages (.wacz), articles (.jsonl), accounts and manifests of "
            "runs (.json). Each finding is a line: file, place, record, what is wrong, what to do."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--id", metavar="ID", help="only the article with this id")
        parser.add_argument("--notes", action="store_true", help="print also what breaks no rule")
        parser.add_argument("--chain", action="store_true", help="check the manifests of all runs and what they name")
        parser.add_argument("--head", metavar="HASH", help="with --chain: this manifest, noted earlier, must be in it")
        parser.add_argument("--signed-by", metavar="SHA256", help="packages must be signed with the key of this hash")
        parser.add_argument("--processes", type=int, metavar="N", help="use so many instead of all cores")

    def perform(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.processes is not None and opts.processes < 1:
            raise UsageError(f"--processes is {opts.processes}; it must be at least 1.", print_help=False)
        if opts.head and not opts.chain:
            raise UsageError("--head belongs to --chain.", print_help=False)
        if opts.signed_by and opts.chain:
            raise UsageError("--signed-by is about packages, which --chain does not check.", print_help=False)
        if opts.signed_by and not _HASH.fullmatch(opts.signed_by):
            clause = "it has 64 hexadecimal digits, as scrapy wacz --key prints it"
            raise UsageError(f"--signed-by {opts.signed_by} is no hash of a key; {clause}.", print_help=False)
        if opts.head and not _HASH.fullmatch(opts.head):
            clause = "it has 64 hexadecimal digits, as scrapy verify --chain prints it"
            raise UsageError(f"--head {opts.head} is no hash of a manifest; {clause}.", print_help=False)
        if opts.chain and (args or opts.id):
            raise UsageError("--chain checks all runs; name no file and no --id with it.", print_help=False)
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.output import open_output

        with open_output() as output:
            self.exitcode = self._chain(opts, output) if opts.chain else self._prove(args, opts, output)

    def _prove(self, args: list[str], opts: argparse.Namespace, output: Output) -> int:
        from kcnacrawl.archive.proof import Proof

        lost: list[ArchiveError] = []
        targets = self._targets(args, opts.id, lost)
        if opts.signed_by and not targets.packages:
            raise ArchiveError("--signed-by is about packages, and there is none among what is to be checked.")
        signed_by = f"sha256:{opts.signed_by[-64:].lower()}" if opts.signed_by else None
        proof = Proof(self._folder("WARC_DIR", "output/warc"), opts.processes, signed_by)
        with progress_bars() as bars:
            proof.progress = bars
            _print(proof.check(targets, opts.id), opts.notes, output, bars)
        for signed in proof.signed:
            print(signed, file=sys.stderr)  # no finding: standard output has a line for each of these
        lost += proof.lost
        for error in lost:
            self.complain(error)
        if opts.id and not proof.articles:
            raise ArchiveError(f"No article has the id {opts.id}.")
        if not lost or proof.articles or proof.counts.files:
            output.print(str(proof))
        return 1 if proof.levels["error"] or lost else 0

    def _targets(self, args: list[str], identity: str | None, lost: list[ArchiveError]) -> Targets:
        from kcnacrawl.archive.kinds import Targets, find_files, known_files, sort_files
        from kcnacrawl.archive.named import expand

        if args:
            return sort_files(expand(map(Path, args), known_files, lost.append))
        articles = self._folder("ARTICLES_DIR", "output/articles")
        warcs = self._folder("WARC_DIR", "output/warc")
        targets = find_files(
            warcs=warcs,
            articles=articles,
            indexes=self._folder("CDXJ_DIR", "output/cdxj"),
            packages=self._folder("WACZ_DIR", "output/wacz"),
            runs=self._folder("RUNS_DIR", "output/runs"),
        )
        if identity is not None:
            targets = Targets(articles=targets.articles)
        if not targets:
            raise ArchiveError(f"There is nothing to check: no WARC file in {warcs}, no .jsonl file in {articles}.")
        return targets

    def _chain(self, opts: argparse.Namespace, output: Output) -> int:
        from kcnacrawl.archive.chain import read_chain

        runs = self._folder("RUNS_DIR", "output/runs")
        chain = read_chain(runs, self._folder("WARC_DIR", "output/warc"))
        if chain.head is None and not chain.findings:
            raise ArchiveError(f"There is no manifest in {runs}.")
        errors = _print(chain.findings, opts.notes, output)
        with progress_bars() as bars:
            total = chain.size
            found = chain.files(lambda done: bars("Files", done, total))
            errors += _print(found, opts.notes, output, bars)
        errors += _print(chain.unnamed(), opts.notes, output)
        errors += _print(chain.without(opts.head) if opts.head else (), opts.notes, output)
        head = chain.head.sha256 if chain.head else "none"
        runs_in_it = counted(len(chain.manifests), "run")
        output.print(f"chain of {runs_in_it}, head sha256:{head}, {counted(errors, 'finding')}.")
        return 1 if errors else 0

    def _folder(self, setting: str, default: str) -> Path:
        assert self.settings is not None
        return Path(self.settings.get(setting, default))


def _print(findings: Iterable[Finding], notes: bool, output: Output, bars: Bars | None = None) -> int:
    """Print findings, above the bar if there is one; how many are no notes."""
    errors = 0
    for finding in findings:
        errors += finding.level == "error"
        if finding.level == "note" and not notes:
            continue
        if bars is not None:
            bars.print(str(finding), output)
        else:
            output.print(str(finding))
    return errors
