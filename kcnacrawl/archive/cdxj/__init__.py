"""CDXJ indexes of WARC files: which address was captured when, and where its record is."""

from kcnacrawl.archive.cdxj.lines import index_lines
from kcnacrawl.archive.cdxj.many import sorted_lines
from kcnacrawl.archive.cdxj.zipnum import write_zipnum

__all__ = ["index_lines", "sorted_lines", "write_zipnum"]
