"""Connections to the stored catalog, its version, and errors as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, column, create_engine, event, inspect, select, table
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from kcnacrawl.catalog.errors import CatalogError, DamageError
from kcnacrawl.catalog.schema import HEAD

BUSY = 30.0
"""Seconds to wait for another program that is writing."""

DAMAGED = (
    *("malformed", "not a database", "disk image", "unsupported file format", "encrypted"),
    *("no such table", "no such column", "has no column", "could not decode"),
)
"""What the database says of a file that is at fault itself."""


_VERSION = re.compile(r"[0-9]{4}")

LASTING = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
FLEETING = ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-65536")
"""For a file that is thrown away when anything goes wrong."""


def connect(path: Path, *, busy: float = BUSY, pragmas: Sequence[str] = LASTING, looks_only: bool = False) -> Engine:
    """An engine for a catalog file. Its transactions take the write lock with their first change, see ``begin``.

    :param pragmas: how to write; none to look only, which leaves another program's file as it is
    :param looks_only: neither the file nor what lies beside it is changed, whatever is asked
    """
    asked = {"timeout": busy, "isolation_level": "IMMEDIATE", "check_same_thread": False}
    url = _unchanged(path) if looks_only else URL.create("sqlite", database=str(path))
    engine = create_engine(url, poolclass=NullPool, connect_args=asked)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        for pragma in () if looks_only else pragmas:
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _unchanged(path: Path) -> URL:
    """The address of a file to look at.

    Without a journal nobody writes to it. Then SQLite is told that nobody will: it would make a journal and leave it.
    """
    is_written = path.with_name(path.name + "-wal").exists()
    how = {"mode": "ro", "uri": "true"} | ({} if is_written else {"immutable": "1"})
    return URL.create("sqlite", database=path.absolute().as_uri(), query=how)


@contextmanager
def begin(connection: Connection) -> Iterator[None]:
    """A transaction that reads before it writes: nobody writes in between."""
    with connection.begin():
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield


def reading(engine: Engine) -> Connection:
    """A connection to look things up with: each statement sees what is committed by then."""
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turn errors of the database into sentences.

    :raises CatalogError: for all of them
    """
    try:
        yield
    except DamageError as error:
        raise CatalogError(f"{path} is damaged: {error}; the next start makes it anew.") from error
    except DBAPIError as error:
        why = reason(error)
        if is_damage(error):
            remedy = "the next start makes it anew from the WARC files"
            raise CatalogError(f"{path} is damaged ({why}); {remedy}.") from error
        if is_busy(error):
            raise CatalogError(f"{path} is kept locked by another program; close that one.") from error
        raise CatalogError(f"{path} cannot be used: {why}.") from error


def reason(error: DBAPIError) -> str:
    """What the database says, without what SQLAlchemy adds."""
    return str(error.orig).rstrip(".")


def is_damage(error: DBAPIError) -> bool:
    """Whether the stored file is at fault, and not the disk, the permissions or another program."""
    return isinstance(error, DatabaseError) and any(word in str(error.orig).lower() for word in DAMAGED)


def is_busy(error: DBAPIError) -> bool:
    """Whether another program kept the file locked."""
    return isinstance(error, OperationalError) and "locked" in str(error.orig)


def version(connection: Connection) -> str | None:
    """The migration that a catalog has got to; null when nothing is in it.

    :raises DamageError: when something is in it that is no catalog
    """
    names = inspect(connection).get_table_names()
    if not names:
        return None
    if "alembic_version" not in names:
        raise DamageError("it has no version")
    found = connection.execute(select(table("alembic_version", column("version_num")))).scalars().all()
    if len(found) != 1:
        raise DamageError("it has no version")
    if not _VERSION.fullmatch(str(found[0])):
        raise DamageError("its version is none")
    return str(found[0])


def check_version(connection: Connection, path: Path) -> str | None:
    """The migration that a catalog has got to; null when nothing is in it.

    :raises CatalogError: when it was made by a newer version of this program
    :raises DamageError: when something is in it that is no catalog
    """
    found = version(connection)
    if found is not None and found > HEAD:
        newer = f"{path} was made by a newer kcnacrawl (its tables are version {found}, the newest known are {HEAD})"
        raise CatalogError(f"{newer}; nothing was touched.")
    return found


def migrate(engine: Engine, path: Path) -> None:
    """Bring a catalog to the newest version of its tables.

    :raises CatalogError: when it was made by a newer version of this program; nothing is touched then
    """
    with engine.connect() as connection:
        if check_version(connection, path) == HEAD:
            return
    # Alembic costs 12 MB and 0.2 s, which a run with a catalog of today's version does not pay.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.connect() as connection, begin(connection):
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
