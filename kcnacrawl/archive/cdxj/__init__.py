"""CDXJ indexes of WARC files: which address was captured when, and where its record is."""

from kcnacrawl.archive.cdxj.folder import IndexFolder, Updated, index_to_read, update_index
from kcnacrawl.archive.cdxj.lines import index_lines
from kcnacrawl.archive.cdxj.lookup import Line, find, find_prefix
from kcnacrawl.archive.cdxj.many import sorted_lines
from kcnacrawl.archive.cdxj.zipnum import write_zipnum

__all__ = [
    "IndexFolder",
    "Line",
    "Updated",
    "find",
    "find_prefix",
    "index_lines",
    "index_to_read",
    "sorted_lines",
    "update_index",
    "write_zipnum",
]
