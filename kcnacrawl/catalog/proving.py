"""Proof that what a catalog holds is what was written: its pages, its tables, its rows."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from kcnacrawl.catalog import ledger
from kcnacrawl.catalog.addresses import first_key
from kcnacrawl.catalog.database import version
from kcnacrawl.catalog.errors import DamageError
from kcnacrawl.catalog.questions import STORED
from kcnacrawl.catalog.rows import is_sound
from kcnacrawl.catalog.schema import HEAD, captures, crawls, files, metadata, runs, urls
from kcnacrawl.catalog.statements import Statement

MOVED = 8
"""How far the key of an address may be from its first one; further would take a flood of equal hashes."""

_CAPTURES = Statement(select(*STORED))
_URLS = Statement(select(urls))
_COUNTS = Statement(select(captures.c.file, func.count()).group_by(captures.c.file))
_FILES = Statement(select(files.c.key, files.c.captures).where(files.c.size.is_not(None)))


def prove_tables(connection: Connection, *, quickly: bool = False) -> None:
    """See to it that the database is sound, has the tables it should have, and knows crawls, runs and files rightly.

    A catalog of another version is only proven to be a sound database.

    :param quickly: do not compare indexes with their tables, which is most of the work
    :raises DamageError: when it does not
    """
    if connection.dialect.name == "sqlite":
        pragma = "quick_check" if quickly else "integrity_check"
        found = str(connection.exec_driver_sql(f"PRAGMA {pragma}(1)").scalar_one())
        if found != "ok":
            raise DamageError(found.splitlines()[-1].strip("* ."))
    found_version = version(connection)
    if found_version is None:
        raise DamageError("there was nothing in it")
    if found_version != HEAD:
        return
    for table in metadata.sorted_tables:
        connection.execute(select(table).limit(1)).all()
    for table in (crawls, runs, files):
        for row in connection.execute(select(table)):
            ledger.check(table, row)


def prove_rows(connection: Connection) -> None:
    """See to it that each capture and each address is as it was written, and that every file has all its captures.

    :raises DamageError: when one is not
    """
    if version(connection) != HEAD:
        return
    for row in _CAPTURES.each(connection):
        if not is_sound(row):
            raise DamageError("a row of its table captures was changed")
    for key, url in _URLS.each(connection):
        if not 0 <= key - first_key(url) < MOVED:
            raise DamageError("a row of its table urls was changed")
    counts = {row[0]: row[1] for row in _COUNTS.each(connection)}
    for key, count in _FILES.each(connection):
        if counts.get(key, 0) != count:
            raise DamageError("rows of its table captures are missing")
