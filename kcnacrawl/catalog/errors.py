"""What goes wrong with a catalog, told in one sentence."""

from __future__ import annotations


class CatalogError(Exception):
    """A catalog cannot be used; the message is one sentence that names the file and what to do."""


class DamageError(Exception):
    """The stored file is not a whole catalog; the message says why, without full stop."""
