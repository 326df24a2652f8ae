"""Checks the chain of manifests: each follows the one before, and every file they name is still what it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from kcnacrawl.archive.ending import left_over, run_of
from kcnacrawl.archive.lint.finding import Finding, shown
from kcnacrawl.archive.lint.remedies import RESTORE
from kcnacrawl.archive.manifest import (
    Manifest,
    Named,
    absolute,
    digests,
    head_of,
    manifest_path,
    read_manifests,
    relative,
)
from kcnacrawl.archive.named import files_in


@dataclass(slots=True)
class Chain:
    """The manifests of a folder, and what is wrong with their chain."""

    runs: Path
    manifests: list[Manifest]
    """From the first to the newest; only those that are in the chain."""

    findings: list[Finding]

    @property
    def head(self) -> Manifest | None:
        return self.manifests[-1] if self.manifests else None

    @property
    def size(self) -> int:
        """Bytes that are to be hashed."""
        return sum(max((one.bytes for one in named), default=0) for named in self._by_file().values())

    def files(self, progress: Callable[[int], None] = lambda size: None) -> Iterator[Finding]:
        """Findings on the files that the chain names."""
        with ThreadPoolExecutor() as pool:
            checks = {pool.submit(_file_flaws, self.runs, named): named for named in self._by_file().values()}
            for check in as_completed(checks):
                yield from check.result()
                progress(max(one.bytes for one in checks[check]))

    def unnamed(self, warc_folder: Path) -> Iterator[Finding]:
        """Findings on closed WARC files that no manifest names."""
        named = {one.path for manifest in self.manifests for one in manifest.files}
        left_open = {path for manifest in self.manifests for path in manifest.left_open}
        waiting = set(left_over(warc_folder, self.runs, self.manifests))
        for path in files_in(warc_folder, (".warc.gz",)):
            if relative(path, self.runs) in named:
                continue
            run = shown(run_of(path)) or "an unknown run"
            known_open = relative(path, self.runs) in left_open
            if path in waiting and (known_open or not (self.runs / f"{run}.json").exists()):
                why = "could not close it" if known_open else "was broken off"
                clause = f"no manifest names it: run {run} {why}"
                yield Finding(str(path), None, None, clause, "the next run will name it", "note")
            else:
                clause = (
                    f"no manifest names it, though run {run} has ended" if path in waiting else "no manifest names it"
                )
                yield Finding(str(path), None, None, clause, "find out who put it there")

    def without(self, noted: str) -> Iterator[Finding]:
        """A finding when the manifest whose hash somebody noted is not in the chain."""
        if noted.lower().removeprefix("sha256:") not in {one.sha256 for one in self.manifests}:
            clause = f"no manifest of the chain has the hash {shown(noted)}"
            yield Finding(str(self.runs), None, None, clause, "bring the folder back from a copy")

    def _by_file(self) -> dict[str, list[Named]]:
        """What must hold of each file, by path: nothing of before it was replaced."""
        by_file: defaultdict[str, list[Named]] = defaultdict(list)
        for manifest in self.manifests:
            for one in manifest.files:
                if one.replaced:
                    by_file[one.path].clear()
                by_file[one.path].append(one)
        return dict(by_file)


def read_chain(runs: Path) -> Chain:
    """The chain of the manifests in a folder, from the newest back to the first."""
    damages: list[tuple[Path, str]] = []
    manifests = read_manifests(runs, damages)
    findings = [Finding(str(path), None, None, clause, RESTORE) for path, clause in damages]
    by_hash = {one.sha256: one for one in manifests}
    head = head_of(manifests)
    chain = [head] if head else []
    inside = {one.sha256 for one in chain}
    while chain and chain[-1].previous:
        run, sha256 = chain[-1].previous
        before = by_hash.get(sha256)
        if before is None or sha256 in inside:
            findings.append(_break(runs, chain[-1], run, {path for path, _ in damages}))
            # What can be had of the rest is still checked, file by file.
            before = next((one for one in reversed(manifests) if one.sha256 not in inside and _older(one, chain)), None)
            if before is None:
                break
        chain.append(before)
        inside.add(before.sha256)
    for one in manifests:
        if one.sha256 not in inside:
            path = manifest_path(runs, one.run)
            findings.append(
                Finding(str(path), None, None, "it stands outside the chain", "bring back what followed it")
            )
    return Chain(runs, chain[::-1], findings)


def _older(manifest: Manifest, chain: Sequence[Manifest]) -> bool:
    return manifest.number < chain[-1].number


def _break(runs: Path, after: Manifest, run: str, damaged: set[Path]) -> Finding:
    path = manifest_path(runs, Path(run).name)
    if path.exists() and path not in damaged:
        clause = f"it was changed since run {after.run} followed it"
    elif path in damaged:
        clause = f"it is damaged, and run {after.run} follows it"
    else:
        clause = f"it is not there, but run {after.run} follows it"
    return Finding(str(path), None, None, clause, RESTORE)


def _file_flaws(runs: Path, named: Sequence[Named]) -> list[Finding]:
    path = absolute(named[0].path, runs)
    try:
        found = digests(path, [one.bytes for one in named])
    except FileNotFoundError:
        return [Finding(str(path), None, None, "it is not there, but a manifest names it", RESTORE)]
    except OSError as error:
        return [Finding(str(path), None, None, f"it cannot be read ({error.strerror})", "make it readable")]
    size, most = max(found), max(named, key=lambda one: one.bytes)
    if most.bytes > size or (most.kind != "lines" and most.bytes != size):
        clause = f"it has {size} bytes, but had {most.bytes} when its manifest was written"
    elif any(found[one.bytes] != one.sha256 for one in named):
        clause = "it was changed since its manifest was written"
    else:
        return []
    return [Finding(str(path), None, None, clause, RESTORE)]
