"""``make demo``: serve the replica, run the real crawl against it, show what came of it."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from kcnacrawl.replica import Replica


def main() -> int:
    """Run the demonstration; the exit status is the crawl's."""
    parser = argparse.ArgumentParser(prog="python -m kcnacrawl.demo", description=__doc__)
    parser.add_argument("--articles", type=int, default=320, help="articles of the replica (default: 320)")
    options = parser.parse_args()
    with Replica(articles=options.articles) as site:
        command = [
            sys.executable,
            "-m",
            "scrapy",
            "crawl",
            "kcnawatch",
            "-a",
            f"base_url={site.url}",
            "-s",
            "DOWNLOAD_DELAY=0",
        ]
        print(
            f"A replica of KCNA Watch with {options.articles} invented articles is served on {site.url}; crawling it:"
        )
        print(f"  $ scrapy {' '.join(command[3:])}\n", flush=True)
        status = subprocess.run(command, check=False).returncode
    run = newest(Path("output/runs"), "*.json")
    if run is None:
        print("The crawl left no run summary.", file=sys.stderr)
        return status or 1
    show(json.loads(run.read_text("utf-8")), run)
    return status


def newest(folder: Path, pattern: str) -> Path | None:
    """The file written last."""
    return max(folder.glob(pattern), key=lambda path: path.stat().st_mtime, default=None)


def show(summary: dict[str, object], run: Path) -> None:
    """Print what a first-time user wants to see: how many, what one looks like, where the rest is."""
    files = summary["articles_files"]
    assert isinstance(files, list)
    print(f"\n{summary['articles']} articles in {', '.join(map(str, files)) or 'no file'}")
    if files:
        with Path(str(files[0])).open(encoding="utf-8") as lines:
            article = json.loads(next(lines))
        for name in ("body", "body_raw"):
            article[name] = shortened(article[name])
        article["related"] = [*article["related"][:1], f"… {len(article['related']) - 1} more"]
        print("\nOne of them (long fields shortened here):")
        print(json.dumps(article, ensure_ascii=False, indent=1))
        identity = article["id"]
        print(f"\nThe bytes they were read from: {summary['warc']}\nThe account of the run: {run}\n")
        print("Where to look next (`. .venv/bin/activate` first):")
        print(f"  scrapy verify --id {identity}   proves this article from its bytes")
        print(f"  scrapy wire {article['receipt']['record_id'].strip('<>')}   the very bytes the server sent")
        print(f"  scrapy reextract {summary['warc']} -o again.jsonl   the same articles, without network")
        print("  README.md   the live crawl, and what it does to the site")


def shortened(text: str | None) -> str | None:
    return text if text is None or len(text) < 200 else text[:200] + "…"


if __name__ == "__main__":
    sys.exit(main())
