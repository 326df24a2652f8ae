"""Manifests: what each run left, with the hash of the manifest before, so that they make one chain."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.locks import is_locked
from kcnacrawl.archive.named import files_in
from kcnacrawl.archive.whole import write_whole

VERSION = 1
ENDING = ".manifest.json"
LOCK = "chain.lock"

Kind = Literal["warc", "lines", "summary"]
"""``lines`` only ever grow: their hash is that of the first ``bytes`` bytes. The others do not change any more."""

_STEP = 1 << 22


@dataclass(frozen=True, slots=True)
class Named:
    """A file as a manifest names it."""

    path: str
    """Relative to the folder above that of the manifests where it is below it, else absolute; ``/`` between parts."""

    kind: Kind
    bytes: int
    sha256: str
    """Lower-case hexadecimal digits."""

    replaced: bool = False
    """True when the file was named by an earlier manifest and does not begin any more with what that one hashed."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one run left."""

    run: str
    crawl: str
    number: int
    """Its place in the chain, from 1."""

    time: str
    previous: tuple[str, str] | None
    """Run and SHA-256 of the manifest before; null for the first."""

    files: tuple[Named, ...]
    sha256: str
    """Of the manifest file itself."""

    left_open: tuple[str, ...] = ()
    """Paths, as they will be once closed, of the run's WARC files that it could not close; a later run mends and names
    them."""

    def to_json(self) -> bytes:
        """The manifest file."""
        previous = {"run": self.previous[0], "sha256": self.previous[1]} if self.previous else None
        files = [
            {"path": one.path, "kind": one.kind, "bytes": one.bytes, "sha256": one.sha256}
            | ({"replaced": True} if one.replaced else {})
            for one in self.files
        ]
        return orjson.dumps(
            {
                "version": VERSION,
                "run": self.run,
                "crawl": self.crawl,
                "number": self.number,
                "time": self.time,
                "previous": previous,
                "files": files,
            }
            | ({"open": self.left_open} if self.left_open else {}),
            option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
        )


def manifest_path(runs: Path, run: str) -> Path:
    """Where the manifest of a run is."""
    return runs / f"{run}{ENDING}"


def read_manifests(runs: Path, damages: list[tuple[Path, str]]) -> list[Manifest]:
    """All manifests of a folder, in the order of their numbers.

    :param damages: gets path and a clause for each that cannot be read
    """
    found = []
    for path in files_in(runs, (ENDING,)):
        try:
            found.append(parse_manifest(path.read_bytes()))
        except OSError as error:
            damages.append((path, f"it cannot be read ({error.strerror})"))
        except ArchiveError as error:
            damages.append((path, str(error)))
    return sorted(found, key=lambda manifest: (manifest.number, manifest.run))


def parse_manifest(data: bytes) -> Manifest:
    """:raises ArchiveError: when it is none; the message is a clause without full stop"""
    try:
        given = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ArchiveError("it is no manifest") from error
    match given:
        case {
            "version": 1,
            "run": str(run),
            "crawl": str(crawl),
            "number": int(number),
            "time": str(time),
            "previous": None | {"run": str(), "sha256": str()} as previous,
            "files": list(files),
        }:
            before = (previous["run"], previous["sha256"]) if previous else None
            own = hashlib.sha256(data).hexdigest()
            left_open = tuple(path for path in given.get("open", []) if isinstance(path, str))
            return Manifest(run, crawl, number, time, before, tuple(map(_named, files)), own, left_open)
    raise ArchiveError("it is no manifest")


def _named(given: Any) -> Named:
    match given:
        case {
            "path": str(path),
            "kind": "warc" | "lines" | "summary" as kind,
            "bytes": int(size),
            "sha256": str(sha256),
        }:
            return Named(path, kind, size, sha256, given.get("replaced") is True)
    raise ArchiveError("it is no manifest")


@contextmanager
def chain_lock(runs: Path) -> Iterator[None]:
    """Hold the lock under which a chain grows; waits for a run that is ending at this moment.

    :raises OSError: when it cannot be had
    """
    runs.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(runs / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def is_growing(runs: Path) -> bool:
    """Whether a run is hashing what it left, or writing its manifest, at this moment."""
    try:
        return is_locked(runs / LOCK)
    except ArchiveError:
        return False


def head_of(manifests: Iterable[Manifest]) -> Manifest | None:
    """The newest manifest: the last of those that no other follows."""
    known = list(manifests)
    followed = {one.previous[1] for one in known if one.previous}
    return next((one for one in reversed(known) if one.sha256 not in followed), None)


def write_manifest(runs: Path, manifest: Manifest) -> Path:
    """Write a manifest whole and durable; where it is.

    :raises OSError: when that fails
    """
    path = manifest_path(runs, manifest.run)
    write_whole(path, manifest.to_json())
    return path


def digests(path: Path, sizes: Iterable[int] = ()) -> Mapping[int, str]:
    """SHA-256 of the first so many bytes of a file, for each of the sizes that it has, and of the whole; by size.

    :raises OSError: when it cannot be read
    """
    found: dict[int, str] = {}
    sha256 = hashlib.sha256()
    position = 0
    with path.open("rb") as file:
        total = os.fstat(file.fileno()).st_size
        for size in sorted({*(size for size in sizes if 0 <= size <= total), total}):
            while position < size and (data := file.read(min(_STEP, size - position))):
                sha256.update(data)
                position += len(data)
            found[position] = sha256.copy().hexdigest()
    return found


def relative(path: Path, runs: Path) -> str:
    """How a manifest in *runs* names a file."""
    base, whole = runs.absolute().parent, path.absolute()
    return whole.relative_to(base).as_posix() if whole.is_relative_to(base) else whole.as_posix()


def absolute(name: str, runs: Path) -> Path:
    """The file that a manifest in *runs* names."""
    return runs.parent / name
