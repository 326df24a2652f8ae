"""``scrapy schema``: the JSON Schema of one line of the output, made from the item class."""

from __future__ import annotations

import argparse
import json
from typing import Any

from itemadapter import ItemAdapter
from scrapy.commands import ScrapyCommand

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


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def short_desc(self) -> str:
        return "Print the JSON Schema of an article"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.output import OutputError, complain, open_output

        try:
            with open_output() as output:
                output.print(json.dumps(article_schema(), indent=2, ensure_ascii=False))
        except OutputError as error:
            complain("schema", error)
            self.exitcode = 1
