"""WARC reading and writing; knows nothing of Scrapy or Twisted."""

from kcnacrawl.archive.errors import ArchiveError

__all__ = ["ArchiveError"]
