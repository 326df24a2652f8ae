"""Mends WARC files that dead runs left behind: whole records and captures are kept, the rest is cut off and told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN, publish
from kcnacrawl.archive.folders import Folder
from kcnacrawl.archive.locks import LockedError, is_locked, take_lock
from kcnacrawl.archive.loss import loss_record
from kcnacrawl.archive.members import gzip_member
from kcnacrawl.archive.named import files_in
from kcnacrawl.archive.survey import Survey, survey
from kcnacrawl.archive.writer import DEFAULT_LEVEL

__all__ = ["Mended", "is_locked", "mend", "mend_dead"]

DAMAGED = ".damaged"
"""Ending of what is kept of a file that had damage between whole records."""

REPAIRED = ".repaired"
"""Ending of the copy that is made of a closed file, which itself is never changed."""

MENDING = ".mending"
"""Ending of a copy that is not finished."""

_STEP = 1 << 20


class GoneError(ArchiveError):
    """There is no such file."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of one file."""

    path: Path
    """Where it is now; where it was, when it was removed because nothing was in it."""

    kept_records: int
    cut_bytes: int
    """Bytes that are in no record that was kept."""

    sentence: str
    whole: bool = True
    """False when the file itself is still damaged."""


def mend_dead(folder: Path) -> Iterator[Mended]:
    """Mend all files in a folder that dead runs left open; those of living runs are let alone.

    A file that cannot be mended is told of with ``whole`` false.

    :raises ArchiveError: when the folder cannot be read
    """
    for path in files_in(folder, (f".warc.gz{OPEN}",)):
        try:
            yield mend(path)
        except LockedError:
            continue
        except GoneError as error:
            # Removed since, and perhaps begun anew by a run that starts at this moment.
            if path.is_symlink():
                yield Mended(path, 0, 0, str(error), whole=False)
        except ArchiveError as error:
            # Another run that starts at this moment may have mended it.
            if os.path.lexists(path):
                yield Mended(path, 0, 0, str(error), whole=False)


def mend(path: Path) -> Mended:
    """Make a file whole: cut an open one to its last whole capture and close it; make a good copy of a closed one.

    Killed at any moment, it comes to the same end when it is called again.

    :raises LockedError: when the file is being written
    :raises ArchiveError: when it cannot be mended; it is then as it was
    """
    if not path.exists():
        raise GoneError(f"{path} does not exist.")
    try:
        folder = Folder(path.parent)
        try:
            return _mend_open(path, folder) if path.name.endswith(OPEN) else _copy_closed(path, folder)
        finally:
            folder.close()
    except FileNotFoundError as error:
        raise GoneError(f"{path} does not exist.") from error
    except OSError as error:
        raise ArchiveError(f"{path} cannot be mended: {error.strerror}.") from error


def _mend_open(path: Path, folder: Folder) -> Mended:
    with _held(path) as descriptor:
        # After a failed write the system may show bytes that are not on the disk.
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        found = survey(path)
        if not found.runs:
            return _remove(path, folder, found)
        final = path.with_name(path.name.removesuffix(OPEN))
        if found.holes:
            return _replace(path, final, folder, found)
        if found.lost:
            os.ftruncate(descriptor, found.end)
        publish(path, final, descriptor, folder)
    why = "it spoke of an end that did not come" if found.has_ending else "it was torn"
    torn = f"; from {found.end} on {why}, {_bytes(found.lost)} cut off" if found.lost else ""
    return Mended(final, found.records, found.lost, f"{final}: closed with {_count(found)}{torn}.")


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """The file, opened and locked."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        if not take_lock(descriptor):
            raise LockedError(f"{path} is being written by another process.")
        if not os.path.samestat(os.fstat(descriptor), path.stat()):
            raise LockedError(f"{path} was mended by another process.")
        yield descriptor
    finally:
        os.close(descriptor)


def _remove(path: Path, folder: Folder, found: Survey) -> Mended:
    if not found.is_blank:
        raise ArchiveError(f"{path} holds no whole record; it is left as it is.")
    path.unlink()
    folder.sync()
    return Mended(path, 0, found.size, f"{path}: removed; there was no whole record in its {_bytes(found.size)}.")


def _replace(path: Path, final: Path, folder: Folder, found: Survey) -> Mended:
    """Put a copy, which tells what it lacks, in the place of a file with holes; keep the file under another name."""
    damaged = final.with_name(final.name + DAMAGED)
    copy = final.with_name(final.name + MENDING)
    with _copied(path, copy, found) as descriptor:
        _write(
            descriptor, b"".join(gzip_member(loss_record(final.name, copy, damaged.name, found.lost), DEFAULT_LEVEL))
        )
        os.fsync(descriptor)
        if not (damaged.exists() and damaged.samefile(path)):
            os.link(path, damaged)
        folder.sync()
        # From here on the file is whole; whoever comes after a kill only has to close it.
        copy.rename(path)
        publish(path, final, descriptor, folder)
    sentence = (
        f"{final}: closed with {_count(found)}, without {_bytes(found.lost)} that are damaged, the first at "
        f"{found.first_loss}; as it was it is kept in {damaged}."
    )
    return Mended(final, found.records, found.lost, sentence)


def _copy_closed(path: Path, folder: Folder) -> Mended:
    found = survey(path)
    if found.runs and not found.lost:
        return Mended(path, found.records, 0, f"{path}: whole, {_count(found)}.")
    if not found.runs:
        raise ArchiveError(f"{path} holds no whole record; it is left as it is.")
    repaired, copy = path.with_name(path.name + REPAIRED), path.with_name(path.name + MENDING)
    if os.path.lexists(repaired):
        raise ArchiveError(
            f"{path}: damaged at {found.first_loss} and left as it is; {repaired} is there already, and stays as it "
            "is: remove it to have the whole records copied anew."
        )
    with _copied(path, copy, found) as descriptor:
        publish(copy, repaired, descriptor, folder)
    sentence = (
        f"{path}: damaged at {found.first_loss} and left as it is; "
        f"{repaired} holds its {_count(found)}, without {_bytes(found.lost)} that are not."
    )
    return Mended(path, found.records, found.lost, sentence, whole=False)


@contextmanager
def _copied(path: Path, copy: Path, found: Survey) -> Iterator[int]:
    """A new file with the good records, locked; one that a killed process began is begun anew."""
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644))
    with _held(copy) as descriptor:
        try:
            os.ftruncate(descriptor, 0)
            with path.open("rb") as source:
                for start, end in found.runs:
                    source.seek(start)
                    for position in range(start, end, _STEP):
                        _write(descriptor, source.read(min(_STEP, end - position)))
            yield descriptor
        except BaseException:
            if copy.exists() and os.path.samestat(os.fstat(descriptor), copy.stat()):
                copy.unlink()
            raise


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _count(found: Survey) -> str:
    return f"{found.records} whole record{'s' if found.records != 1 else ''}"


def _bytes(number: int) -> str:
    return f"{number} byte{'s' if number != 1 else ''}"
