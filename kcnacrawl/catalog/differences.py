"""What became of the WARC files since a catalog was brought into agreement with them: found out, not acted upon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.locks import is_left_behind
from kcnacrawl.archive.named import CLOSED, ELSEWHERE, files_in
from kcnacrawl.catalog.errors import CatalogError
from kcnacrawl.catalog.lookups import File, Lookups
from kcnacrawl.counted import counted

CHANGED = "if `scrapy verify` finds it damaged, bring it back from a copy, else run `scrapy catalog update`"


@dataclass(slots=True)
class Differences:
    """Files by what became of them."""

    folder: Path
    gone: list[File] = field(default_factory=list)
    """Those that were there when the catalog looked last."""

    missed: list[File] = field(default_factory=list)
    """Those that were not, and are still gone."""

    back: list[File] = field(default_factory=list)
    """Those that were not, and are now."""

    left_open: list[File] = field(default_factory=list)
    """Those that were closed after their runs died, or are about to be noted by runs that live."""

    changed: list[tuple[File, int]] = field(default_factory=list)
    """Those that have another size than they had, and that size."""

    new: list[str] = field(default_factory=list)
    """Names of those that the catalog does not know."""

    being_written: list[Path] = field(default_factory=list)
    """Those that have not got their final names; of dead runs, too."""

    @property
    def are_there(self) -> bool:
        """Whether anything has to be done for catalog and files to agree."""
        indexed = self.gone or self.back or self.left_open or self.changed or self.new
        return bool(indexed) or any(map(is_left_behind, self.being_written))

    @property
    def are_losses(self) -> bool:
        """Whether files are gone, or are not as they were closed."""
        return bool(self.gone or self.missed or self.changed)

    def sentences(self) -> Iterator[str]:
        """What became of the files and what to do, for a person; each that is gone or changed by its name."""
        missing = self.missed + self.gone
        for files in ([file] for file in missing) if self.folder.exists() else filter(None, [missing]):
            yield told_gone(self.folder, files)
        for file, size in self.changed:
            yield f"{self.folder / file.name} has {size} bytes and had {file.size} when it was indexed; {CHANGED}."
        said = (
            (len(self.new) + len(self.left_open), "not indexed yet"),
            (len(self.back), "back and noted as gone"),
            (sum(map(is_left_behind, self.being_written)), "left open by a run that broke off"),
        )
        for count, what in said:
            if count:
                yield f"{counted(count, 'file')} in {self.folder} {'is' if count == 1 else 'are'} {what}."


def find_differences(catalog: Lookups, folder: Path) -> Differences:
    """Hold the names and sizes of a folder's files against a catalog.

    :raises CatalogError: when the folder cannot be read
    """
    found = Differences(folder)
    # A run that lives begins files, notes them, closes them: looked for in this order, none is missed on its way.
    known = catalog.files()
    try:
        found.being_written = files_in(folder, tuple(ending + OPEN for ending in CLOSED))
        sizes = {path.name: path.stat().st_size for path in files_in(folder, CLOSED) if path.is_file()}
    except ArchiveError as error:
        raise CatalogError(str(error)) from error
    except OSError as error:
        raise CatalogError(f"{folder} cannot be read: {error.strerror}.") from error
    there = {path.name.removesuffix(OPEN) for path in found.being_written}
    for file in known:
        size = sizes.pop(file.name, None)
        if size is None:
            if file.name in there:
                found.back += [file] if file.gone else []
            else:
                (found.missed if file.gone else found.gone).append(file)
        elif file.size is None:
            found.left_open.append(file)
        elif file.size != size:
            found.changed.append((file, size))
        elif file.gone:
            found.back.append(file)
    begun_since = {file.name for file in catalog.files()} if sizes else set()
    found.new = sorted(sizes.keys() - begun_since)
    return found


def told_gone(folder: Path, files: Sequence[File]) -> str:
    """That files are gone, and what with them, or that their folder is, in one sentence."""
    count = sum(file.captures or 0 for file in files)
    if not folder.exists():
        return (
            f"There is no folder {folder}, where {counted(len(files), 'file')} with {counted(count, 'capture')} should "
            f"be; {ELSEWHERE}."
        )
    captures = counted(count, "capture") if count else "all that was in it"
    if len(files) == 1:
        return (
            f"{folder / files[0].name} is gone, and {captures} with it; bring it back from a copy, or, if it was "
            "removed on purpose, have it forgotten with `scrapy catalog rebuild`."
        )
    return (
        f"{len(files)} files of {folder} are gone, and {captures} with them, the first of them {files[0].name}; "
        "bring them back from a copy, or, if they were removed on purpose, have them forgotten with `scrapy catalog "
        "rebuild`; `scrapy catalog` names each."
    )
