"""``python -m tests.bench``: serves pages, runs the contenders in turn, prints tables in Markdown."""

from __future__ import annotations

import argparse
import gzip
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kcnacrawl.replica import Replica
from tests.bench import machine
from tests.bench.contenders import CONTENDERS, Contender, Work
from tests.bench.report import Figures, comparison, figures, goal_table, goals
from tests.bench.rounds import Outcome, RunError, alternate, attempt, read_again
from tests.bench.server import GZIP, ServerError, nginx

TEN_TIMES = 10
"""How much larger the crawl is that shows whether memory grows."""


def main() -> int:
    """Run the benchmark; exit status 1 when a contender did not do its work."""
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="kcnacrawl-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            print(bench(folder, options))
        except (RunError, ServerError) as error:
            print(f"bench: {error}", file=sys.stderr)
            return 1
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--pages", type=int, default=2000, help="article pages (default: 2000)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each contender (default: 3)")
    parser.add_argument("--gzip", choices=GZIP, default="off", help="coding of the pages as served (default: off)")
    parser.add_argument("--only", default="", help="letters of contenders, such as bc; no table of goals then")
    parser.add_argument("--no-large", action="store_true", help="leave out the crawl of ten times the pages")
    return parser.parse_args()


def bench(folder: Path, options: argparse.Namespace) -> str:
    """Make the pages, run everything, give back the report."""
    large = not (options.no_large or options.only)
    pages, state = folder / "pages", folder / "nginx"
    state.mkdir()
    tell(f"writing {options.pages * (TEN_TIMES if large else 1):,} pages")
    size, paths = write_pages(pages, options.pages * (TEN_TIMES if large else 1), compressed=options.gzip == "static")
    chosen = [it for it in CONTENDERS if not options.only or it.key in options.only]
    with nginx(pages, state, options.gzip, root=os.geteuid() == 0) as site:
        work = make_work(folder, site, paths[: options.pages])
        measured = compare(chosen, work, options.pages, options.rounds)
        titles = {it.key: it.title for it in CONTENDERS}
        tables = [heading(options, size), comparison(titles, measured) if "a" in measured else plain(measured)]
        if not options.only:
            reread = figures([reread_once(work, options.pages) for _ in range(options.rounds)])
            grown = figures([run_large(folder, site, paths)]) if large else None
            tables.append(goal_table(goals(measured, grown, reread)))
    return "\n\n".join(tables)


def compare(chosen: Sequence[Contender], work: Work, pages: int, rounds: int) -> dict[str, Figures]:
    outcomes: dict[str, list[Outcome]] = {it.key: [] for it in chosen}
    for key, outcome in alternate(chosen, work, pages, rounds):
        outcomes[key].append(outcome)
        tell(f"({key}) {outcome.cpu:.2f} CPU s per 1,000 pages, {outcome.usage.peak / 1e6:.0f} MB")
    return {key: figures(its) for key, its in outcomes.items()}


def reread_once(work: Work, pages: int) -> Outcome:
    """Crawl with archive, then re-extract that archive."""
    attempt(next(it for it in CONTENDERS if it.key == "b"), work, pages)
    outcome = read_again(work, pages)
    tell(f"(reextract) {1000 / outcome.cpu:,.0f} articles per CPU second")
    return outcome


def run_large(folder: Path, site: str, paths: Sequence[str]) -> Outcome:
    outcome = attempt(next(it for it in CONTENDERS if it.key == "b"), make_work(folder, site, paths), len(paths))
    tell(f"(b, {len(paths):,} pages) {outcome.cpu:.2f} CPU s per 1,000 pages, {outcome.usage.peak / 1e6:.0f} MB")
    return outcome


def write_pages(folder: Path, count: int, *, compressed: bool) -> tuple[float, list[str]]:
    """Mean size in bytes and paths of the article pages written."""
    paths = Replica(articles=count).write_static(folder, pages=count)
    size = 0
    for page in folder.glob("newstream/**/index.html"):
        size += page.stat().st_size
        if compressed:
            compress(page)
    return size / count, paths


def compress(page: Path) -> None:
    """Write what ``gzip_static`` of nginx serves in place of the page."""
    page.with_name("index.html.gz").write_bytes(gzip.compress(page.read_bytes(), 9, mtime=0))


def make_work(folder: Path, site: str, paths: Sequence[str]) -> Work:
    urls = folder / f"urls-{len(paths)}.txt"
    urls.write_text("".join(f"{site}{path}\n" for path in paths), "utf-8")
    return Work(urls=urls, site=site, folder=folder / "work")


def heading(options: argparse.Namespace, size: float) -> str:
    return (
        f"{options.pages:,} pages of {size / 1000:.1f} kB, gzip {options.gzip}, "
        f"medians of {options.rounds} rounds in turn; {machine.describe()}. "
        "(a), (b), (c): 8 requests at once, no delay; wget: one. (b) and (c) obey robots.txt. "
        "CPU is user and system time of the program with its start-up, without the server's."
    )


def plain(measured: dict[str, Figures]) -> str:
    return "\n".join(f"({key}) {it}" for key, it in measured.items())


def tell(sentence: str) -> None:
    print(f"bench: {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
