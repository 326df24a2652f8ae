"""Lines behind what a chain of manifests hashed, and who may have written them.

A file of lines grows as long as its crawl is not done: each run appends to it, and names it anew in its manifest when
it ends. So the newest manifest that names a file says how long it is, unless a run that has not ended, or was broken
off, went on writing. Of such a run there is a WARC file, and neither account nor manifest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.lint.finding import Finding, shown
from kcnacrawl.archive.lint.remedies import RESTORE
from kcnacrawl.archive.manifest import Manifest, manifest_path
from kcnacrawl.archive.named import files_in
from kcnacrawl.archive.written import who_wrote
from kcnacrawl.counted import counted

GO_ON = "go on with the crawl, whose next manifest will name them"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run that left a WARC file and no manifest."""

    warc: str
    """Name of the file, without ``.open``."""

    crawl: str
    run: str


@dataclass(frozen=True, slots=True)
class Growth:
    """A file that is longer than the newest manifest that names it says."""

    path: Path
    start: int
    end: int

    def finding(self, unfinished: Sequence[Unfinished], crawls: set[str]) -> Finding:
        """An error, or a note when a run that has not ended may have written the lines.

        :param crawls: those whose manifests name the file
        """
        bytes_stand = counted(self.end - self.start, "byte stands", "bytes stand")
        clause = f"{bytes_stand} behind the {self.start:,} that its newest manifest hashed"
        warcs = {one.warc for one in unfinished}
        run = next((one.run for one in unfinished if one.crawl in crawls), None)
        if run is None and (led := next((warc for warc in self._warcs() if warc in warcs), None)) is not None:
            # Lines of another crawl, which was told to write to this file.
            run = next(one.run for one in unfinished if one.warc == led)
        if run is None:
            clause += ", and no run that could have written them is under way or was broken off"
            return Finding(str(self.path), None, None, clause, RESTORE)
        return Finding(str(self.path), None, None, f"{clause}; run {shown(run)} has not ended", GO_ON, "note")

    def _warcs(self) -> Iterator[str]:
        """Names of the WARC files that the lines lead to."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            for text in file:
                try:
                    receipt = orjson.loads(text)["receipt"]
                    yield str((receipt["revisit"] or receipt)["warc"])
                except (orjson.JSONDecodeError, KeyError, TypeError):
                    continue


def find_unfinished(warc_folder: Path, runs: Path, manifests: Sequence[Manifest]) -> list[Unfinished]:
    """Runs of which there are WARC files, open or closed, and which left neither manifest nor account."""
    ended = {manifest.run for manifest in manifests}
    found = []
    for path in files_in(warc_folder, (".warc.gz", f".warc.gz{OPEN}")):
        name = path.name.removesuffix(OPEN)
        written = who_wrote(path)
        run = written.run
        # A run whose manifest is there, but was not yet when manifests were read, has ended only since.
        is_known = run in ended or ((runs / f"{run}.json").exists() and not manifest_path(runs, run).exists())
        if run and not is_known:
            found.append(Unfinished(name, written.crawl, run))
    return found
