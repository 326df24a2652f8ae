"""Runs that leave files and manifests, as crawls do."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kcnacrawl.archive.chain import read_chain
from kcnacrawl.archive.ending import Ended, end_run
from kcnacrawl.archive.writer import WarcWriter
from tests.verify.museum.piece import exchange, page


@dataclass
class Project:
    """Runs that leave files as crawls do."""

    folder: Path
    warcs: dict[str, Path] = field(default_factory=dict)

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    @property
    def lines(self) -> Path:
        return self.folder / "articles" / "crawl.jsonl"

    def warc(self, run: str, crawl: str = "c") -> Path:
        """A closed WARC file of a run."""
        info = {"software": "kcnacrawl/1", "crawl": crawl, "run": run}
        writer = WarcWriter(self.folder / "warc", "kcnawatch", info=info)
        writer.write(exchange("/a", page(), 0))
        (path,) = writer.close()
        return path

    def run(self, run: str, *, replace: bool = False) -> Path:
        """A whole run: a WARC file, two more lines, a summary, a manifest."""
        self.runs.mkdir(parents=True, exist_ok=True)
        self.lines.parent.mkdir(exist_ok=True)
        before = b"" if replace or not self.lines.exists() else self.lines.read_bytes()
        self.lines.write_bytes(before + f'{{"id": "{run}-1"}}\n{{"id": "{run}-2"}}\n'.encode())
        summary = self.runs / f"{run}.json"
        summary.write_text(json.dumps({"run": run, "crawl": "c"}))
        self.warcs[run] = self.warc(run)
        return end_run(self.ended(run, warcs=[self.warcs[run]], lines=[self.lines], summaries=[summary]))

    def ended(self, run: str, **files: Any) -> Ended:
        time = "2026-03-01T04:05:06Z"
        return Ended(runs=self.runs, run=run, crawl="c", time=time, warc_folder=self.folder / "warc", **files)

    def told(self, head: str | None = None) -> list[str]:
        """Findings without the folder; notes with their name."""
        chain = read_chain(self.runs, self.folder / "warc")
        findings = [*chain.findings, *chain.files(), *chain.unnamed()]
        findings += chain.without(head) if head else ()
        return [str(finding).replace(f"{self.folder}/", "") for finding in findings]
