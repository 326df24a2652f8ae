"""What the project's own commands say of an archive after a crawl was broken and run again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.crawl.running import scrapy


def check_proofs(folder: Path) -> None:
    """Nothing is wrong with files, articles, index and chain, and the articles come out of the WARC files again."""
    for arguments in (["verify"], ["verify", "--chain"], ["catalog", "check"]):
        done = scrapy(folder, *arguments)
        assert done.status == 0, (arguments, done.out[-2000:], done.err[-2000:])
    warcs = sorted(str(path.relative_to(folder)) for path in folder.glob("output/warc/*.warc.gz"))
    done = scrapy(folder, "reextract", *warcs, "-o", "again.jsonl")
    assert done.status == 0, done.err[-2000:]
    again = folder / "again.jsonl"
    before = Counter(line for path in folder.glob("output/articles/*.jsonl") for line in path.read_bytes().splitlines())
    assert Counter(again.read_bytes().splitlines()) == before
    again.unlink()
