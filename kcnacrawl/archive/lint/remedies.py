"""What to do about findings. Each is a clause that follows the sentence after a semicolon."""

from __future__ import annotations

from pathlib import Path

RESTORE = "bring the file back from a copy"
MEND = "bring the file back from a copy, or keep what is whole with `scrapy mend {file}`"
ANEW = "write the file anew with a program that keeps to WARC/1.1"
LOST = "it was damaged before this copy was made"
MENDED = "it was damaged before the file was mended"
KNOW = "nothing needs to be done"
RECOMPRESS = "compress the file anew with one gzip member for each record"
REINDEX = "make the index anew with `scrapy cdxj --anew`"
"""Where lines are wrong: without ``--anew`` an index that has its size is taken for what was written."""

UPDATE = "bring the index up to date with `scrapy cdxj`"
"""Where WARC files came or went."""

REWRITE = "{rewrite}"
"""Stands for the command that writes a file of articles anew, until the file is known."""


def restore(path: Path) -> str:
    """What to do about a finding whose reason is in another file."""
    return f"bring {path} back from a copy"
