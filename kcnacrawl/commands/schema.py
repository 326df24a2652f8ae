"""``scrapy schema``: the JSON Schema of one line of the output, made from the item class."""

from __future__ import annotations

import argparse
import json
from typing import Any

from itemadapter import ItemAdapter
from scrapy.exceptions import UsageError

from kcnacrawl.command import ProjectCommand
from kcnacrawl.items import Article


def article_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of an article as a line of JSON: each field is there, null when unknown."""
    schema = ItemAdapter.get_json_schema(Article)
    _require_all(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Article",
        "description": (Article.__doc__ or "").strip(),
        **schema,
    }


def _require_all(schema: Any) -> None:
    """Writing a dataclass writes each of its fields, so none may be missing, at any depth."""
    if isinstance(schema, dict):
        if "properties" in schema:
            schema["required"] = list(schema["properties"])
        for part in schema.values():
            _require_all(part)
    elif isinstance(schema, list):
        for part in schema:
            _require_all(part)


class Command(ProjectCommand):
    def short_desc(self) -> str:
        return "Print the JSON Schema of an article"

    def perform(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            raise UsageError(f"What is {args[0]!r}? The schema is that of an article.", print_help=False)
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.output import open_output

        with open_output() as output:
            output.print(json.dumps(article_schema(), indent=2, ensure_ascii=False))
