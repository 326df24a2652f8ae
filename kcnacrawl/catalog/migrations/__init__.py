"""Alembic's scripts: how a catalog gets from one version of its tables to the next."""
