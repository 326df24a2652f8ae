"""``make demo``: serve the replica, run the real crawl against it, show what came of it."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from kcnacrawl.replica import Replica

QUIET = ("-s", "DOWNLOAD_DELAY=0", "-s", "LOG_LEVEL=WARNING")


def main() -> int:
    """Run the demonstration; the exit status is the crawl's."""
    parser = argparse.ArgumentParser(prog="python -m kcnacrawl.demo", description=__doc__)
    parser.add_argument("--articles", type=int, default=320, help="articles of the replica (default: 320)")
    count = parser.parse_args().articles
    with Replica(articles=count) as site:
        command = ["scrapy", "crawl", "kcnawatch", "-a", f"base_url={site.url}", *QUIET]
        print(f"A replica of KCNA Watch with {count} invented articles is served on {site.url}; crawling it:")
        print(f"\n  $ {' '.join(command)}\n", flush=True)
        status, was_stopped = crawl(command)
    if was_stopped:
        print("The replica has ended with its crawl, and the next one has another address: `make demo` begins again.")
        return status or 1
    run = newest(Path("output/runs"), "*-????.json")
    if run is None:
        print("The crawl left no run summary.", file=sys.stderr)
        return status or 1
    show(json.loads(run.read_text("utf-8")), run)
    return status


def crawl(command: list[str]) -> tuple[int, bool]:
    """Run a crawl to its end, also when Ctrl-C comes, which ends it as well; its status, and whether that came."""
    was_stopped = False
    with subprocess.Popen([sys.executable, "-m", *command]) as process:
        while True:
            try:
                return process.wait(), was_stopped
            except KeyboardInterrupt:
                was_stopped = True  # the crawl got it, too, and closes its files


def newest(folder: Path, pattern: str) -> Path | None:
    """The file written last."""
    return max(folder.glob(pattern), key=lambda path: path.stat().st_mtime, default=None)


def show(summary: dict[str, Any], run: Path) -> None:
    """Print what a first-time user wants to see: how many, what one looks like, where the rest is."""
    print(f"\n{summary['articles']} articles came out.")
    if not summary["articles_files"]:
        return
    (file,) = summary["articles_files"]
    article = example(Path(file))
    print("One line of the JSON Lines (long fields shortened here):\n")
    print(json.dumps(shortened(article), ensure_ascii=False))
    print("\nWhat was made:")
    print(f"  articles       {file}")
    warcs = " ".join(summary["warc"])
    print(f"  the bytes      {warcs}")
    print(f"  the account    {run}")
    print("\nWhere to look next (`. .venv/bin/activate` first):")
    print(f"  scrapy verify --id {article['id']}     proves this article from its bytes")
    print(f"  scrapy wire {article['id']}            the very bytes the server sent")
    print(f"  scrapy reextract {warcs} -o again.jsonl")
    print("  scrapy verify                                          checks everything there is")
    print("  scrapy replay                                          shows it in a browser (make pywb first)")
    print("  scrapy wacz                                            packs it for ReplayWeb.page")
    print("  README.md                                              the live crawl, and what it does to the site")


def example(file: Path) -> dict[str, Any]:
    """An article with an English text, or the first."""
    with file.open(encoding="utf-8") as lines:
        articles: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return next((article for article in articles if article["language"] == "en" and article["dateline"]), articles[0])


def shortened(article: dict[str, Any]) -> dict[str, Any]:
    """The article with its longest fields cut."""
    short = dict(article)
    for name in ("body", "body_raw"):
        short[name] = article[name][:100] + "…"
    short["photos"] = _first([photo | _short_proof(photo) for photo in article["photos"]])
    short["related"] = _first(article["related"])
    return short


def _first(entries: list[dict[str, Any]]) -> list[Any]:
    return [*entries[:1], *([f"… {len(entries) - 1} more"] if len(entries) > 1 else [])]


def _short_proof(photo: dict[str, Any]) -> dict[str, Any]:
    """Digest and receipt of a photograph, cut; either is null when it could not be had."""
    receipt, digest = photo["receipt"], photo["sha256"]
    place = {name: receipt[name] for name in ("warc", "offset", "length")} | {"…": "…"} if receipt else None
    return {"sha256": digest and digest[:6] + "…", "receipt": place}


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
