"""Rows of crawls, runs and files: written with a checksum, changed only when they are as they were written."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, select, update

from kcnacrawl.catalog.errors import DamageError
from kcnacrawl.catalog.rows import checksum
from kcnacrawl.catalog.schema import crawls, files, runs

STEP = 1 << 16
"""Distance between the keys of files."""


def add(connection: Connection, table: Table, **values: Any) -> int:
    """Add a row; its key."""
    ordered = [values.get(column.name) for column in _described(table)]
    done = connection.execute(insert(table).values(**values, crc=checksum(ordered)))
    assert done.inserted_primary_key is not None
    return int(done.inserted_primary_key[0])


def change(connection: Connection, table: Table, key: int, **changes: Any) -> None:
    """Change some columns of a row.

    :raises DamageError: when it is not as it was written
    """
    (row,) = connection.execute(select(table).where(table.c.key == key))
    check(table, row)
    values = {**row._mapping, **changes}
    ordered = [values[column.name] for column in _described(table)]
    connection.execute(update(table).where(table.c.key == key).values(**changes, crc=checksum(ordered)))


def check(table: Table, row: Row[Any]) -> None:
    """:raises DamageError: when a row is not as it was written"""
    if row.crc != checksum([row._mapping[column.name] for column in _described(table)]):
        raise DamageError(f"a row of its table {table.name} was changed")


def add_crawl(connection: Connection, **values: Any) -> int:
    """Add a crawl unless there is one with this id; its key."""
    return _find(connection, crawls, values["id"]) or add(connection, crawls, **values)


def add_run(connection: Connection, run: str, crawl: int) -> int:
    """Add a run unless there is one with this id; its key."""
    return _find(connection, runs, run) or add(connection, runs, id=run, crawl=crawl, reason=None)


def add_file(connection: Connection, name: str, crawl: int, run: int, key: int | None = None) -> int:
    """Add a file that is being written, behind all others unless a key is given; its key."""
    if key is None:
        key = int(connection.execute(select(func.coalesce(func.max(files.c.key), 0))).scalar_one()) + STEP
    return add(connection, files, key=key, name=name, crawl=crawl, run=run, size=None, captures=None, gone=False)


def end_run(connection: Connection, crawl: str, run: str, reason: str, done: bool) -> None:
    """Note how a run ended, and whether its crawl is done with it."""
    for table, identity, changes in ((runs, run, {"reason": reason}), (crawls, crawl, {"done": done})):
        key = _find(connection, table, identity)
        if key is not None:
            change(connection, table, key, **changes)


def _find(connection: Connection, table: Table, identity: str) -> int | None:
    return connection.execute(select(table.c.key).where(table.c.id == identity)).scalar_one_or_none()


def _described(table: Table) -> list[Any]:
    return [column for column in table.c if column.name not in ("key", "crc")]
