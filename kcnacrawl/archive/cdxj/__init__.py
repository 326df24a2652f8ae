"""CDXJ indexes of WARC files: which address was captured when, and where its record is."""

from kcnacrawl.archive.cdxj.lines import index_lines, sorted_lines

__all__ = ["index_lines", "sorted_lines"]
