"""The tables come from migrations, and are those that the code knows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from kcnacrawl.catalog import catalog as catalog_module
from kcnacrawl.catalog import database, filing, proving, questions, schema
from kcnacrawl.catalog.statements import Statement
from tests.catalog.samples import Archive, pages

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = ROOT / "kcnacrawl/catalog/migrations"


def test_the_newest_migration_is_the_one_the_code_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [schema.HEAD]
    assert [script.revision for script in scripts.walk_revisions()] == ["0001"]


def test_migrations_make_the_tables_that_the_code_knows(archive: Archive) -> None:
    archive.open().close()
    with database.connect(archive.path).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
        for table in schema.metadata.sorted_tables:
            indexes = {index["name"] for index in inspect(connection).get_indexes(table.name)}
            assert indexes == {index.name for index in table.indexes}
            made = connection.exec_driver_sql(f"SELECT sql FROM sqlite_master WHERE name = '{table.name}'").scalar_one()
            assert _plain(made) == _plain(str(CreateTable(table).compile(connection)))
            for index in table.indexes:
                text = connection.exec_driver_sql(f"SELECT sql FROM sqlite_master WHERE name = '{index.name}'")
                assert _plain(text.scalar_one()) == _plain(str(CreateIndex(index).compile(connection)))


def _plain(sql: str) -> str:
    return " ".join(sql.replace("(", " ( ").replace(")", " ) ").split())


def test_a_catalog_of_today_does_not_load_alembic(archive: Archive) -> None:
    archive.crawl(pages(1))
    code = (
        "import sys; from pathlib import Path; import kcnacrawl.catalog, kcnacrawl.commands.catalog; "
        "assert 'sqlalchemy' not in sys.modules; "
        f"kcnacrawl.catalog.open_catalog(Path({str(archive.path)!r}), Path({str(archive.warc)!r})).close(); "
        "assert 'sqlalchemy' in sys.modules; assert 'alembic' not in sys.modules; "
        "assert 'sqlalchemy.orm' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_all_statements_are_known_to_another_database() -> None:
    make: Any = postgresql.dialect
    dialect = make()
    found = 0
    for module in (questions, filing, proving, catalog_module):
        for statement in vars(module).values():
            if isinstance(statement, Statement):
                construct: Any = statement.construct
                assert str(construct.compile(dialect=dialect))
                found += 1
    for table in schema.metadata.sorted_tables:
        assert "WITHOUT ROWID" not in str(CreateTable(table).compile(dialect=dialect))
    assert found > 15
