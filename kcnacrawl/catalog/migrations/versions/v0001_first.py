"""Crawls, runs, files, captures, frontier.

What stands here is history: the tables as they are now are in ``kcnacrawl/catalog/schema.py``.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Key = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _crawls_and_files()
    op.create_table(
        "urls",
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("url", sa.Text, nullable=False),
    )
    _captures()
    op.create_table(
        "frontier",
        sa.Column("crawl", Key, sa.ForeignKey("crawls.key"), primary_key=True, autoincrement=False),
        sa.Column("url", sa.BigInteger, sa.ForeignKey("urls.key"), primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )


def _crawls_and_files() -> None:
    op.create_table(
        "crawls",
        sa.Column("key", Key, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("spider", sa.Text, nullable=False),
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("began", sa.Text, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("crc", sa.Integer, nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("key", Key, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("crawl", Key, sa.ForeignKey("crawls.key"), nullable=False, index=True),
        sa.Column("reason", sa.Text),
        sa.Column("crc", sa.Integer, nullable=False),
    )
    op.create_table(
        "files",
        sa.Column("key", Key, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("crawl", Key, sa.ForeignKey("crawls.key"), nullable=False, index=True),
        sa.Column("run", Key, sa.ForeignKey("runs.key"), nullable=False, index=True),
        sa.Column("size", sa.BigInteger),
        sa.Column("captures", sa.Integer),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("crc", sa.Integer, nullable=False),
    )


def _captures() -> None:
    op.create_table(
        "captures",
        sa.Column("file", Key, sa.ForeignKey("files.key"), primary_key=True, autoincrement=False),
        sa.Column("offset", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.Column("kind", sa.SmallInteger, nullable=False),
        sa.Column("url", sa.BigInteger, sa.ForeignKey("urls.key"), nullable=False),
        sa.Column("date", sa.BigInteger, nullable=False),
        sa.Column("date_written", sa.Text),
        sa.Column("method", sa.Text),
        sa.Column("status", sa.SmallInteger),
        sa.Column("mime", sa.Text),
        sa.Column("digest", sa.LargeBinary),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("whole", sa.Boolean, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("refers_to", sa.LargeBinary),
        sa.Column("crc", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("captures_by_url", "captures", ["url", "file", "offset"])
    op.create_index("captures_by_record", "captures", ["record"])
    responses = sa.text("kind = 0")
    op.create_index("captures_by_digest", "captures", ["digest"], sqlite_where=responses, postgresql_where=responses)
