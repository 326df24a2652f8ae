"""The end of a run: everything it left is hashed and named in its manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.locks import is_locked
from kcnacrawl.archive.manifest import (
    Kind,
    Manifest,
    Named,
    chain_lock,
    digests,
    head_of,
    manifest_path,
    read_manifests,
    relative,
    write_manifest,
)
from kcnacrawl.archive.named import files_in
from kcnacrawl.archive.written import who_wrote


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A run that has ended."""

    runs: Path
    """Folder of the manifests."""

    run: str
    crawl: str
    time: str
    """ISO 8601 in UTC."""

    warc_folder: Path
    warcs: Sequence[Path] = ()
    """Closed files."""

    lines: Sequence[Path] = ()
    """Files that only grow."""

    summaries: Sequence[Path] = ()
    known: Callable[[], Mapping[Path, Named]] = dict
    """Gives what is hashed already. May take its time: it is called under the lock that tells a run that is ending."""


def end_run(ended: Ended) -> Path:
    """Write the manifest of a run behind the newest one; where it is.

    Files that earlier runs closed before they were killed are named as well.

    :raises ArchiveError: when a file cannot be read or the manifest cannot be written
    """
    try:
        with chain_lock(ended.runs):
            earlier = read_manifests(ended.runs, [])
            warcs = {*ended.warcs, *left_over(ended.warc_folder, ended.runs, earlier)}
            files: list[tuple[Path, Kind]] = [(path, "warc") for path in sorted(warcs)]
            files += [(path, "lines") for path in ended.lines] + [(path, "summary") for path in ended.summaries]
            known = ended.known()
            before = {one.path: one for manifest in earlier for one in manifest.files}

            def hashed(file: tuple[Path, Kind]) -> Named:
                path, kind = file
                return known.get(path) or name_file(path, kind, ended.runs, before.get(relative(path, ended.runs)))

            with ThreadPoolExecutor() as pool:
                named = pool.map(hashed, dict.fromkeys(files))
                head = head_of(earlier)
                manifest = Manifest(
                    ended.run,
                    ended.crawl,
                    head.number + 1 if head else 1,
                    ended.time,
                    (head.run, head.sha256) if head else None,
                    tuple(named),
                    "",
                    tuple(left_open(ended)),
                )
            return write_manifest(ended.runs, manifest)
    except OSError as error:
        name = error.filename or ended.runs
        raise ArchiveError(f"The manifest of the run cannot be written: {name}: {error.strerror}.") from error


def left_open(ended: Ended) -> Iterator[str]:
    """WARC files of a run that it could not close, as a manifest names them."""
    for path in files_in(ended.warc_folder, (f".warc.gz{OPEN}",)):
        if who_wrote(path).run == ended.run:
            yield relative(path.with_name(path.name.removesuffix(OPEN)), ended.runs)


def left_over(warc_folder: Path, runs: Path, manifests: Sequence[Manifest]) -> list[Path]:
    """Closed WARC files that no manifest names, of runs that ended without one, or without closing them."""
    named = {one.path for manifest in manifests for one in manifest.files}
    waiting = {path for manifest in manifests for path in manifest.left_open}
    unnamed = [path for path in files_in(warc_folder, (".warc.gz",)) if relative(path, runs) not in named]
    if not unnamed:
        return []
    living = living_runs(warc_folder)
    found = ((path, who_wrote(path).run) for path in unnamed)
    return [
        path
        for path, run in found
        if run and run not in living and (relative(path, runs) in waiting or not manifest_path(runs, run).exists())
    ]


def living_runs(warc_folder: Path) -> set[str]:
    """Runs that are writing to a WARC file of a folder at this moment."""
    return {who_wrote(path).run for path in files_in(warc_folder, (f".warc.gz{OPEN}",)) if _is_living(path)} - {""}


def name_file(path: Path, kind: Kind, runs: Path, before: Named | None = None) -> Named:
    """A file as a manifest in *runs* is to name it.

    :param before: as an earlier manifest names it
    :raises OSError: when it cannot be read
    """
    found = digests(path, [before.bytes] if before else [])
    size = max(found)
    named = Named(relative(path, runs), kind, size, found[size])
    return replace(named, replaced=before is not None and found.get(before.bytes) != before.sha256)


def _is_living(path: Path) -> bool:
    try:
        return is_locked(path)
    except ArchiveError:
        return False
