"""``scrapy wire``: the very bytes that came over the connection, proven by the digest noted at capture."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from kcnacrawl.archive import ArchiveError

if TYPE_CHECKING:
    from kcnacrawl.archive.restore import Wire


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] <record id | FILE:OFFSET | article id>"

    def short_desc(self) -> str:
        return "Give back the bytes received for a record, and prove them"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--request", action="store_true", help="the bytes sent instead, less what was redacted")
        parser.add_argument(
            "--items", metavar="FILE", help="JSON Lines to find an article id in (default: ARTICLES_DIR)"
        )
        parser.add_argument("-o", "--output", metavar="FILE", help="write there instead of standard output")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.locate import locate
        from kcnacrawl.archive.restore import restore

        if len(args) != 1:
            raise UsageError
        assert self.settings is not None
        items = Path(opts.items or self.settings.get("ARTICLES_DIR", "output/articles"))
        try:
            record = locate(args[0], Path(self.settings.get("WARC_DIR", "output/warc")), items)
            wire = restore(record, request=opts.request)
            self._write(wire, opts.output)
        except (ArchiveError, OSError) as error:
            print(f"scrapy wire: {error}", file=sys.stderr)
            self.exitcode = 1

    def _write(self, wire: Wire, output: str | None) -> None:
        if output:
            Path(output).write_bytes(wire.data)
        else:
            sys.stdout.buffer.write(wire.data)
            sys.stdout.buffer.flush()
        if wire.redacted:
            print(f"scrapy wire: Values never archived: {', '.join(wire.redacted)}.", file=sys.stderr)
        if wire.flaw:
            raise ArchiveError(wire.flaw)
