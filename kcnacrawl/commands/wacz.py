"""``scrapy wacz``: a package of the archive, or of a part of it, that replay tools load."""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import UsageError

from kcnacrawl.archive import ArchiveError
from kcnacrawl.bars import progress_bars
from kcnacrawl.command import ProjectCommand, refuse_output
from kcnacrawl.counted import counted

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    from kcnacrawl.archive.wacz.contents import Gathered
    from kcnacrawl.archive.wacz.package import Made, Wanted
    from kcnacrawl.archive.wacz.plan import Plan
    from kcnacrawl.archive.wacz.selection import Selection


class Command(ProjectCommand):
    def short_desc(self) -> str:
        return "Package the archive, or a part of it, as WACZ"

    def long_desc(self) -> str:
        return (
            "Write a package to WACZ_DIR, or to the file named with -o. When one in WACZ_DIR holds just the same "
            "already, no other is written there. In place of a damaged file its repaired copy is taken, which "
            "`scrapy mend FILE` makes."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="FILE.wacz", help="write to this new file (default: in WACZ_DIR)")
        parser.add_argument("--spider", metavar="NAME", help="only what this spider captured")
        parser.add_argument("--from", dest="since", metavar="DAY", help="only captures from this day on, UTC")
        parser.add_argument("--to", dest="until", metavar="DAY", help="only captures to this day, UTC, it included")
        parser.add_argument("--run", metavar="ID", help="only what this run captured")
        parser.add_argument("--crawl", metavar="ID", help="only what this crawl captured, in all its runs")
        parser.add_argument("--title", metavar="TEXT", help="title of the package")
        parser.add_argument("--description", metavar="TEXT", help="description of the package")
        parser.add_argument(
            "--no-requisites", action="store_true", help="leave out style sheets and images that were captured earlier"
        )
        parser.add_argument(
            "--skip-damaged",
            action="store_true",
            help="leave damaged files out, say which in the package and end with status 1; without it they stop it",
        )
        parser.add_argument("--no-text", action="store_true", help="leave the texts for full-text search out")
        parser.add_argument("--sign", action="store_true", help="sign it with a key made for it alone")
        parser.add_argument("--key", metavar="FILE", help="sign it with this key, which is made when it is missing")

    def perform(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            raise UsageError(f"What is {args[0]!r}? The package is chosen by options.", print_help=False)
        if opts.output is not None and not opts.output.endswith(".wacz"):
            raise UsageError(f"{opts.output} must end in .wacz: that is what packages are told by.", print_help=False)
        refuse_output(opts.output)
        refuse_output(opts.key, "--key")
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.wacz.selection import Selection

        since, until = _day("--from", opts.since), _day("--to", opts.until)
        if since and until and since > until:
            raise UsageError(f"--from {since} is after --to {until}.", print_help=False)
        selection = Selection(spider=opts.spider, since=since, until=until, run=opts.run, crawl=opts.crawl)
        self._package(selection, opts)

    def _package(self, selection: Selection, opts: argparse.Namespace) -> None:
        from kcnacrawl.archive.wacz.contents import gather
        from kcnacrawl.archive.wacz.plan import make_plan
        from kcnacrawl.archive.wacz.scratch import Scratch

        wanted = self._wanted(selection, opts)
        with Scratch() as scratch:
            with progress_bars() as bars:
                plan = make_plan(
                    Path(self._get("WARC_DIR")),
                    selection,
                    scratch,
                    self.tell,
                    crawls_back=None if opts.no_requisites else int(self._get("WARC_RENEW_RUNS")),
                    skip_damaged=opts.skip_damaged,
                    progress=bars,
                    lost=self.complain,
                )
            gathered = gather(plan, wanted)
            name = self._write(plan, wanted, gathered, opts)
            lacking = list(_lacking(plan, name))
        for sentence in (*lacking, *gathered.suspects.sentences(name)):
            self.complain(ArchiveError(sentence))
        if plan.damaged.left_out:
            count = len(plan.damaged.left_out)
            self.complain(ArchiveError(f"{count} damaged file{'s were' if count != 1 else ' was'} left out of {name}."))

    def _write(self, plan: Plan, wanted: Wanted, gathered: Gathered, opts: argparse.Namespace) -> str:
        """Write the package, unless one of the same is there already; its name."""
        from kcnacrawl.archive.wacz.same import same_package

        instant = datetime.now(UTC)
        if opts.output is not None:
            names = iter([Path(opts.output)])
        else:
            folder, beginning = Path(self._get("WACZ_DIR")), _beginning(plan, wanted.selection)
            with progress_bars() as bars:
                same = same_package(folder, beginning, gathered.contents_hash, self.tell, bars)
            if same is not None:
                self.tell(f"{same} holds just this already, so no other is made; -o FILE makes one all the same.")
                return str(same)
            names = numbered(folder / f"{beginning}{instant:%Y%m%d%H%M%S}.wacz")
        name, made = _write(plan, wanted, gathered, names, instant)
        print(f"{name}: {_summary(made)}", file=sys.stderr)
        if wanted.key is not None:
            print(f"{name}: {_signed(wanted.key, opts.key)}", file=sys.stderr)
        return str(name)

    def _wanted(self, selection: Selection, opts: argparse.Namespace) -> Wanted:
        from kcnacrawl.archive.wacz.package import Wanted
        from kcnacrawl.archive.wacz.signing import new_key, own_key

        if opts.key and not Path(opts.key).exists():
            self.tell(f"{opts.key} is not there, so a new key is made in it; whoever has it can sign in your name.")
        key = own_key(Path(opts.key)) if opts.key else new_key() if opts.sign else None
        return Wanted(
            selection=selection,
            articles=Path(self._get("ARTICLES_DIR")),
            changes=Path(self._get("CHANGES_DIR")),
            title=opts.title,
            description=opts.description,
            with_text=not opts.no_text,
            key=key,
            keeps_key=bool(opts.key),
        )

    def _get(self, name: str) -> Any:
        assert self.settings is not None
        return self.settings[name]


def _day(option: str, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise UsageError(f"{option} {value} is no day; write it like 2026-11-23.", print_help=False) from error


def numbered(path: Path) -> Iterator[Path]:
    """The path, and names like it, for packages of the same second."""
    yield path
    yield from (path.with_stem(f"{path.stem}-{number}") for number in itertools.count(2))


def _beginning(plan: Plan, selection: Selection) -> str:
    """``<spider>-<selection>-``, which the time follows; ``archive`` in the spider's place when it is of several."""
    spiders = sorted(filter(None, plan.spiders))
    return f"{spiders[0] if len(spiders) == 1 else 'archive'}-{selection.name}-"


def _lacking(plan: Plan, name: str) -> Iterator[str]:
    """That originals are missing, if they are, and what to do."""
    if plan.unresolved:
        first, last = plan.scratch.missing_dates()
        span = f"at {first}" if first == last else f"from {first} to {last}"
        records = counted(plan.unresolved, "record")
        yield (
            f"{records} that revisits in {name} refer to {'is' if plan.unresolved == 1 else 'are'} in no file of "
            f"{plan.folder}, so their pages cannot be seen in it; bring back{f' what was being written {span}'} from a "
            "copy and make another package."
        )


def _signed(key: EllipticCurvePrivateKey, path: str | None) -> str:
    from kcnacrawl.archive.wacz.signing import key_hash

    which = f"the key in {path}" if path else "a key made for it alone"
    return f"signed with {which}; public key {key_hash(key)}."


def _write(
    plan: Plan, wanted: Wanted, gathered: Gathered, names: Iterator[Path], instant: datetime
) -> tuple[Path, Made]:
    """Write the package to a file with the first name that is free."""
    from kcnacrawl.archive.output import open_first
    from kcnacrawl.archive.wacz.package import write_package

    with open_first(names) as (path, output), progress_bars() as plan.progress:
        return path, write_package(plan, wanted, gathered, output, instant)


def _summary(made: Made) -> str:
    parts = [counted(made.files, "WARC file"), counted(made.captures, "line of index", "lines of index")]
    parts.append(f"{counted(made.pages, 'page')}, {made.articles:,} of them articles")
    if made.originals:
        parts.append(f"{counted(made.originals, 'original of a revisit', 'originals of revisits')} from other files")
    if made.requisites:
        parts.append(f"{counted(made.requisites, 'earlier capture')} that its pages need")
    return "; ".join(parts) + "."
