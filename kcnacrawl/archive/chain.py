"""Checks the chain of manifests: each follows the one before, and every file they name is still what it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import orjson

from kcnacrawl.archive.anew import lines_remedy
from kcnacrawl.archive.ending import left_over, living_runs
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.growth import Growth, find_unfinished
from kcnacrawl.archive.lint.finding import Finding, shown
from kcnacrawl.archive.lint.remedies import RESTORE
from kcnacrawl.archive.manifest import (
    ENDING,
    Manifest,
    Named,
    absolute,
    digests,
    head_of,
    is_growing,
    manifest_path,
    parse_manifest,
    read_manifests,
    relative,
)
from kcnacrawl.archive.named import files_in
from kcnacrawl.archive.written import who_wrote


@dataclass(slots=True)
class Chain:
    """The manifests of a folder, and what is wrong with their chain."""

    runs: Path
    warc_folder: Path
    manifests: list[Manifest]
    """From the first to the newest; only those that are in the chain."""

    findings: list[Finding]
    closed: list[Path]
    """The closed WARC files that were there before the manifests were read; what comes later, later manifests name."""

    living: set[str]
    """Runs that were under way then."""

    @property
    def head(self) -> Manifest | None:
        return self.manifests[-1] if self.manifests else None

    @property
    def size(self) -> int:
        """Bytes that are to be hashed."""
        return sum(max((one.bytes for one in named), default=0) for named in self._by_file().values())

    def files(self, progress: Callable[[int], None] = lambda size: None) -> Iterator[Finding]:
        """Findings on the files that the chain names."""
        grown: dict[str, Growth] = {}
        with ThreadPoolExecutor() as pool:
            checks = {pool.submit(_file_flaws, self.runs, named): named for named in self._by_file().values()}
            for check in as_completed(checks):
                flaws, growth = check.result()
                for flaw in flaws:
                    yield self._remedied(flaw, checks[check])
                if growth is not None:
                    grown[checks[check][0].path] = growth
                progress(max(one.bytes for one in checks[check]))
        if grown:
            yield from self._growths(grown)

    def _growths(self, grown: Mapping[str, Growth]) -> Iterator[Finding]:
        """Findings on lines that stand behind what the newest manifest of their file hashed."""
        unfinished = find_unfinished(self.warc_folder, self.runs, self.manifests)
        for path, growth in sorted(grown.items()):
            crawls = {manifest.crawl for manifest in self.manifests if any(one.path == path for one in manifest.files)}
            yield growth.finding(unfinished, crawls)

    def _remedied(self, finding: Finding, named: Sequence[Named]) -> Finding:
        """A finding on a file that is to be brought back; lines can be had without a copy, too."""
        if finding.remedy != RESTORE or named[0].kind != "lines":
            return finding
        remedy = lines_remedy(absolute(named[0].path, self.runs), self.warc_folder, self._crawls(named))
        return replace(finding, remedy=remedy)

    def _crawls(self, named: Sequence[Named]) -> list[str]:
        """The crawls that wrote to a file, in their order."""
        crawls = (manifest.crawl for manifest in self.manifests if any(one in named for one in manifest.files))
        return list(dict.fromkeys(crawls))

    def unnamed(self) -> Iterator[Finding]:
        """Findings on closed WARC files that no manifest names."""
        named = _names(self.manifests)
        left_open = {path for manifest in self.manifests for path in manifest.left_open}
        waiting = set(left_over(self.warc_folder, self.runs, self.manifests))
        suspects = []
        for path in self.closed:
            if relative(path, self.runs) in named:
                continue
            run, known_open = who_wrote(path).run, relative(path, self.runs) in left_open
            if run in self.living:
                yield _unnamed(path, f": run {shown(run)} is under way", "that run will name it")
            elif path in waiting and (known_open or not (self.runs / f"{run}.json").exists()):
                why = "could not close it" if known_open else "was broken off"
                yield _unnamed(path, f": run {shown(run)} {why}", "the next run will name it")
            else:
                suspects.append((path, run, path in waiting))
        if suspects:
            yield from self._suspects(suspects)

    def _suspects(self, suspects: Sequence[tuple[Path, str, bool]]) -> Iterator[Finding]:
        """Findings on files that no manifest named when the chain was read, its run, and whether that has none."""
        # In this order: a run whose account is there holds the lock until its manifest is there too.
        is_ending = is_growing(self.runs)
        again = read_chain(self.runs, self.warc_folder)
        named, told = _names(again.manifests), {finding.file for finding in (*self.findings, *again.findings)}
        for path, run, waits in suspects:
            manifest = str(manifest_path(self.runs, run))
            if relative(path, self.runs) in named or (run and manifest in told):
                continue
            if not waits:
                yield _unnamed(path, "", "find out who put it there", "error")
            elif is_ending:
                yield _unnamed(path, f": run {shown(run)} may be ending at this moment", "check again in a while")
            else:
                told.add(manifest)
                clause = f"it is not there, but the account of run {shown(run)} is, and {shown(path.name)}"
                yield Finding(manifest, None, None, clause, RESTORE)

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


def read_chain(runs: Path, warc_folder: Path) -> Chain:
    """The chain of the manifests in a folder, from the newest back to the first."""
    closed, living = files_in(warc_folder, (".warc.gz",)), living_runs(warc_folder)
    damages: list[tuple[Path, str]] = []
    manifests = read_manifests(runs, damages)
    findings = [Finding(str(path), None, None, clause, RESTORE) for path, clause in damages]
    findings += _misnamed(runs, manifests)
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
    chain.reverse()
    return Chain(runs, warc_folder, chain, [*findings, *_disagreements(runs, chain)], closed, living)


def _names(manifests: Sequence[Manifest]) -> set[str]:
    return {one.path for manifest in manifests for one in manifest.files}


def _unnamed(path: Path, why: str, remedy: str, level: Literal["error", "note"] = "note") -> Finding:
    return Finding(str(path), None, None, f"no manifest names it{why}", remedy, level)


def _misnamed(runs: Path, manifests: Sequence[Manifest]) -> Iterator[Finding]:
    names = {manifest_path(runs, one.run) for one in manifests}
    for path in (one for one in files_in(runs, (ENDING,)) if one not in names):
        try:
            run = parse_manifest(path.read_bytes()).run
        except (OSError, ArchiveError):
            continue  # told as damaged
        yield Finding(str(path), None, None, f"it is that of run {shown(run)}", f"name it {run}{ENDING} again")


def _disagreements(runs: Path, chain: Sequence[Manifest]) -> Iterator[Finding]:
    """Findings on manifests that do not say what the one before, or the account of their run, says."""
    for before, manifest in pairwise([None, *chain]):
        assert manifest is not None
        follows = before is not None and manifest.previous == (before.run, before.sha256)
        number = before.number + 1 if follows and before else 1
        said = [("number", manifest.number, number)] if follows or manifest.previous is None else []
        account = _account(runs / f"{manifest.run}.json")
        said += [(name, getattr(manifest, name), account[name]) for name in ("run", "crawl") if name in account]
        for name, here, there in said:
            if here != there:
                clause = f"its {name} is {shown(str(here))}, but should be {shown(str(there))}"
                yield Finding(str(manifest_path(runs, manifest.run)), None, None, clause, RESTORE)


def _account(path: Path) -> dict[str, Any]:
    """What the account of a run says; nothing when there is none, or when it is damaged, which its hash tells."""
    try:
        account = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return account if isinstance(account, dict) else {}


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


def _file_flaws(runs: Path, named: Sequence[Named]) -> tuple[list[Finding], Growth | None]:
    """What is wrong with a file, and how much longer it is than the newest manifest that names it says."""
    path, newest = absolute(named[0].path, runs), named[-1]
    try:
        found = digests(path, [one.bytes for one in named])
    except FileNotFoundError:
        return [Finding(str(path), None, None, "it is not there, but a manifest names it", RESTORE)], None
    except OSError as error:
        return [Finding(str(path), None, None, f"it cannot be read ({error.strerror})", "make it readable")], None
    size, most = max(found), max(one.bytes for one in named)
    if most > size or (newest.kind != "lines" and most != size):
        clause = f"it has {size} bytes, but had {most} when its manifest was written"
    elif any(found[one.bytes] != one.sha256 for one in named):
        clause = "it was changed since its manifest was written"
    else:
        return [], Growth(path, newest.bytes, size) if size > newest.bytes else None
    return [Finding(str(path), None, None, clause, RESTORE)], None
