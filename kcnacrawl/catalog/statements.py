"""Statements of SQLAlchemy Core, executed in the quickest way that it offers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.sql.base import Executable


class Statement:
    """A statement that is made once and executed many times."""

    def __init__(self, construct: Executable) -> None:
        self.construct = construct
        self._text: str | None = None
        self._names: Sequence[str] = ()

    def rows(self, connection: Connection, **values: Any) -> list[Any]:
        """The rows that a query finds."""
        return list(connection.execute(self.construct, values))

    def each(self, connection: Connection, **values: Any) -> Iterable[Any]:
        """The rows that a query finds, read as they are asked for."""
        return connection.execute(self.construct, values)

    def many(self, connection: Connection, rows: list[tuple[Any, ...]]) -> None:
        """Run it once for each row of values, which are in the order of its parameters and as the driver has them."""
        if not rows:
            return
        # What SQLAlchemy does to each row of values takes longer than the insertion itself.
        text = self._text or self._compile(connection)
        named = [dict(zip(self._names, row, strict=True)) for row in rows] if self._names else []
        connection.exec_driver_sql(text, named or rows)

    def _compile(self, connection: Connection) -> str:
        construct: Any = self.construct
        compiled = construct.compile(dialect=connection.dialect)
        self._names = () if compiled.positional else list(compiled.params)
        self._text = str(compiled)
        return self._text
