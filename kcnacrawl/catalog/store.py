"""One open catalog: a connection that writes, one that looks up, and what makes both safe to use from threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from sqlalchemy import Connection

from kcnacrawl.catalog.database import BUSY, LASTING, begin, connect, reading, sentences
from kcnacrawl.catalog.errors import CatalogError
from kcnacrawl.catalog.locks import Lock
from kcnacrawl.catalog.statements import Statement


class Store:
    """The database of a catalog. After a failed write it refuses to write again."""

    def __init__(
        self,
        path: Path,
        *,
        notify: Callable[[str], None] = lambda sentence: None,
        busy: float = BUSY,
        pragmas: Sequence[str] = LASTING,
        looks_only: bool = False,
    ) -> None:
        """:param looks_only: leave the file, and what lies beside it, as it is
        :raises CatalogError: when it cannot be opened
        """
        self.path = path
        self.notify = notify
        self._failure: CatalogError | None = None
        self._suspected = False
        self._writing = RLock()
        self._looking = RLock()
        self._locks: list[Lock] = []
        self._crawl: int | None = None
        self._files: dict[str, int] = {}
        self._places: dict[tuple[str, str], tuple[int, int, int]] = {}
        with sentences(path):
            engine = connect(path, busy=busy, pragmas=pragmas, looks_only=looks_only)
            self.is_frozen = "immutable" in engine.url.query
            """Whether the file is read as one that nobody changes."""
            self._writer = engine.connect()
            self._reader = reading(engine)
        self._inode = path.stat().st_ino

    def close(self) -> None:
        """Close the connections and let go of the locks; what was committed is in the file."""
        try:
            with self._writing, self._looking, sentences(self.path):
                self._reader.close()
                self._writer.close()
        finally:
            while self._locks:
                self._locks.pop().close()

    def keep(self, lock: Lock) -> None:
        """Hold a lock until the catalog is closed."""
        self._locks.append(lock)

    def look(self, statement: Statement, **values: Any) -> list[Any]:
        """The rows that a statement finds.

        :raises CatalogError: when they cannot be read
        """
        with self._looking, sentences(self.path):
            return statement.rows(self._reader, **values)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Read and write: all of it is on disk when this ends, or nothing.

        :raises CatalogError: when it is not, now and ever after
        """
        with self.writing(), begin(self._writer):
            yield self._writer

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Turn what goes wrong inside into the sentence with which every later write is refused.

        :raises CatalogError: that sentence
        """
        with self._writing:
            if self._failure is not None:
                raise self._failure
            try:
                with sentences(self.path):
                    self._check_there()
                    yield
            except CatalogError as error:
                self._failure = error
                raise

    def suspect(self) -> None:
        """Tell of a damaged row, once, and see to it that the next start looks at all rows."""
        if self._suspected:
            return
        self._suspected = True
        remedy = "the next start makes the catalog anew"
        try:
            suspicion(self.path).touch()
        except OSError:
            remedy = "run `scrapy catalog rebuild`"
        self.notify(f"A row of {self.path} is damaged and not used; {remedy}.")

    def _check_there(self) -> None:
        # A database whose file was deleted takes rows without complaint.
        try:
            there = self.path.stat().st_ino == self._inode
        except OSError:
            there = False
        if not there:
            raise CatalogError(f"{self.path} was removed or replaced while it was in use.")


def suspicion(path: Path) -> Path:
    """The file that says that a catalog has to be looked at row by row."""
    return path.with_name(path.name + ".suspect")
