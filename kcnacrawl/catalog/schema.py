"""The tables of the catalog. Changing one takes a migration as well; a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

HEAD = "0001"
"""Newest migration."""

Key = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column of type INTEGER."""

metadata = MetaData()

crawls = Table(
    "crawls",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("spider", Text, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("began", Text, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("crc", Integer, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("crawl", Key, ForeignKey("crawls.key"), nullable=False, index=True),
    Column("reason", Text),  # null while it runs, and after a kill
    Column("crc", Integer, nullable=False),
)

# Keys of files grow with time and have gaps, so that a file found later can be put in its place.
files = Table(
    "files",
    metadata,
    Column("key", Key, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False, unique=True),
    Column("crawl", Key, ForeignKey("crawls.key"), nullable=False, index=True),
    Column("run", Key, ForeignKey("runs.key"), nullable=False, index=True),
    Column("size", BigInteger),  # null while it is being written
    Column("captures", Integer),  # rows of a closed file
    Column("gone", Boolean, nullable=False),
    Column("crc", Integer, nullable=False),
)

# An address is stored once. Its key is made from it (see addresses.py), which makes an index of texts needless.
urls = Table(
    "urls",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
)

captures = Table(
    "captures",
    metadata,
    Column("file", Key, ForeignKey("files.key"), primary_key=True, autoincrement=False),
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("length", BigInteger, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("url", BigInteger, ForeignKey("urls.key"), nullable=False),
    Column("date", BigInteger, nullable=False),  # microseconds since 1970
    Column("date_written", Text),  # null when it is written as this program writes it
    Column("method", Text),  # null for GET
    Column("status", SmallInteger),
    Column("mime", Text),
    Column("digest", LargeBinary),
    Column("size", BigInteger, nullable=False),  # of the payload, in bytes
    Column("whole", Boolean, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("refers_to", LargeBinary),
    Column("crc", Integer, nullable=False),
    sqlite_with_rowid=False,
)
Index("captures_by_url", captures.c.url, captures.c.file, captures.c.offset)
Index("captures_by_record", captures.c.record)
Index(
    "captures_by_digest",
    captures.c.digest,
    sqlite_where=captures.c.kind == 0,
    postgresql_where=captures.c.kind == 0,
)

# Addresses asked for and not yet answered.
frontier = Table(
    "frontier",
    metadata,
    Column("crawl", Key, ForeignKey("crawls.key"), primary_key=True, autoincrement=False),
    Column("url", BigInteger, ForeignKey("urls.key"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
