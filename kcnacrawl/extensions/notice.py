"""Sentences for the person who started a crawl, whatever the log level."""

from __future__ import annotations

import sys


def notify(sentence: str) -> None:
    """Say something on standard error."""
    sys.stderr.write(f"scrapy crawl: {sentence}\n")
