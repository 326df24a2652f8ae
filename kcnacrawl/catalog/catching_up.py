"""Bringing a catalog into agreement with the WARC files in their folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kcnacrawl.archive.errors import ArchiveError
from kcnacrawl.archive.mend import mend_dead
from kcnacrawl.archive.reader import read_record
from kcnacrawl.catalog.catalog import Catalog
from kcnacrawl.catalog.differences import find_differences, told_gone
from kcnacrawl.catalog.errors import CatalogError
from kcnacrawl.catalog.indexing import Progress, index_files, index_rest
from kcnacrawl.catalog.locks import SHORT, Lock, crawl_lock
from kcnacrawl.catalog.lookups import File

ANEW = "its records are indexed anew; if `scrapy verify` finds it damaged, bring it back from a copy"


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
    found = find_differences(catalog, folder)
    if found.gone:
        catalog.notify(told_gone(folder, found.gone))
    for file in found.gone:
        catalog.mark(file.name, gone=True)
    for file in found.back:
        catalog.mark(file.name, gone=False)
    changed = [name for file in found.left_open for name in _left_open(catalog, folder, file)]
    for file, size in found.changed:
        catalog.notify(f"{folder / file.name} has {size} bytes and had {file.size}; {ANEW}.")
        changed.append(file.name)
    for name in changed:
        catalog.forget(name)
    index_files(catalog, [folder / name for name in (*changed, *found.new)], progress)


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
