"""Checks of WARC files, record by record, against the specification; and of files of ours against our own promises.

The parts: ``members`` (bytes of a record out of the file), ``heads`` (its header), ``tables`` (which field may stand
where), ``forms`` (what a value must look like), ``digests``, ``http`` (the block), ``captures`` (records of one),
``ranges`` (a part of a file, in one process), ``index`` and ``references`` (across files), ``check`` (all of it).
"""

from kcnacrawl.archive.lint.check import lint
from kcnacrawl.archive.lint.finding import Finding

__all__ = ["Finding", "lint"]
