"""A crawl: a spider with its arguments, from its beginning until it has done what was asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """What a run needs to know of the crawl it belongs to."""

    id: str
    """Id of the crawl's first run."""

    spider: str
    arguments: str
    """Canonical JSON, see ``canonical``."""

    number: int
    """Ordinal of the crawl in this archive, from 1; 0 for files of versions that did not count."""

    began: str
    """When the first run began: ISO 8601, UTC, with ``Z``."""

    resumed: bool
    """Whether an earlier run began it."""

    runs: int
    """How many runs there have been, this one included."""


def canonical(arguments: Mapping[str, Any]) -> str:
    """Spider arguments as JSON by which crawls are told apart: what was given, sorted by name."""
    return json.dumps(dict(arguments), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
