"""The folder of indexes: a sorted list for each closed WARC file, made once, and the index merged from them.

A new WARC file costs its own size: the others are not opened, and its lines are put in their places in the index.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from kcnacrawl.archive.cdxj.index import PLAIN, ZIPNUM, add_to_index, make_index, make_zipnum
from kcnacrawl.archive.cdxj.many import Part, by_file, read_parts, readable
from kcnacrawl.archive.cdxj.replacing import ReadOnlyError, locked, replacing
from kcnacrawl.archive.cdxj.sorting import Sorter
from kcnacrawl.archive.cdxj.state import List, State, load_state, save_state
from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.named import CLOSED, files_in
from kcnacrawl.archive.unclosed import tell_left_out

ZIPNUM_FROM = 1 << 30
"""Bytes of lines from which an index is written as ZipNum."""

LIST = ".cdxj"


@dataclass(slots=True)
class Updated:
    """What came of an update."""

    path: Path
    """The index: ``index.cdxj``, or ``index.idx`` with its blocks beside it."""

    made: list[str] = field(default_factory=list)
    """Names of the WARC files that were read."""

    kept: int = 0
    """How many were not."""

    gone: list[str] = field(default_factory=list)
    """Names of those that are no longer there, whose lines were taken out."""

    waiting: list[str] = field(default_factory=list)
    """Names of files that are not closed, which were left out."""

    damages: list[str] = field(default_factory=list)
    """Sentences on what could not be indexed, now or when its file was read."""

    def losses(self, warc_folder: Path) -> Iterator[str]:
        """A sentence for each file that is no longer there; the next update knows nothing of it."""
        for name in self.gone:
            yield (
                f"{warc_folder / name} is gone, so its lines were taken out of the index; bring it back from a copy "
                "and index again, or, if it was removed on purpose, leave it so."
            )


def update_index(
    warc_folder: Path,
    folder: Path,
    *,
    notify: Callable[[str], None] = lambda sentence: None,
    zipnum_from: int = ZIPNUM_FROM,
) -> Path:
    """Bring the index of a folder of WARC files up to date; where it is.

    :param notify: is told of what could not be indexed and of files left out
    :param zipnum_from: bytes of lines from which it is written as ZipNum
    :raises ArchiveError: when it cannot be read or written
    """
    updated = IndexFolder(warc_folder, folder, zipnum_from=zipnum_from).update()
    waiting = [warc_folder / name for name in updated.waiting]
    tell_left_out(warc_folder, waiting, notify, lambda error: notify(str(error)))
    for sentence in (*updated.losses(warc_folder), *updated.damages):
        notify(sentence)
    return updated.path


@contextmanager
def index_to_read(
    warc_folder: Path, folder: Path, *, notify: Callable[[str], None], zipnum_from: int = ZIPNUM_FROM
) -> Iterator[Path]:
    """The same; where nothing may be written it is brought up to date in a temporary folder, removed at the end."""
    with ExitStack() as stack:
        try:
            index = update_index(warc_folder, folder, notify=notify, zipnum_from=zipnum_from)
        except ReadOnlyError:
            temporary = Path(stack.enter_context(TemporaryDirectory(prefix="kcnacrawl-cdxj-")))
            notify(f"{folder} may not be written, so the index is kept in {temporary}, which is removed at the end.")
            _copy_files(folder, temporary)
            index = update_index(warc_folder, temporary, notify=notify, zipnum_from=zipnum_from)
        yield index


def _copy_files(folder: Path, other: Path) -> None:
    for path in files_in(folder, ("",)):
        with suppress(OSError):  # what cannot be copied is made anew
            copyfile(path, other / path.name)


class IndexFolder:
    """Lists and index of the closed WARC files in a folder."""

    def __init__(
        self,
        warc_folder: Path,
        folder: Path,
        *,
        zipnum: bool = False,
        zipnum_from: int = ZIPNUM_FROM,
        processes: int | None = None,
    ) -> None:
        """:param zipnum: write ZipNum also when there are fewer than *zipnum_from* bytes of lines"""
        self._warcs = warc_folder
        self._folder = folder
        self._zipnum_from = 0 if zipnum else zipnum_from
        self._processes = processes

    def update(self, *, anew: bool = False, progress: Callable[[int], None] = lambda size: None) -> Updated:
        """Make what is missing, take out what is gone.

        :param anew: make everything again
        :param progress: is told of bytes of WARC files read
        :raises ArchiveError: when the folders cannot be read or written
        """
        with locked(self._folder):
            state = State() if anew else load_state(self._folder)
            present, waiting = self._present()
            updated = Updated(self._folder / PLAIN, waiting=waiting)
            updated.gone = sorted(state.lists.keys() - present.keys())
            stale = [name for name, size in present.items() if not self._is_valid(state, name, size)]
            before = {name: state.lists.pop(name, None) for name in [*updated.gone, *stale]}
            updated.kept = len(present) - len(stale)
            try:
                self._make_lists(state, stale, present, updated, progress)
                _forget_changed(state, before)
                self._make_index(state, updated)
            finally:
                save_state(self._folder, state)
            for name in updated.gone:
                self._list(name).unlink(missing_ok=True)
            updated.damages += (sentence for noted in state.lists.values() for sentence in noted.damages)
            return updated

    def new_bytes(self, *, anew: bool = False) -> int:
        """Bytes of WARC files that an update would read.

        :param anew: it makes everything again
        :raises ArchiveError: when the folder cannot be read
        """
        state = State() if anew else load_state(self._folder)
        return sum(size for name, size in self._present()[0].items() if not self._is_valid(state, name, size))

    def _present(self) -> tuple[dict[str, int], list[str]]:
        try:
            with os.scandir(self._warcs) as found:
                sizes = {entry.name: entry.stat().st_size for entry in found if entry.is_file()}
        except OSError as error:
            raise ArchiveError(f"{self._warcs} cannot be read: {error.strerror}.") from error
        closed = {name: sizes[name] for name in sorted(sizes) if name.endswith(CLOSED)}
        return closed, [name for name in sorted(sizes) if name.endswith(tuple(ending + OPEN for ending in CLOSED))]

    def _list(self, name: str) -> Path:
        return self._folder / (name + LIST)

    def _is_valid(self, state: State, name: str, size: int) -> bool:
        """Whether the lines of a file are known; a damaged one is read again, for it may have been brought back."""
        noted = state.lists.get(name)
        if noted is None or noted.damages:
            return False
        return noted.size == size and _size(self._list(name)) == noted.bytes

    def _make_lists(
        self, state: State, names: list[str], sizes: dict[str, int], updated: Updated, progress: Callable[[int], None]
    ) -> None:
        paths = readable((self._warcs / name for name in names), lambda damage: updated.damages.append(str(damage)))
        for number, parts in by_file(read_parts(paths, processes=self._processes)):
            name = paths[number].name
            state.lists[name] = self._make_list(name, sizes[name], parts, progress)
            updated.made.append(name)

    def _make_list(self, name: str, size: int, parts: Iterable[Part], progress: Callable[[int], None]) -> List:
        made = List(size, 0)
        with Sorter() as sorter, replacing(self._list(name)) as file:
            for part in parts:
                made.damages += part.damages
                sorter.add(part.lines)
                progress(part.size)
            file.writelines(sorter.sorted())
            made.bytes = file.tell()
        return made

    def _make_index(self, state: State, updated: Updated) -> None:
        wanted = {name: noted.size for name, noted in state.lists.items()}
        is_zipnum = sum(noted.bytes for noted in state.lists.values()) >= max(1, self._zipnum_from)
        names, others = (ZIPNUM, (PLAIN,)) if is_zipnum else ((PLAIN,), ZIPNUM)
        updated.path = self._folder / names[0]
        is_there = state.index_files.keys() == set(names) and all(
            _size(self._folder / name) == size for name, size in state.index_files.items()
        )
        if is_there and wanted == state.index_of:
            return
        lists = [self._list(name) for name in sorted(wanted)]
        state.index_files = {}
        if is_zipnum:
            make_zipnum(self._folder, lists)
        elif is_there and state.index_of.items() <= wanted.items():
            added = sorted(wanted.keys() - state.index_of.keys())
            add_to_index(self._folder / PLAIN, [self._list(name) for name in added])
        else:
            make_index(self._folder / PLAIN, lists)
        state.index_of = wanted
        state.index_files = {name: (self._folder / name).stat().st_size for name in names}
        for name in others:
            (self._folder / name).unlink(missing_ok=True)


def _forget_changed(state: State, before: Mapping[str, List | None]) -> None:
    """Note of which files the index may have other lines than their lists have now, though their size is the same."""
    for name, old in before.items():
        new = state.lists.get(name)
        if old is not None and new is not None and (old.bytes, old.damages) != (new.bytes, new.damages):
            state.index_of[name] = -1


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
