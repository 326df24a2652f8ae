"""Many articles proven at once, on all cores, with the findings in the order of the lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from kcnacrawl.archive.anew import rewritten
from kcnacrawl.archive.batches import in_batches
from kcnacrawl.archive.doubles import Doubles
from kcnacrawl.archive.lines import Line
from kcnacrawl.archive.lint.finding import Finding
from kcnacrawl.archive.verify import Verifier


def prove(
    lines: Iterable[Line],
    warc_folder: Path,
    *,
    whole: bool = True,
    processes: int | None = None,
    progress: Callable[[int], None] = lambda count: None,
) -> Iterator[Finding]:
    """Everything that is wrong with the lines of a file of articles.

    :param whole: all that the crawls fetched is in the folder; a package may have left listings out
    :param processes: how many to use; all cores when null
    :param progress: is told how many more lines are done
    :raises ArchiveError: when a file of lines cannot be read, or a process dies
    """
    start = partial(_start, warc_folder, whole=whole)

    def told(findings: Iterable[Finding]) -> Iterator[Finding]:
        for finding in findings:
            remedy = rewritten(finding.remedy, Path(finding.file), warc_folder) if whole else finding.remedy
            yield replace(finding, remedy=remedy)

    with Doubles() as doubles:
        for finding in in_batches(start, doubles.watch(lines), processes=processes, progress=progress):
            yield from told(doubles.told())
            yield from told([finding])
        yield from told(doubles.told())


def _start(warc_folder: Path, *, whole: bool) -> Callable[[Line], Iterator[Finding]]:
    """One verifier for each process, so that the listings of a file are read once in each."""
    return Verifier(warc_folder, whole=whole).check
