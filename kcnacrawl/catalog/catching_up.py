"""Bringing a catalog into agreement with the WARC files in their folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.files import OPEN
from kcnacrawl.archive.mend import mend_dead
from kcnacrawl.archive.reader import read_record
from kcnacrawl.catalog.catalog import Catalog
from kcnacrawl.catalog.errors import CatalogError
from kcnacrawl.catalog.indexing import Progress, index_files, index_rest
from kcnacrawl.catalog.locks import SHORT, Lock, crawl_lock
from kcnacrawl.catalog.lookups import File

CLOSED = (".warc", ".warc.gz")


def catch_up(catalog: Catalog, folder: Path, *, patience: float, progress: Progress = lambda read, total: None) -> None:
    """Mend what dead runs left, index what is unknown or changed, note what is gone.

    :param patience: seconds to wait for another process that does the same
    :raises CatalogError: when that is not possible
    """
    lock = Lock(catalog.path.parent / "locks" / "catching-up.lock")
    try:
        if not lock.exclusive(SHORT):
            catalog.notify(f"Process {lock.holder()} is reading the archive; waiting for it.")
            if not lock.exclusive(patience):
                raise CatalogError(f"Process {lock.holder()} is reading the archive; wait for it or stop it.")
        for mended in mend_dead(folder):
            catalog.notify(mended.sentence)
        _compare(catalog, folder, progress)
    finally:
        lock.close()


def _compare(catalog: Catalog, folder: Path, progress: Progress) -> None:
    sizes = _sizes(folder)
    known = {file.name: file for file in catalog.files()}
    changed: list[str] = []
    for file in known.values():
        size = sizes.get(file.name)
        if size is None:
            gone = not (folder / (file.name + OPEN)).exists()
            if gone != file.gone:
                catalog.mark(file.name, gone=gone)
        elif file.size is None:
            changed += _left_open(catalog, folder, file)
        elif file.size != size:
            catalog.notify(f"{folder / file.name} has {size} bytes and had {file.size}; its records are indexed anew.")
            changed.append(file.name)
        elif file.gone:
            catalog.mark(file.name, gone=False)
    for name in changed:
        catalog.forget(name)
    index_files(catalog, [folder / name for name in (*changed, *sorted(sizes.keys() - known.keys()))], progress)


def _left_open(catalog: Catalog, folder: Path, file: File) -> Iterable[str]:
    """Index the rest of a file that was closed after its run died; its name, when it has to be indexed anew."""
    crawl = next(crawl for crawl in catalog.crawls() if crawl.id == file.crawl)
    lock = crawl_lock(catalog.path, crawl.spider, crawl.arguments)
    try:
        if not lock.shared():
            return ()  # its run lives, and is about to tell
    finally:
        lock.close()
    path = folder / file.name
    last = catalog.last_entry(file.name)
    if last is not None:
        try:
            if read_record(path, last.offset).id != last.record_id:
                return (file.name,)
        except ArchiveError:
            return (file.name,)
    index_rest(catalog, path, last)
    return ()


def _sizes(folder: Path) -> dict[str, int]:
    try:
        found = [path for path in folder.iterdir() if path.name.endswith(CLOSED)] if folder.exists() else []
        return {path.name: path.stat().st_size for path in found if path.is_file()}
    except OSError as error:
        raise CatalogError(f"{folder} cannot be read: {error.strerror}.") from error
