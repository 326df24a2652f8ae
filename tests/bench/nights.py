"""Bytes stored for a site that is crawled three nights while 2 % of its articles change each night.

``python -m tests.bench.nights``: this project as it comes, the same storing everything, and wget with the same list.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from kcnacrawl.replica import Replica
from tests.bench import machine
from tests.bench.report import goal, goal_table
from tests.bench.rounds import environment

NIGHTS = 3
CHANGED = 0.02

Night = Callable[[Replica, Path], None]


def crawl(site: Replica, folder: Path, *settings: str) -> None:
    """One night of ``scrapy crawl`` in a folder."""
    options = [part for setting in ("DOWNLOAD_DELAY=0", "LOG_LEVEL=ERROR", *settings) for part in ("-s", setting)]
    env = environment() | {"SCRAPY_SETTINGS_MODULE": "kcnacrawl.settings"}
    command = [sys.executable, "-m", "scrapy", "crawl", "kcnawatch", "-a", f"base_url={site.url}", *options]
    subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)


def crawl_all(site: Replica, folder: Path) -> None:
    """One night that knows nothing of the nights before."""
    night = folder / str(len(list(folder.iterdir())))
    night.mkdir()
    crawl(site, night, "WARC_DEDUP=False")


def wget(site: Replica, folder: Path) -> None:
    """One night of wget over everything that the project fetched on its first."""
    night = len(list(folder.glob("*.warc.gz")))
    command = ["wget", "--no-config", "-q", "-i", str(folder.parent / "urls.txt"), "-O", "/dev/null"]
    # wget ends with 8 when the server answered an error, as the site does for pages it has not.
    done = subprocess.run([*command, f"--warc-file={folder / str(night)}"], check=False)
    assert done.returncode in (0, 8), done.returncode


WAYS: dict[str, Night] = {"this project": crawl, "this project, everything stored": crawl_all, "wget --warc-file": wget}


def warc_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.warc.gz"))


def nights(site: Replica, folder: Path) -> Iterator[dict[str, int]]:
    """Bytes that each way stored, night by night."""
    articles = list(site.paths())
    for name in WAYS:
        (folder / name).mkdir()
    for night in range(NIGHTS):
        step = round(1 / CHANGED)
        site.behave()
        for before in range(1, night + 1):
            site.amend(f"Amended in night {before}.", *articles[before::step])
        stored = {}
        for name, way in WAYS.items():
            before = warc_bytes(folder / name)
            way(site, folder / name)
            stored[name] = warc_bytes(folder / name) - before
            if not night and way is crawl:
                asked = dict.fromkeys(seen.target for seen in site.requests if seen.target != "/robots.txt")
                (folder / "urls.txt").write_text("".join(f"{site.url}{target}\n" for target in asked), "utf-8")
        yield stored


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.nights", description=__doc__)
    parser.add_argument("--articles", type=int, default=300, help="articles of the site (default: 300)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kcnacrawl-bench-") as name, Replica(articles=options.articles) as site:
        found = list(nights(site, Path(name)))
    print(
        f"{options.articles} articles with photos and theme, {CHANGED:.0%} changed each night; {machine.describe()}.\n"
    )
    print("| MB stored | " + " | ".join(f"night {night}" for night in range(1, NIGHTS + 1)) + " |")
    print("|---|" + "--:|" * NIGHTS)
    for way in WAYS:
        print(f"| {way} | " + " | ".join(f"{stored[way] / 1e6:.2f}" for stored in found) + " |")
    share = found[-1]["this project"] / found[0]["this project"]
    print("", goal_table([goal("third night at most 5 % of the first", share, "{:.1%}", at_most=0.05)]), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
