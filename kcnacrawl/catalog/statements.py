"""Statements compiled once: what SQLAlchemy does for every execution takes longer than the database's part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.sql.elements import CompilerElement


class Statement:
    """A statement of SQLAlchemy Core as the text that a connection's database understands.

    Values go in and rows come out as the driver has them: whole numbers, text, bytes, null.
    """

    def __init__(self, construct: CompilerElement) -> None:
        self.construct = construct
        self._text: str | None = None
        self._positional = True
        self._names: Sequence[str] = ()
        self._constants: dict[str, Any] = {}

    def rows(self, connection: Connection, **values: Any) -> list[Any]:
        """The rows that a query finds."""
        return list(self.each(connection, **values))

    def each(self, connection: Connection, **values: Any) -> Iterable[Any]:
        """The rows that a query finds, read as they are asked for."""
        text = self._text or self._compile(connection)
        given = self._constants | values
        ordered = tuple([given[name] for name in self._names])
        return connection.exec_driver_sql(text, ordered if self._positional else given)

    def many(self, connection: Connection, rows: list[tuple[Any, ...]]) -> None:
        """Run it once for each row of values, in the order of its parameters."""
        if not rows:
            return
        text = self._text or self._compile(connection)
        named = [] if self._positional else [dict(zip(self._names, row, strict=True)) for row in rows]
        connection.exec_driver_sql(text, named or rows)

    def _compile(self, connection: Connection) -> str:
        compiled: Any = self.construct.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
        self._positional = compiled.positional
        self._names = compiled.positiontup if self._positional else list(compiled.params)
        self._constants = dict(compiled.params)
        self._text = str(compiled)
        return self._text
