"""Finding damage in the stored file, moving it aside, and making a new one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from kcnacrawl.catalog import ledger
from kcnacrawl.catalog.database import connect, is_damage, migrate, reason, sentences, version
from kcnacrawl.catalog.errors import CatalogError, DamageError
from kcnacrawl.catalog.schema import HEAD, crawls, files, runs

SIDE_FILES = ("-wal", "-shm")


def prepare(path: Path, notify: Callable[[str], None], busy: float) -> bool:
    """Bring a stored catalog to the newest version, or move it aside when it is damaged; whether there is one then.

    Nobody else may have it open.

    :raises CatalogError: when it can be neither used nor moved
    """
    try:
        why = _flaw(path, busy)
        if why is not None:
            aside = move_aside(path)
            notify(f"{path} was damaged: {why}. It is made anew from the WARC files; the damaged one is {aside}.")
    except OSError as error:
        raise CatalogError(f"{path} cannot be used: {error.strerror}.") from error
    if not path.exists():
        return False
    with sentences(path):
        migrate(connect(path, busy=busy), path)
    return True


def move_aside(path: Path) -> Path:
    """Give a damaged catalog another name, and what belongs to it; the new name."""
    number = 1
    while os.path.lexists(aside := path.with_name(f"{path.name}.damaged-{number}")):
        number += 1
    for ending in ("", *SIDE_FILES):
        old = path.with_name(path.name + ending)
        if os.path.lexists(old):
            old.rename(aside.with_name(aside.name + ending))
    return aside


def _flaw(path: Path, busy: float) -> str | None:
    """Why a stored file is no whole catalog; null when it is one, or there is none."""
    if not os.path.lexists(path):
        return (
            "only its journal was there"
            if any(os.path.lexists(path.with_name(path.name + end)) for end in SIDE_FILES)
            else None
        )
    if not path.is_file():
        return "it is not a file"
    if path.stat().st_size == 0:
        return "it was empty"
    try:
        with connect(path, busy=busy).connect() as connection:
            _check(connection)
    except DamageError as error:
        return str(error)
    except DBAPIError as error:
        if is_damage(error):
            return reason(error)
        with sentences(path):
            raise
    return None


def _check(connection: Connection) -> None:
    """:raises DamageError: when something is wrong with the stored tables"""
    found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    if found != "ok":
        raise DamageError(str(found).splitlines()[-1].strip("* "))
    if version(connection) != HEAD:
        return
    for table in (crawls, runs, files):
        for row in connection.execute(select(table)):
            ledger.check(table, row)
